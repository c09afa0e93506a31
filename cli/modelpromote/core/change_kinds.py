"""Which kinds of change may touch a file so: by its room, what was done to it, and what both trees say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from modelpromote.core.change import Action, Kind, TouchedFile
from modelpromote.core.change_rooms import Room, RoomKind, room_of
from modelpromote.core.history import EventKind
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release, ReleaseKey


class Fate(Enum):
    """What became of a variant's manifest."""

    NEW = "new"
    GONE = "gone"
    EDITED = "edited"
    CARD_ONLY = "card only"


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A decision before and after; `kind` is None where it is gone or cannot be read."""

    kind: EventKind | None
    before: Release | None
    after: Release | None


@dataclass(frozen=True, slots=True)
class SlotChange:
    """The step of a slot before and after; None where there is none, or none that can be read."""

    before: Step | None
    after: Step | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What no path shows. `variants` by model and name, `slots` by path; models and environments that came or went."""

    variants: Mapping[tuple[str, str], Fate] = field(default_factory=dict)
    decisions: Mapping[ReleaseKey, DecisionChange] = field(default_factory=dict)
    slots: Mapping[str, SlotChange] = field(default_factory=dict)
    new_models: frozenset[str] = frozenset()
    gone_models: frozenset[str] = frozenset()
    new_environments: frozenset[str] = frozenset()
    gone_environments: frozenset[str] = frozenset()
    render_changed: bool = False


_FATES = {Fate.NEW: Kind.VARIANT, Fate.GONE: Kind.RETIRE, Fate.EDITED: Kind.VARIANT}
_RENDERED = (Kind.ENVIRONMENT, Kind.RENDER)


def touch(path: str, action: Action, facts: Facts) -> TouchedFile:
    """A touched file, with the kinds of change that it may belong to."""
    room = room_of(path)
    kinds = _possible(path, room, action, facts)
    return TouchedFile(path, action, room, tuple(k for k in kinds if facts.render_changed or k is not Kind.RENDER))


def _possible(path: str, room: Room, action: Action, facts: Facts) -> tuple[Kind, ...]:
    match room.kind:
        case RoomKind.OUTSIDE:
            return ()
        case RoomKind.POLICY:
            return (Kind.RENDER,) if facts.render_changed else (Kind.ENVIRONMENT,)
        case RoomKind.SETTINGS | RoomKind.OF_ENVIRONMENT:
            return (Kind.ENVIRONMENT,)
        case RoomKind.ARGOCD:
            return _RENDERED
        case RoomKind.DECISION | RoomKind.OF_MODEL | RoomKind.OVERLAY | RoomKind.SLOT:
            return _of_release(path, room, action, facts)
    return _of_variant(room, facts)


def _of_release(path: str, room: Room, action: Action, facts: Facts) -> tuple[Kind, ...]:
    """Below `environments/<env>/<model>/`."""
    if room.environment in facts.gone_environments:
        return (Kind.ENVIRONMENT,)
    if room.kind is RoomKind.DECISION:
        return _of_decision(room, facts)
    if room.environment in facts.new_environments and action is Action.ADDED:
        return (Kind.ENVIRONMENT,)
    if room.kind is RoomKind.OF_MODEL:
        return _came_or_went(room.model, facts) or _RENDERED
    return _of_overlay(path, room, action, facts)


def _of_variant(room: Room, facts: Facts) -> tuple[Kind, ...]:
    """Below `models/<model>/<variant>/`. A card follows from manifest and evidence, a base from its target too."""
    fate = facts.variants.get(room.owner)
    if fate is not None and fate is not Fate.CARD_ONLY:
        return (_FATES[fate],)
    match room.kind:
        case RoomKind.MANIFEST:
            return (Kind.CARD,)
        case RoomKind.CARD:
            return (Kind.CARD, Kind.EVIDENCE, Kind.VARIANT, Kind.RENDER)
        case RoomKind.EVIDENCE:
            return (Kind.EVIDENCE,)
        case RoomKind.BASE:
            return (Kind.VARIANT, *_RENDERED)
    return (Kind.VARIANT,)


def _of_decision(room: Room, facts: Facts) -> tuple[Kind, ...]:
    if room.model in facts.gone_models:
        return (Kind.RETIRE,)
    if room.key not in facts.decisions:
        return (Kind.ENVIRONMENT,)  # the decision itself is the same: its kustomization.yaml is rendered anew
    match facts.decisions[room.key].kind:
        case EventKind.FIRST:
            return (Kind.VARIANT, Kind.ENVIRONMENT)
        case EventKind.ROLLBACK:
            return (Kind.ROLLBACK,)
    return (Kind.PROMOTION,)


def _of_overlay(path: str, room: Room, action: Action, facts: Facts) -> tuple[Kind, ...]:
    fate = facts.variants.get(room.owner)
    if (fate, action) == (Fate.NEW, Action.ADDED):
        return (Kind.VARIANT,)
    if (fate, action) == (Fate.GONE, Action.REMOVED):
        return (Kind.RETIRE,)
    follows = (Kind.VARIANT, *_RENDERED) if fate is Fate.EDITED else _RENDERED
    if room.kind is RoomKind.SLOT:
        return _of_slot(facts.slots[path], action, follows)
    return (Kind.RETIRE, Kind.RENDER) if action is Action.REMOVED else follows


def _of_slot(slot: SlotChange, action: Action, follows: tuple[Kind, ...]) -> tuple[Kind, ...]:
    if action is Action.REMOVED:
        return (Kind.ENVIRONMENT, Kind.RETIRE)
    if action is Action.ADDED:
        return (Kind.ENVIRONMENT, Kind.STEP) if slot.after is Step.STAGED else (Kind.STEP,)
    return follows if slot.before is slot.after and slot.after is not None else (Kind.STEP,)


def _came_or_went(model: str, facts: Facts) -> tuple[Kind, ...]:
    if model in facts.new_models:
        return (Kind.VARIANT,)
    return (Kind.RETIRE,) if model in facts.gone_models else ()
