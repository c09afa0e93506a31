"""`promote status` and `promote history`: gather the record of the deployed branch."""

from modelpromote.core.record import Record
from modelpromote.failures import Failure
from modelpromote.workflows.chronicle import changes, timelines
from modelpromote.workflows.load import load_policy
from modelpromote.workflows.world import World, deployed_branch, fetched


def read_record(world: World, *, offline: bool) -> Record:
    """The record of the deployed branch: just fetched, or as it was fetched last."""
    if offline:
        branch = deployed_branch(world)
        tip = world.repository.resolve(f"refs/remotes/{world.remote}/{branch}") or world.repository.resolve(
            f"refs/heads/{branch}"
        )
        if tip is None:
            raise Failure(f"branch {branch} was never fetched", "run it without --offline")
        policy = load_policy(world.repository.tree(tip)).value
    else:
        tip, policy = fetched(world)
    if policy is None:
        raise Failure("promote.yaml of the deployed branch cannot be read", "run `promote validate` there")
    known = timelines(changes(world.repository, tip))
    order = {name: index for index, name in enumerate(policy.environments)}
    listed = [line for key, line in known.items() if key.environment in order and line.in_force]
    return Record(
        tip,
        policy.environments,
        tuple(sorted(listed, key=lambda line: (line.key.model, order[line.key.environment]))),
    )
