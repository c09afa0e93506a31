"""The record of a repository: what is in force where, and how it came to that. Pure; derived from timelines."""

from dataclasses import dataclass
from datetime import datetime

from modelpromote.core.history import Event, EventKind, Hold, Landing, Stepped, Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release, ReleaseKey


@dataclass(frozen=True, slots=True)
class Standing:
    """One release as it stands: who put it there, and when it got to its step."""

    key: ReleaseKey
    release: Release
    step: str
    since: datetime
    by: str
    commit: str
    fault: str = ""
    holds: tuple[tuple[str, Hold], ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the history: a promotion, a rollback or a step."""

    key: ReleaseKey
    kind: str
    number: int
    variant: str
    detail: str
    landing: Landing

    @property
    def time(self) -> datetime:
        """When it landed."""
        return self.landing.time


@dataclass(frozen=True, slots=True)
class Record:
    """The history of every release on the deployed branch, as of its tip."""

    tip: str
    environments: tuple[str, ...]
    timelines: tuple[Timeline, ...]


def standings(record: Record) -> tuple[Standing, ...]:
    """What is in force, model by model, in the order of the environments."""
    return tuple(_standing(line) for line in record.timelines)


def _standing(line: Timeline) -> Standing:
    release, landed = line.in_force, line.landed
    assert release is not None and landed is not None  # noqa: S101, PT018 - a record lists nothing else
    steps = line.step_changes(release) if release.slot else ()
    last = max([landed.landing, *(step.landing for step in steps[-1:])], key=lambda landing: landing.time)
    fault = landed.kind if landed.kind not in {EventKind.FIRST, EventKind.PROMOTION, EventKind.ROLLBACK} else ""
    step = str(steps[-1].step) if steps else ("" if release.variant is None else "all traffic")
    return Standing(line.key, release, step, last.time, last.author, last.commit, fault, _holds(line))


def _holds(line: Timeline) -> tuple[tuple[str, Hold], ...]:
    undone = {event.undone.artifact: event.undone for event in line.events if event.undone}
    found = ((str(release.variant), line.hold(digest)) for digest, release in undone.items())
    return tuple((name, hold) for name, hold in found if hold is not None)


def acts(record: Record, environment: str = "", model: str = "") -> tuple[Act, ...]:
    """Everything that happened, the newest first."""
    found: list[Act] = []
    for line in record.timelines:
        if environment in {"", line.key.environment} and model in {"", line.key.model}:
            found += [_act(line.key, event) for event in line.events]
            found += _climbs(line)
    return tuple(sorted(found, key=lambda act: act.landing.position, reverse=True))


def _act(key: ReleaseKey, event: Event) -> Act:
    release, landing = event.release, event.landing
    if event.undone is not None:
        detail = f"took back number {event.undone.number} ({event.undone.variant})"
    else:
        detail = f"instead of {release.previous or 'nothing'}" if release.variant else "model added"
    return Act(key, event.kind, release.number, str(release.variant or "none"), detail, landing)


def _climbs(line: Timeline) -> list[Act]:
    """The steps that were taken while their slot was in force; the laying out of a slot is none."""
    numbers = {
        (event.release.variant, event.release.slot): event.release.number for event in line.events if event.release.slot
    }
    found: list[Act] = []
    last: dict[tuple[object, int], Stepped] = {}
    for step in line.steps:
        slot = (step.variant, step.slot)
        before = last.get(slot)
        laid_out = step.step is Step.STAGED and (before is None or before.step is not Step.TEN)
        if before is not None and not laid_out and slot in numbers:
            detail = f"from {before.step} to {step.step}"
            landing = step.landing
            found.append(Act(line.key, "step", numbers[slot], str(step.variant), detail, landing))
        last[slot] = step
    return found
