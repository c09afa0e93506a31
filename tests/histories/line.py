"""One release by the test's own book: decisions as a stack, slots, holds, and all that happened to it."""

from dataclasses import dataclass, field
from datetime import datetime

from modelpromote.core.ladder import Step
from modelpromote.core.release import Release, ReleaseKey

LADDER = tuple(Step)


@dataclass(frozen=True)
class Landed:
    """A commit on the branch as a person sees it: what to revert, and whether with `-m 1`."""

    commit: str
    merge: bool
    time: datetime


@dataclass(frozen=True)
class Decision:
    release: Release
    landed: Landed


@dataclass
class Line:
    """One release: its decisions as a stack, its slots by variant, its holds by artifact with the name held.

    `acts` is what happened to it, oldest first: kind, number, and the variant in force from then on.
    """

    key: ReleaseKey
    stack: list[Decision]
    slots: dict[str, list[Step]]
    last: Landed
    highest: int = 0
    held: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    reverted: set[str] = field(default_factory=set)
    acts: list[tuple[str, int, str]] = field(default_factory=lambda: [("first", 0, "none")])

    @property
    def release(self) -> Release:
        return self.stack[-1].release

    @property
    def name(self) -> str:
        return str(self.release.variant or "none")

    @property
    def step(self) -> Step | None:
        return self.slots[self.name][self.release.slot - 1] if self.release.slot else None

    @property
    def climbs(self) -> bool:
        return self.step not in {None, Step.DONE}

    @property
    def serves(self) -> str:
        """The variant that has all the traffic; empty where there is none such."""
        return self.name if self.release.variant and self.step in {None, Step.HUNDRED, Step.DONE} else ""
