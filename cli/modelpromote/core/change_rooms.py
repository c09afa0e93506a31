"""Which room of the layout a path lies in. Knows paths, no content."""

import re
from dataclasses import dataclass
from enum import StrEnum

from modelpromote.core.card_files import CARD_FILES
from modelpromote.core.policy import PATH as POLICY_PATH
from modelpromote.core.release import ReleaseKey

_SLOT = re.compile(r"canary/([1-9][0-9]{0,5})/kustomization\.yaml")
_DECISION = frozenset({"release.yaml", "kustomization.yaml"})
_OF_THE_MODEL = frozenset({"common", "idle"})


class RoomKind(StrEnum):
    """The rooms; OUTSIDE is everything that no rule of the layout speaks of."""

    OUTSIDE = "outside"
    POLICY = "policy"
    MANIFEST = "manifest"
    CARD = "card"
    EVIDENCE = "evidence"
    BASE = "base"
    OF_VARIANT = "of the variant"
    SETTINGS = "settings"
    OF_ENVIRONMENT = "of the environment"
    OF_MODEL = "of the model"
    DECISION = "decision"
    OVERLAY = "overlay"
    SLOT = "slot"
    ARGOCD = "argocd"


@dataclass(frozen=True, slots=True)
class Room:
    """A room, and whose it is; what does not apply is empty."""

    kind: RoomKind
    environment: str = ""
    model: str = ""
    variant: str = ""
    slot: int = 0

    @property
    def owner(self) -> tuple[str, str]:
        """The variant: model and name."""
        return self.model, self.variant

    @property
    def key(self) -> ReleaseKey:
        """The release."""
        return ReleaseKey(self.environment, self.model)


def room_of(path: str) -> Room:
    """The room of a file."""
    match path.split("/"):
        case ["models", model, variant, *rest] if rest:
            return Room(_below_variant(rest), model=model, variant=variant)
        case ["environments", environment, *rest] if rest:
            return _below_environment(environment, rest)
        case ["argocd", _]:
            return Room(RoomKind.ARGOCD)
        case [name] if name == POLICY_PATH:
            return Room(RoomKind.POLICY)
    return Room(RoomKind.OUTSIDE)


def _below_variant(rest: list[str]) -> RoomKind:
    match rest:
        case ["variant.yaml"]:
            return RoomKind.MANIFEST
        case [name] if name in CARD_FILES:
            return RoomKind.CARD
        case ["evidence", *_]:
            return RoomKind.EVIDENCE
        case [_]:
            return RoomKind.OF_VARIANT
    return RoomKind.BASE


def _below_environment(environment: str, rest: list[str]) -> Room:
    match rest:
        case ["environment.yaml"]:
            return Room(RoomKind.SETTINGS, environment)
        case ["extra", _, *_]:
            return Room(RoomKind.OUTSIDE)
        case [_]:
            return Room(RoomKind.OF_ENVIRONMENT, environment)
        case [model, name] if name in _DECISION:
            return Room(RoomKind.DECISION, environment, model)
    model, name, *below = rest
    if name in _OF_THE_MODEL or not below:
        return Room(RoomKind.OF_MODEL, environment, model)
    slot = _SLOT.fullmatch("/".join(below))
    if slot is not None:
        return Room(RoomKind.SLOT, environment, model, name, int(slot[1]))
    return Room(RoomKind.OVERLAY, environment, model, name)
