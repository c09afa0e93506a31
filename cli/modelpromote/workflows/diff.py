"""`promote diff V --to E`: what a promotion would change in the cluster. Judges nothing."""

from collections.abc import Sequence

from modelpromote.core.comparison import Comparison, ReleaseDifference
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.environment import Environment
from modelpromote.core.names import VariantName, slug
from modelpromote.core.release import Release, ReleaseKey, first_release
from modelpromote.core.tree import Tree
from modelpromote.failures import Failure
from modelpromote.targets import rooms
from modelpromote.workflows.load import load_environment, load_release, load_slots, load_variant
from modelpromote.workflows.preview import preview
from modelpromote.workflows.select import check_environment, find_variant
from modelpromote.workflows.world import World, fetched, last_fetched

_SHOWN = 5  # faults of a tree that cannot be compared


def diff_promotion(world: World, variant: str, environment: str, *, offline: bool) -> Comparison:
    """What putting a variant in force would change; the deployed branch as just fetched, or as it was fetched last."""
    tip, policy = last_fetched(world) if offline else fetched(world)
    tree = world.repository.tree(tip)
    check_environment(policy.environments, environment)
    model, name = find_variant(tree, variant)
    key = ReleaseKey(environment, model)
    settings, current = _settings(tree, environment), _current(tree, key)
    then = current if current.variant == name else _promoted(tree, key, settings, current, name)
    files = {path: text.encode() for path, text in rooms.decision_room(world.renderer, then).items()}
    shown = preview(world, tree, settings, then, files)
    wanted = f"{model}/{name} in force there"
    return Comparison(f"{environment} as it is", wanted, (ReleaseDifference(key, current, then, shown),))


def _settings(tree: Tree, environment: str) -> Environment:
    loaded = load_environment(tree, environment)
    if loaded.value is None:
        raise unreadable("the deployed branch", loaded.problems)
    return loaded.value


def _current(tree: Tree, key: ReleaseKey) -> Release:
    """What is in force; number 0 where the model was never released there."""
    if tree.read(f"{key.folder}/release.yaml") is None:
        return first_release(key.environment, key.model)
    loaded = load_release(tree, key)
    if loaded.value is None:
        raise unreadable("the deployed branch", loaded.problems)
    return loaded.value


def _promoted(tree: Tree, key: ReleaseKey, settings: Environment, current: Release, name: VariantName) -> Release:
    """The decision that a promotion would write, but for what only a judgement knows: evidence and final number."""
    variant, slots = load_variant(tree, key.model, str(name)), load_slots(tree, key, name).value
    if variant.value is None:
        raise unreadable("the deployed branch", variant.problems)
    if slots is None:
        low = name.bits < settings.floor
        why = f"none is rendered: it has {name.bits} bits, and {key.environment} asks for {settings.floor}"
        raise Failure(
            f"{key.model}/{name} has no overlay in {key.environment}",
            why if low else "run `promote render`, commit and push it first",
        )
    return Release.model_construct(
        model=key.model,
        slug=slug(key.model),
        environment=key.environment,
        number=current.number + 1,
        variant=name,
        previous=current.variant,
        slot=len(slots) if settings.ladder is not None and current.variant is not None else 0,
        artifact=variant.value.artifact.digest,
        evidence=(),
        reason="",
        lift_hold="",
    )


def unreadable(name: str, problems: Sequence[Diagnostic]) -> Failure:
    """Why a side cannot be compared; fails closed, with the first faults."""
    shown = [f"{found.location} {found.detail}" for found in problems[:_SHOWN]]
    rest = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    return Failure(
        f"{name} cannot be read: {'; '.join([*shown, *rest])}", "mend it there; `promote validate` says more"
    )
