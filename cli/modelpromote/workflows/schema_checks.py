"""Built objects against the schemas of their kinds: what is wrong, and how many have no schema."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.adapters.crd_schemas import Schemas
from modelpromote.core import rules
from modelpromote.core.cluster import ObjectId
from modelpromote.core.diagnostics import Diagnostic, Location


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings, how many objects were held against a schema, and how many have none."""

    findings: tuple[Diagnostic, ...] = ()
    checked: int = 0
    without: int = 0


def check_schemas(schemas: Schemas, releases: Mapping[str, Mapping[ObjectId, object]]) -> Checked:
    """All objects of all releases, by folder."""
    found: list[Diagnostic] = []
    checked = without = 0
    for folder, objects in releases.items():
        place = Location(f"{folder}/kustomization.yaml")
        for identity, built in objects.items():
            wrong = schemas.faults(built)
            without += wrong is None
            checked += wrong is not None
            found += [Diagnostic(rules.SCHEMA, place, f"{identity}: {_said(path, text)}") for path, text in wrong or ()]
    return Checked(tuple(found), checked, without)


def _said(path: str, text: str) -> str:
    return f"{path}: {text}" if path else text
