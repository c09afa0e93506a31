"""What a change may not do, whatever its kind: mix kinds, touch what was released, move two releases. Pure."""

from collections.abc import Mapping

from modelpromote.core import rules
from modelpromote.core.change import Action, Change, Kind
from modelpromote.core.change_kinds import Facts, Fate
from modelpromote.core.change_rooms import RoomKind
from modelpromote.core.change_steps import stepped
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.history import EventKind


def mixed(change: Change) -> list[Diagnostic]:
    """Every file of a mixed change, with the kind that it belongs to."""
    if change.kind is not Kind.MIXED:
        return []
    own = {path: kind for path, kind in change.kinds.items() if kind is not Kind.OTHER}
    return [
        Diagnostic(rules.MIXED_CHANGE, Location(path), f"belongs to a change of kind {kind}, {_others(own, kind)}")
        for path, kind in own.items()
    ]


def _others(own: Mapping[str, Kind], kind: Kind) -> str:
    rest = sorted({other for other in own.values() if other is not kind})
    return f"other files to {' and '.join(rest)}"


def released_files(unlike: Mapping[str, str]) -> list[Diagnostic]:
    """Manifests and bases that say something else than when they were put in force; by path, when that was."""
    return [
        Diagnostic(rules.RELEASED_CHANGED, Location(path), f"is not what it was as {when}")
        for path, when in unlike.items()
    ]


def evidence_files(change: Change, facts: Facts, restored: frozenset[str]) -> list[Diagnostic]:
    """Evidence that was changed or removed; `restored` is what came back to what it was when it was added."""
    return [
        Diagnostic(rules.EVIDENCE_CHANGED, Location(file.path), f"is {file.action}")
        for file in change.touched
        if file.room.kind is RoomKind.EVIDENCE
        and file.action is not Action.ADDED
        and file.path not in restored
        and facts.variants.get(file.room.owner) is not Fate.GONE
    ]


def several_moves(change: Change, facts: Facts) -> list[Diagnostic]:
    """More than one release that a change moves."""
    decided = {
        key
        for key, one in facts.decisions.items()
        if one.kind is not EventKind.FIRST
        and key.model not in facts.gone_models
        and key.environment not in facts.gone_environments
    }
    moved = sorted({*decided, *(file.room.key for file in stepped(change, facts))})
    if len(moved) < 2:  # noqa: PLR2004
        return []
    names = ", ".join(f"{key.model} in {key.environment}" for key in moved)
    return [Diagnostic(rules.SEVERAL_MOVES, Location(f"{key.folder}/release.yaml"), f"moves {names}") for key in moved]
