"""What a built object must not have: fields that nothing heeds, annotations that hold up a rollback. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.sync_order import ordering

_SERVICE = "InferenceService"
_PERCENT = "canaryTrafficPercent"
_CANARY_SINCE = 21  # the minor version of KServe 0 that has spec.canary


def unheeded(place: Location, kind: str, built: Any, kserve: str | None) -> Iterator[Diagnostic]:
    """The faults of one object."""
    metadata, spec = _mapping(built, "metadata"), _mapping(built, "spec")
    name = f"{kind} {metadata.get('name')}"
    for key, value in ordering(metadata.get("annotations")):
        yield Diagnostic(rules.ORDERED_SYNC, place, f"{name}: {key}: {value}")
    if kind != _SERVICE:
        return
    if _PERCENT in spec or any(_PERCENT in part for part in spec.values() if isinstance(part, Mapping)):
        yield Diagnostic(rules.CANARY_FIELD, place, f"{name}: {_PERCENT} is heeded in Knative mode only")
    if "canary" in spec and kserve and int(kserve.partition(".")[2]) < _CANARY_SINCE:
        yield Diagnostic(rules.CANARY_FIELD, place, f"{name}: KServe {kserve} knows no spec.canary")


def _mapping(built: Any, key: str) -> Mapping[str, Any]:
    value = built.get(key) if isinstance(built, Mapping) else None
    return value if isinstance(value, Mapping) else {}
