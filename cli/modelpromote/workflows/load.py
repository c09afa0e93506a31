"""From a tree to values: manifests, decisions and slots, every fault collected."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.document import Document
from modelpromote.core.environment import Environment, gate_places, read_environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.manifest_reading import read_variant
from modelpromote.core.names import VariantName, slug
from modelpromote.core.policy import PATH as POLICY_PATH
from modelpromote.core.policy import Policy, read_policy
from modelpromote.core.release import Release, ReleaseKey, read_release
from modelpromote.core.tree import Tree, folders
from modelpromote.targets.rooms import Slots

T = TypeVar("T")
Parse = Callable[[Document], tuple[T | None, tuple[Diagnostic, ...]]]
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
    """models/<model>/<variant>/variant.yaml, with the places of its names."""
    return _load(tree, f"models/{model}/{variant}/variant.yaml", read_variant, ("variant", "baseline", "artifact.uri"))


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


@lru_cache(maxsize=4096)
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
    numbers = sorted(int(name) for name in folders(tree, f"{folder}/canary") if re.fullmatch(r"[1-9][0-9]{0,5}", name))
    for position, number in enumerate(numbers, 1):
        path = f"{folder}/canary/{number}/kustomization.yaml"
        content = tree.read(path)
        step = parse_step(content or b"")
        if number != position:
            problems.append(
                Diagnostic(rules.SLOT_MISSING, Location(f"{folder}/canary/{position}"), f"slot {position} is missing")
            )
            break
        if content is None:
            problems.append(Diagnostic(rules.SLOT_MISSING, Location(path), "is missing"))
        elif step is None:
            problems.append(
                Diagnostic(rules.SLOT_UNREADABLE, Location(path), "the annotation modelpromote/step is not readable")
            )
        steps.append(step or Step.STAGED)
    return Loaded(tuple(steps), tuple(problems))


def model_names(tree: Tree) -> list[str]:
    """The models of the repository, sorted."""
    return folders(tree, "models")


def variant_names(tree: Tree, model: str) -> list[str]:
    """The variants of a model, sorted."""
    return folders(tree, f"models/{model}")


def _load(tree: Tree, path: str, parse: Parse[T], places: tuple[str, ...] = ()) -> Loaded[T]:
    document, problems = _document(tree, path)
    if document is None:
        return Loaded(None, problems)
    value, more = parse(document)
    found = in_order([*problems, *_not_following(problems, more)])
    return Loaded(None if problems else value, found, {key: document.locate(tuple(key.split("."))) for key in places})


def _not_following(problems: tuple[Diagnostic, ...], more: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """Faults of the schema that do not merely follow from a fault of the text."""
    lines = {found.location.line for found in problems}
    left_out = {rules.MISSING_KEY} if any(found.rule is rules.YAML_FEATURE for found in problems) else set()
    return [found for found in more if found.location.line not in lines and found.rule not in left_out]


def _document(tree: Tree, path: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    content = tree.read(path)
    if content is None:
        folder, _, name = path.rpartition("/")
        there = name in tree.entries(folder)
        rule, detail = (
            (rules.UNSAFE_FILE, "is a link or no plain file") if there else (rules.MISSING_FILE, "is missing")
        )
        return None, (Diagnostic(rule, Location(path), detail),)
    document, problems = read_yaml(path, content)
    return (None if document.data is None and problems else document), problems


def _names(key: ReleaseKey) -> tuple[str, str]:
    return key.environment, key.model
