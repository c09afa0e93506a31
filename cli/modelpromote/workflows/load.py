"""From a tree to values: manifests, decisions and slots, every fault collected."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.document import Document
from modelpromote.core.environment import Environment, gate_places, read_environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant, read_variant
from modelpromote.core.names import NameFault, VariantName, slug
from modelpromote.core.policy import PATH as POLICY_PATH
from modelpromote.core.policy import Policy, read_policy
from modelpromote.core.release import Release, ReleaseKey, read_release
from modelpromote.core.tree import Tree, folders
from modelpromote.targets.rooms import Slots, State

T = TypeVar("T")
_STEP = re.compile(rb'^metadata: \{annotations: \{modelpromote/step: "(staged|10|50|100|done)"\}\}$', re.MULTILINE)
_NOT_VARIANTS = frozenset({"common", "idle"})


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A value that was read, or None, and what is wrong with its file; `places` are those of gates."""

    value: T | None
    problems: tuple[Diagnostic, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)


def load_policy(tree: Tree) -> Loaded[Policy]:
    """promote.yaml."""
    return _load(tree, POLICY_PATH, read_policy)


def load_environment(tree: Tree, name: str) -> Loaded[Environment]:
    """environments/<env>/environment.yaml, with the places of its gates."""
    path = f"environments/{name}/environment.yaml"
    document, problems = _document(tree, path)
    if document is None:
        return Loaded(None, problems)
    environment, more = read_environment(document)
    places = gate_places(document, environment) if environment else {}
    return Loaded(None if problems else environment, in_order([*problems, *more]), places)


def load_variant(tree: Tree, model: str, variant: str) -> Loaded[Variant]:
    """models/<model>/<variant>/variant.yaml."""
    return _load(tree, f"models/{model}/{variant}/variant.yaml", read_variant)


def load_release(tree: Tree, key: ReleaseKey) -> Loaded[Release]:
    """environments/<env>/<model>/release.yaml."""
    loaded = _load(tree, f"{key.folder}/release.yaml", read_release)
    release = loaded.value
    if release is not None and (release.environment, release.model, release.slug) != (
        *_names(key),
        slug(key.model),
    ):
        place = Location(f"{key.folder}/release.yaml")
        detail = f"{release.environment}/{release.model} ({release.slug}) lies in {key.folder}"
        return Loaded(None, (Diagnostic(rules.NAME_NOT_FOLDER, place, detail),))
    return loaded


def parse_release(path: str, content: bytes) -> Release | None:
    """A decision from the past; None where it could not be read."""
    document, problems = read_yaml(path, content)
    return None if problems else read_release(document)[0]


def parse_step(content: bytes) -> Step | None:
    """The step that a slot's file states; None where it states none, or several."""
    found = _STEP.findall(content)
    return Step(found[0].decode()) if len(found) == 1 else None


def load_slots(tree: Tree, key: ReleaseKey, variant: VariantName) -> Loaded[Slots]:
    """The slots of a variant's overlay, by number from 1; None where there is no overlay."""
    folder = f"{key.folder}/{variant}"
    if not tree.entries(folder):
        return Loaded(None)
    steps: list[Step] = []
    problems: list[Diagnostic] = []
    numbers = sorted(int(name) for name in folders(tree, f"{folder}/canary") if re.fullmatch(r"[1-9]\d{0,5}", name))
    for position, number in enumerate(numbers, 1):
        path = f"{folder}/canary/{number}/kustomization.yaml"
        step = parse_step(tree.read(path) or b"")
        if number != position:
            problems.append(
                Diagnostic(rules.SLOT_MISSING, Location(f"{folder}/canary/{position}"), f"slot {position} is missing")
            )
            break
        if step is None:
            problems.append(
                Diagnostic(rules.SLOT_UNREADABLE, Location(path), "the annotation modelpromote/step is not readable")
            )
        steps.append(step or Step.STAGED)
    return Loaded(tuple(steps), tuple(problems))


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
    variants, more = _variants(tree)
    problems += more
    releases, overlays, more = _releases(tree, environments, variants)
    state = State(policy.value, environments, variants, releases, overlays)
    return Loaded(state, in_order([*problems, *more]))


def model_names(tree: Tree) -> list[str]:
    """The models of the repository, sorted."""
    return folders(tree, "models")


def variant_names(tree: Tree, model: str) -> list[str]:
    """The variants of a model, sorted."""
    return folders(tree, f"models/{model}")


def _variants(tree: Tree) -> tuple[dict[tuple[str, VariantName], Variant], list[Diagnostic]]:
    variants: dict[tuple[str, VariantName], Variant] = {}
    problems: list[Diagnostic] = []
    for model in model_names(tree):
        for name in variant_names(tree, model):
            loaded = load_variant(tree, model, name)
            problems += loaded.problems
            if loaded.value is not None:
                variants[model, loaded.value.variant] = loaded.value
    return variants, [*problems, *_between(variants)]


def _between(variants: Mapping[tuple[str, VariantName], Variant]) -> list[Diagnostic]:
    """Faults that no manifest shows by itself: baselines and Kubernetes names."""
    found: list[Diagnostic] = []
    slugs: dict[str, str] = {}
    baselines: dict[str, str] = {}
    for variant in variants.values():
        place = Location(f"{variant.folder}/variant.yaml")
        owner = slugs.setdefault(variant.slug, variant.name)
        if owner != variant.name:
            found.append(Diagnostic(rules.SLUG_TAKEN, place, f"{variant.slug} is the name of {owner} already"))
        if variant.baseline is None:
            first = baselines.setdefault(variant.model, variant.name)
            if first != variant.name:
                found.append(
                    Diagnostic(rules.TWO_BASELINES, place, f"{first} is the baseline of {variant.model} already")
                )
            continue
        named = variants.get((variant.model, variant.baseline))
        if named is None:
            found.append(
                Diagnostic(rules.BAD_BASELINE, place, f"baseline {variant.baseline} is no variant of {variant.model}")
            )
        elif named.baseline is not None:
            found.append(Diagnostic(rules.BAD_BASELINE, place, f"baseline {variant.baseline} has a baseline itself"))
    return found


def _releases(
    tree: Tree, environments: Mapping[str, Environment], variants: Mapping[tuple[str, VariantName], Variant]
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
    return releases, overlays, problems


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


def _load(tree: Tree, path: str, parse: Callable[[Document], tuple[T | None, tuple[Diagnostic, ...]]]) -> Loaded[T]:
    document, problems = _document(tree, path)
    if document is None:
        return Loaded(None, problems)
    value, more = parse(document)
    return Loaded(None if problems else value, in_order([*problems, *more]))


def _document(tree: Tree, path: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    content = tree.read(path)
    if content is None:
        return None, (Diagnostic(rules.MISSING_FILE, Location(path), f"{path} is missing, or is no plain file"),)
    document, problems = read_yaml(path, content)
    return (None if document.data is None and problems else document), problems


def _names(key: ReleaseKey) -> tuple[str, str]:
    return key.environment, key.model
