"""Everything that rendering is a function of, read from a tree."""

from collections.abc import Mapping

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.environment import Environment
from modelpromote.core.names import NameFault, VariantName
from modelpromote.core.policy import Policy
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.tree import Tree, folders
from modelpromote.targets.rooms import Slots, State
from modelpromote.workflows.load import Loaded, load_environment, load_policy, load_release, load_slots
from modelpromote.workflows.load_variants import Variants, load_variants

_NOT_VARIANTS = frozenset({"common", "idle"})


def load_state(tree: Tree) -> Loaded[State]:
    """Everything that rendering is a function of; None where a part of it cannot be read."""
    policy = load_policy(tree)
    if policy.value is None:
        return Loaded(None, policy.problems)
    problems = list(policy.problems)
    loaded = {name: load_environment(tree, name) for name in policy.value.environments}
    problems += [found for one in loaded.values() for found in one.problems]
    problems += _unlisted(tree, policy.value)
    environments = {name: one.value for name, one in loaded.items() if one.value}
    variants, more = load_variants(tree, [one.target for one in environments.values()])
    problems += more
    releases, overlays, more = _releases(tree, environments, variants)
    state = State(policy.value, environments, variants, releases, overlays)
    return Loaded(state, in_order([*problems, *more]))


def _releases(
    tree: Tree, environments: Mapping[str, Environment], variants: Variants
) -> tuple[dict[ReleaseKey, Release], dict[tuple[ReleaseKey, VariantName], Slots], list[Diagnostic]]:
    releases: dict[ReleaseKey, Release] = {}
    overlays: dict[tuple[ReleaseKey, VariantName], Slots] = {}
    problems: list[Diagnostic] = []
    for environment in environments:
        for model in sorted({model for model, _ in variants}):
            key = ReleaseKey(environment, model)
            if tree.read(f"{key.folder}/release.yaml") is not None:
                loaded = load_release(tree, key)
                problems += loaded.problems
                if loaded.value is not None:
                    releases[key] = loaded.value
            for name in _overlay_names(tree, key):
                slots = load_slots(tree, key, name)
                problems += slots.problems
                if slots.value is not None:
                    overlays[key, name] = slots.value
    return releases, overlays, [*problems, *_lost_slots(releases, overlays)]


def _lost_slots(
    releases: Mapping[ReleaseKey, Release], overlays: Mapping[tuple[ReleaseKey, VariantName], Slots]
) -> list[Diagnostic]:
    """Releases whose slot is gone: a fresh one would start at `staged`, which is not where the release is."""
    return [
        Diagnostic(rules.SLOT_MISSING, Location(release.path), f"slot {release.slot} of {release.variant} is missing")
        for key, release in releases.items()
        if release.variant and release.slot > len(overlays.get((key, release.variant), ()))
    ]


def _overlay_names(tree: Tree, key: ReleaseKey) -> list[VariantName]:
    names: list[VariantName] = []
    for folder in folders(tree, key.folder):
        if folder not in _NOT_VARIANTS:
            try:
                names.append(VariantName.parse(folder))
            except NameFault:
                continue  # found as a stray file by whoever compares with a fresh render
    return names


def _unlisted(tree: Tree, policy: Policy) -> list[Diagnostic]:
    """Folders of environments that promote.yaml does not know."""
    return [
        Diagnostic(rules.ENVIRONMENT_LIST, Location(f"environments/{name}"), f"{name} is not listed in promote.yaml")
        for name in folders(tree, "environments")
        if name not in policy.environments
    ]
