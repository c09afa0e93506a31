"""Who gets the traffic before and after a move of a release, from the real builds where Kustomize is there."""

from collections.abc import Mapping

from modelpromote.adapters.kustomize import Job
from modelpromote.core import change_traffic
from modelpromote.core.change import Change
from modelpromote.core.change_kinds import Facts
from modelpromote.core.change_steps import Standing, stepped
from modelpromote.core.change_traffic import Traffic
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.environment import Environment
from modelpromote.core.history import EventKind
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.tree import Tree
from modelpromote.workflows.change_facts import Sides
from modelpromote.workflows.load import load_environment, load_slots
from modelpromote.workflows.preview import built_objects, release_files
from modelpromote.workflows.world import World

_NO_MOVE = frozenset({None, EventKind.FIRST, EventKind.ROLLBACK})


def traffic_faults(
    world: World, sides: Sides, change: Change, facts: Facts, standing: Mapping[ReleaseKey, Standing]
) -> list[Diagnostic]:
    """What promotions and steps do to the traffic that only a revert may do; where a ladder and a variant are there."""
    decided = {key: one.after for key, one in facts.decisions.items() if one.kind not in _NO_MOVE}
    moved: dict[ReleaseKey, Release | None] = {
        file.room.key: standing[file.room.key].release for file in stepped(change, facts)
    }
    found: list[Diagnostic] = []
    for key, after in sorted((moved | decided).items()):
        before, settings = standing[key].release, load_environment(sides.after, key.environment).value
        climbs = before is not None and before.variant is not None and (before.slot > 0 or _has_ladder(standing[key]))
        if before is None or after is None or settings is None or not climbs:
            continue
        then, now = _built(world, sides, settings, standing[key], after) or (
            change_traffic.of_decision(before, standing[key].step),
            change_traffic.of_decision(after, _step(sides.after, after)),
        )
        found += change_traffic.violations(f"{key.folder}/kustomization.yaml", then, now)
    return found


def _has_ladder(before: Standing) -> bool:
    return before.environment is not None and before.environment.ladder is not None


def _built(
    world: World, sides: Sides, settings: Environment, before: Standing, after: Release
) -> tuple[Traffic, Traffic] | None:
    """The traffic in the two builds; None where one of them cannot be made."""
    if world.kustomize is None or before.release is None:
        return None
    pairs = (sides.before, before.release, before.environment or settings), (sides.after, after, settings)
    jobs = [Job(release_files(tree, release, environment), release.folder) for tree, release, environment in pairs]
    builds = [built_objects(f"{after.folder}/kustomization.yaml", build) for build in world.kustomize.build(jobs)]
    if any(problems for _, problems in builds):
        return None  # `validate` reports a build that fails
    then, now = (change_traffic.of_build(objects) for objects, _ in builds)
    return then, now


def _step(tree: Tree, release: Release) -> Step | None:
    if release.variant is None or release.slot == 0:
        return None
    slots = load_slots(tree, ReleaseKey(release.environment, release.model), release.variant).value or ()
    return slots[release.slot - 1] if release.slot <= len(slots) else None
