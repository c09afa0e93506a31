"""`promote validate --base REV`: which kind of change the working tree makes to a commit, and what it may not do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from modelpromote.adapters import clock
from modelpromote.adapters.git_base import BasedRepository
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core import change_rules
from modelpromote.core.change import Change, TouchedFile, classify
from modelpromote.core.change_needs import still_needed
from modelpromote.core.change_rooms import RoomKind, room_of
from modelpromote.core.change_steps import Standing, step_faults
from modelpromote.core.change_words import subject
from modelpromote.core.diagnostics import Diagnostic, in_order
from modelpromote.core.history import Change as FileChange
from modelpromote.core.history import Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.names import NameFault, VariantName
from modelpromote.core.policy import Policy
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import Tree, folders
from modelpromote.failures import Failure
from modelpromote.workflows.change_builds import traffic_faults
from modelpromote.workflows.change_facts import Sides, gather_facts
from modelpromote.workflows.change_past import restored, unlike_released
from modelpromote.workflows.chronicle import changes, timeline_of, timelines
from modelpromote.workflows.load import load_environment, load_policy, load_slots
from modelpromote.workflows.validate import Validation
from modelpromote.workflows.world import World


@dataclass(frozen=True, slots=True)
class Judged:
    """A change, everything that is wrong with it as a change, and the world in which its base is HEAD."""

    change: Change
    findings: tuple[Diagnostic, ...]
    world: World


def validate_change(world: World, revision: str, check: Callable[[World], Validation]) -> tuple[Validation, Change]:
    """What `check` finds in the working tree, judged by policy and history of a revision; and the change itself."""
    judged = judge_change(world, revision)
    whole = check(judged.world)
    return replace(whole, findings=in_order([*whole.findings, *judged.findings])), judged.change


def judge_change(world: World, revision: str) -> Judged:
    """Classify what differs from a revision, and hold it against the rules; gates are judged by `validate`."""
    repository = BasedRepository(world.repository.root, revision)
    world = replace(world, repository=repository)
    policy = _policy(repository)
    paths = repository.touched()
    sides = Sides(
        base=repository.base,
        before=repository.tree(repository.base),
        after=WorkingTree(repository.root),
        past=_past(repository, paths),
        now=clock.now(),
    )
    facts, touched = gather_facts(sides, paths)
    change = classify(repository.base, touched)
    lines = timelines(sides.past)
    standing = {key: _standing(sides.before, timeline_of(lines, key)) for key in _moving(touched)}
    released = {} if facts.render_changed else dict(unlike_released(repository, sides.after, touched, lines))
    findings = [
        *change_rules.mixed(change),
        *change_rules.released_files(released),
        *change_rules.evidence_files(change, facts, restored(repository, sides.after, touched)),
        *change_rules.several_moves(change, facts),
        *step_faults(change, facts, standing, sides.now),
        *still_needed(change, facts, lines.values(), policy.revert_window, sides.now),
        *traffic_faults(world, sides, change, facts, standing),
    ]
    return Judged(replace(change, subject=subject(change, facts)), in_order(findings), world)


def _policy(repository: BasedRepository) -> Policy:
    policy = load_policy(repository.tree(repository.base))
    if policy.value is None:
        why = "; ".join(f"{found.location} {found.detail}" for found in policy.problems)
        raise Failure(
            f"{repository.base[:10]} has no policy to judge a change by: {why}",
            "name a commit with a promote.yaml; without --base `promote validate` judges the tree alone",
        )
    return policy.value


def _past(repository: BasedRepository, paths: Iterable[str]) -> tuple[FileChange, ...]:
    """What happened before the base to the releases of the models that are touched, in any environment."""
    rooms = [room_of(path) for path in paths]
    models = sorted({room.model for room in rooms if room.model and room.kind is not RoomKind.EVIDENCE})
    return changes(repository, repository.base, [ReleaseKey("*", model) for model in models]) if models else ()


def _moving(touched: Iterable[TouchedFile]) -> set[ReleaseKey]:
    """The releases of which a decision or a slot is touched."""
    return {file.room.key for file in touched if file.room.kind in {RoomKind.DECISION, RoomKind.SLOT}}


def _standing(tree: Tree, history: Timeline) -> Standing:
    """A release as the base has it."""
    slots: dict[str, tuple[Step, ...]] = {}
    for name in folders(tree, history.key.folder):
        try:
            slots[name] = load_slots(tree, history.key, VariantName.parse(name)).value or ()
        except NameFault:
            continue
    return Standing(history, load_environment(tree, history.key.environment).value, slots)
