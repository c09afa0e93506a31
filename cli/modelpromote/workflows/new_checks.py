"""What `promote new` finds: files of an artifact that disagree, and a variant.yaml that is there and differs."""

from collections.abc import Iterator

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document, KeyPath, Value, dotted
from modelpromote.core.draft import dtype_stored
from modelpromote.core.evidence import READ_METHODS, ArtifactFacts
from modelpromote.core.gates.agreement import header_faults, name_faults
from modelpromote.core.manifest_reading import UNFILLED
from modelpromote.core.names import VariantName
from modelpromote.core.tree import Tree
from modelpromote.evidence.recipe import recipe_differences
from modelpromote.workflows.artifact_described import Described

_BY_PEOPLE = frozenset({"card", "baseModel", "calibration"})
_URI = ("artifact", "uri")
_WORDS = frozenset({("tool",), ("algorithm",)})


def disagreements(path: str, name: VariantName, described: Described, facts: ArtifactFacts) -> Iterator[Diagnostic]:
    """Where the files of the artifact, or its name, say different things."""
    if facts.method not in READ_METHODS:
        detail = f"config.json: quant_method {facts.method} is not read"
        yield Diagnostic(rules.ARTIFACT_NOT_READ, Location(f"{described.source}/config.json"), detail)
        return
    for _, detail in name_faults(name, facts):
        yield Diagnostic(rules.NAME_NOT_ARTIFACT, Location(path), detail)
    for _, detail in header_faults(facts):
        yield Diagnostic(rules.WEIGHTS_NOT_CONFIG, Location(f"{described.source}/config.json"), detail)
    if described.about.recipe is not None:
        for detail in recipe_differences(described.about.recipe, facts):
            yield Diagnostic(rules.RECIPE_NOT_ARTIFACT, Location(f"{described.source}/recipe.yaml"), detail)
    stated = dtype_stored(described.about.dtype)
    if stated and facts.stored and stated not in facts.stored:
        detail = f"config.json says {described.about.dtype}, the weights are stored as {', '.join(facts.stored)}"
        yield Diagnostic(rules.TYPE_NOT_STORED, Location(f"{described.source}/config.json"), detail)


def differences(tree: Tree, path: str, text: str, chosen: frozenset[str]) -> tuple[Diagnostic, ...] | None:
    """Where the file that is there says something else; None where there is none.

    What people fill in, and what a default chose, may be anything; `chosen` are the keys that the call itself set.
    """
    content = tree.read(path)
    if content is None and path.rpartition("/")[2] not in tree.entries(path.rpartition("/")[0]):
        return None
    there, problems = read_yaml(path, content or b"")
    if content is None or there.data is None or problems:
        return (Diagnostic(rules.MANIFEST_DIFFERS, Location(path), "what is there cannot be read"),)
    drafted = _flat(read_yaml(path, text.encode())[0].data)
    existing = _flat(there.data)
    return tuple(
        _difference(there, key, existing.get(key), value)
        for key, value in drafted.items()
        if value != UNFILLED and existing.get(key) != value and not _is_free(key, chosen)
    )


def _difference(there: Document, key: KeyPath, existing: Value, drafted: Value) -> Diagnostic:
    shown = "nothing" if existing is None else repr(existing)
    detail = f"{dotted(key)}: {shown} is there, the artifact gives {drafted!r}"
    return Diagnostic(rules.MANIFEST_DIFFERS, there.locate(key), detail)


def _is_free(key: KeyPath, chosen: frozenset[str]) -> bool:
    free = _BY_PEOPLE | ({"serving", "baseline"} - chosen)
    return key[0] in free or (key == _URI and "uri" not in chosen) or key[1:2] in _WORDS


def _flat(value: Value, path: KeyPath = ()) -> dict[KeyPath, Value]:
    """Every scalar by its key path."""
    if isinstance(value, dict):
        return {key: item for name, part in value.items() for key, item in _flat(part, (*path, name)).items()}
    if isinstance(value, tuple):
        return {key: item for index, part in enumerate(value) for key, item in _flat(part, (*path, index)).items()}
    return {path: value}
