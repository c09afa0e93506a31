"""`promote retire V`: remove a variant that nothing needs any more, from the working tree."""

from dataclasses import dataclass
from datetime import datetime

from modelpromote.adapters import clock
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.history import Timeline
from modelpromote.core.names import VariantName, slug
from modelpromote.core.needs import needs
from modelpromote.core.policy import Policy
from modelpromote.core.tree import folders
from modelpromote.failures import Failure
from modelpromote.targets.rooms import State
from modelpromote.workflows.chronicle import changes, timelines
from modelpromote.workflows.load_state import load_state
from modelpromote.workflows.select import find_variant
from modelpromote.workflows.world import World


@dataclass(frozen=True, slots=True)
class Retirement:
    """The folders that were removed (or would be); with findings none was. `orphans` are Argo CD Applications."""

    variant: str
    removed: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    orphans: tuple[str, ...] = ()


def retire(world: World, text: str, *, dry_run: bool) -> Retirement:
    """Refused while a release, a revert inside the revert window, or another variant needs it."""
    tree = WorkingTree(world.repository.root)
    model, variant = find_variant(tree, text, "in the working tree")
    name = f"{model}/{variant}"
    loaded = load_state(tree)
    if loaded.value is None or has_errors(loaded.problems):
        return Retirement(name, (), loaded.problems)
    head = world.repository.resolve("HEAD")
    if head is None:
        raise Failure(
            "there is no commit yet", "commit the repository first: what is needed is derived from its history"
        )
    known = timelines(changes(world.repository, head))
    lines = [line for key, line in known.items() if key.model == model]
    found = [
        *_needed_by_releases(lines, variant, loaded.value.policy, clock.now()),
        *_needed_as_baseline(loaded.value, model, variant),
    ]
    if found:
        return Retirement(name, (), in_order(found))
    last = sum(1 for owner, _ in loaded.value.variants if owner == model) == 1
    removed, orphans = _folders(tree, model, variant, last=last)
    if not dry_run:
        world.writer.remove(removed)
    return Retirement(name, removed, (), orphans)


def _needed_by_releases(lines: list[Timeline], variant: VariantName, policy: Policy, now: datetime) -> list[Diagnostic]:
    """The nearest need of each release that names the variant."""
    nearest = [
        next((need for need in needs(line, policy.revert_window, now) if need.names(variant)), None) for line in lines
    ]
    return [
        Diagnostic(
            rules.STILL_NEEDED,
            Location(need.release.path),
            f"number {need.release.number} in {need.release.environment} names {variant}: it {need.why}",
        )
        for need in nearest
        if need is not None
    ]


def _needed_as_baseline(state: State, model: str, variant: VariantName) -> list[Diagnostic]:
    users = [other.name for (owner, _), other in state.variants.items() if owner == model and other.baseline == variant]
    place = Location(f"models/{model}/{variant}/variant.yaml")
    return (
        [Diagnostic(rules.STILL_NEEDED, place, f"{model}/{variant} is the baseline of {', '.join(users)}")]
        if users
        else []
    )


def _folders(
    tree: WorkingTree, model: str, variant: VariantName, *, last: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes: the variant's rooms, or with its last variant the whole model."""
    environments = folders(tree, "environments")
    if last:
        gone = [*(f"environments/{name}/{model}" for name in environments), f"models/{model}"]
        orphans = [f"{name}-{slug(model)}" for name in environments]
    else:
        gone = [*(f"environments/{name}/{model}/{variant}" for name in environments), f"models/{model}/{variant}"]
        orphans = []
    return tuple(folder for folder in gone if tree.entries(folder)), tuple(orphans)
