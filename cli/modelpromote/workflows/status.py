"""`promote status` and `promote history`: gather the record of the deployed branch."""

from modelpromote.core.record import Record
from modelpromote.workflows.chronicle import changes, timelines
from modelpromote.workflows.world import World, fetched, last_fetched


def read_record(world: World, *, offline: bool) -> Record:
    """The record of the deployed branch: just fetched, or as it was fetched last."""
    tip, policy = last_fetched(world) if offline else fetched(world)
    known = timelines(changes(world.repository, tip))
    order = {name: index for index, name in enumerate(policy.environments)}
    listed = [line for key, line in known.items() if key.environment in order and line.in_force]
    return Record(
        tip,
        policy.environments,
        tuple(sorted(listed, key=lambda line: (line.key.model, order[line.key.environment]))),
    )
