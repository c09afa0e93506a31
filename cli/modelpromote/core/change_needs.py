"""What a change takes away, though a release may still need it. Pure."""

from collections.abc import Iterable
from datetime import datetime

from modelpromote.core import rules
from modelpromote.core.change import Action, Change, TouchedFile
from modelpromote.core.change_kinds import Facts, Fate
from modelpromote.core.change_rooms import RoomKind
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.history import Timeline
from modelpromote.core.needs import Need, needs
from modelpromote.core.quantities import Duration
from modelpromote.core.release import Release

_OVERLAYS = frozenset({RoomKind.OVERLAY, RoomKind.SLOT})


def still_needed(
    change: Change, facts: Facts, lines: Iterable[Timeline], window: Duration, now: datetime
) -> list[Diagnostic]:
    """Variants, overlays and slots that were removed, though a release may still need them."""
    wanted = {line.key: tuple(needs(line, window, now)) for line in lines}
    found: list[Diagnostic] = []
    for (model, variant), fate in facts.variants.items():
        if fate is Fate.GONE:
            named = [need for key, more in wanted.items() if key.model == model for need in _naming(more, variant)]
            found += [_needed(f"models/{model}/{variant}/variant.yaml", need) for need in named]
    for file in change.touched:
        if _is_taken_away(file, facts):
            more = _naming(wanted.get(file.room.key, ()), file.room.variant)
            found += [_needed(file.path, need) for need in more if _uses(need.release, file)]
    return found


def _is_taken_away(file: TouchedFile, facts: Facts) -> bool:
    """An overlay or slot of a variant, and in an environment, that stay."""
    return (
        file.action is Action.REMOVED
        and file.room.kind in _OVERLAYS
        and facts.variants.get(file.room.owner) is not Fate.GONE
        and file.room.environment not in facts.gone_environments
    )


def _naming(more: Iterable[Need], variant: str) -> list[Need]:
    """The first need that names the variant, which is the nearest."""
    return [need for need in more if variant in {str(need.release.variant), str(need.release.previous)}][:1]


def _uses(release: Release, file: TouchedFile) -> bool:
    """Whether a decision's build reads the file: of the slots only its own."""
    if file.room.kind is RoomKind.OVERLAY:
        return True
    return (str(release.variant), release.slot) == (file.room.variant, file.room.slot)


def _needed(path: str, need: Need) -> Diagnostic:
    release = need.release
    detail = (
        f"is removed, but number {release.number} of {release.model} in {release.environment} needs it: it {need.why}"
    )
    return Diagnostic(rules.STILL_NEEDED, Location(path), detail)
