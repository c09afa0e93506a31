"""What the first-parent history of a release says: promotions, rollbacks, steps, holds. Knows no git.

A release's states form a stack: a promotion pushes, a rollback pops. Numbers are never used twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modelpromote.core.ladder import Step
from modelpromote.core.names import VariantName
from modelpromote.core.release import Release, ReleaseKey


@dataclass(frozen=True, slots=True)
class Landing:
    """When a change reached the branch: a commit of its first-parent history.

    `parent` is empty for the first commit; `position` counts the commits that were read, the oldest is 0.
    """

    commit: str
    time: datetime
    author: str
    parent: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A file as a commit left it; `content` is None where it was removed or is no plain file."""

    landing: Landing
    path: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A release as a commit left it."""

    landing: Landing
    release: Release


@dataclass(frozen=True, slots=True)
class Stepped:
    """A slot as a commit left it."""

    landing: Landing
    variant: VariantName
    slot: int
    step: Step


class EventKind(StrEnum):
    """What a change of release.yaml was; all but the first three are faults."""

    FIRST = "first"
    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    RETURNED = "revert of a revert"
    REWRITTEN = "rewritten"
    IRREGULAR = "out of order"


@dataclass(frozen=True, slots=True)
class Event:
    """A change of release.yaml: what it put in force, and what it took back (rollbacks only)."""

    kind: EventKind
    landing: Landing
    release: Release
    undone: Release | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """An artifact that was taken back in an environment, and when."""

    environment: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """The history of one release, oldest first."""

    key: ReleaseKey
    events: tuple[Event, ...]
    stack: tuple[Release, ...]
    highest: int
    steps: tuple[Stepped, ...]

    @property
    def in_force(self) -> Release | None:
        """The decision in force; None before the first."""
        return self.stack[-1] if self.stack else None

    @property
    def before(self) -> Release | None:
        """The state that a rollback goes back to."""
        return self.stack[-2] if len(self.stack) > 1 else None

    @property
    def landed(self) -> Event | None:
        """The change that put the decision in force there."""
        return self.events[-1] if self.events else None

    def promoted(self, number: int) -> Event | None:
        """The promotion that used a number."""
        made = [event for event in self.events if event.release.number == number and event.undone is None]
        return made[-1] if made else None

    def step_changes(self, release: Release) -> tuple[Stepped, ...]:
        """The changes of the slot that a release names, oldest first."""
        return tuple(step for step in self.steps if (step.variant, step.slot) == (release.variant, release.slot))

    def step_since(self, release: Release) -> datetime:
        """When the decision in force got to its step: the last change of its slot, or of the decision."""
        landed = self.landed
        moments = [change.landing.time for change in self.step_changes(release)[-1:]]
        return max([*moments, *([landed.landing.time] if landed else [])])

    def traffic_since(self, digest: str) -> datetime | None:
        """Since when the artifact is in force with all the traffic; None when it is not."""
        release, landed = self.in_force, self.landed
        if release is None or landed is None or release.artifact != digest:
            return None
        if release.slot == 0:
            return landed.landing.time
        climbed: datetime | None = None
        for change in self.step_changes(release):
            if not change.step.has_all_traffic:
                climbed = None
            elif climbed is None:
                climbed = change.landing.time
        return max(climbed, landed.landing.time) if climbed else None

    def hold(self, digest: str) -> Hold | None:
        """The hold on an artifact here: it was taken back, and has not been promoted again since."""
        held: Hold | None = None
        for event in self.events:
            if event.undone is not None and event.undone.artifact == digest:
                held = Hold(self.key.environment, event.landing.time)
            elif event.kind is EventKind.PROMOTION and event.release.artifact == digest:
                held = None
        return held


def timeline(key: ReleaseKey, decided: Iterable[Decided], steps: Sequence[Stepped] = ()) -> Timeline:
    """Fold the states of a release, oldest first, into its history."""
    events: list[Event] = []
    stack: list[Release] = []
    taken_back: list[Release] = []
    highest = -1
    for state in decided:
        if stack and state.release == stack[-1]:
            continue
        kind = _kind(state.release, stack, taken_back, highest)
        undone = None
        if kind is EventKind.ROLLBACK:
            undone = stack.pop()
            taken_back.append(undone)
        elif kind is EventKind.REWRITTEN:
            stack[-1] = state.release
        else:
            stack.append(state.release)
        highest = max(highest, state.release.number)
        events.append(Event(kind, state.landing, state.release, undone))
    return Timeline(key, tuple(events), tuple(stack), highest, _taken(steps))


def _taken(steps: Sequence[Stepped]) -> tuple[Stepped, ...]:
    """The changes of step alone: a slot that was only rendered anew is where it was, since when it was."""
    taken: list[Stepped] = []
    last: dict[tuple[VariantName, int], Step] = {}
    for change in steps:
        slot = (change.variant, change.slot)
        if last.get(slot) is not change.step:
            taken.append(change)
            last[slot] = change.step
    return tuple(taken)


def _kind(release: Release, stack: list[Release], taken_back: list[Release], highest: int) -> EventKind:
    if not stack and release.number == 0 and release.variant is None:
        return EventKind.FIRST
    if stack and release.number == highest + 1:
        return EventKind.PROMOTION
    if len(stack) > 1 and release == stack[-2]:
        return EventKind.ROLLBACK
    if release in taken_back:
        return EventKind.RETURNED
    if stack and release.number == stack[-1].number:
        return EventKind.REWRITTEN
    return EventKind.IRREGULAR
