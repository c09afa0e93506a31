"""A step of a change: only the slot in force, one step, the next slot laid out, after its bake time. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from modelpromote.core import rules
from modelpromote.core.bake import too_early
from modelpromote.core.change import Action, Change, Kind, TouchedFile
from modelpromote.core.change_kinds import Facts, SlotChange
from modelpromote.core.change_rooms import RoomKind
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.history import Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release, ReleaseKey


@dataclass(frozen=True, slots=True)
class Standing:
    """A release as it was before the change.

    `environment` is None where its manifest cannot be read, `slots` are those of each variant, by name.
    """

    history: Timeline
    environment: Environment | None
    slots: Mapping[str, tuple[Step, ...]]

    @property
    def release(self) -> Release | None:
        """The decision in force."""
        return self.history.in_force

    @property
    def in_force(self) -> tuple[str, int]:
        """The variant and slot in force; slot 0 where there is none."""
        release = self.release
        return (str(release.variant), release.slot) if release else ("", 0)

    @property
    def step(self) -> Step | None:
        """The step of the slot in force."""
        variant, number = self.in_force
        slots = self.slots.get(variant, ())
        return slots[number - 1] if 0 < number <= len(slots) else None


def stepped(change: Change, facts: Facts) -> tuple[TouchedFile, ...]:
    """The slots whose step differs."""
    return tuple(
        file
        for file in change.touched
        if file.action is Action.CHANGED
        and file.path in facts.slots
        and facts.slots[file.path].before is not facts.slots[file.path].after
    )


def step_faults(
    change: Change, facts: Facts, standing: Mapping[ReleaseKey, Standing], now: datetime
) -> list[Diagnostic]:
    """All that is wrong with the slots of a change."""
    found: list[Diagnostic] = []
    laid_out = {file.room for file in change.touched if file.action is Action.ADDED and file.room.kind is RoomKind.SLOT}
    expected = set()
    for file in stepped(change, facts):
        before = standing[file.room.key]
        slot = facts.slots[file.path]
        found += _out_of_line(file, slot, before) or _too_early(slot, before, now)
        following = _next_slot(file, slot, before)
        if following is not None:
            expected.add((file.room.key, file.room.variant, following))
            if not any((room.key, room.variant, room.slot) == (*_owner(file), following) for room in laid_out):
                detail = f"the step off staged lays out canary/{following}, which is not there"
                found.append(Diagnostic(rules.STEP_OUT_OF_LINE, Location(file.path), detail))
    return [*found, *_unexpected(change, facts, expected), *_not_staged(change.touched, facts)]


def _owner(file: TouchedFile) -> tuple[ReleaseKey, str]:
    return file.room.key, file.room.variant


def _out_of_line(file: TouchedFile, slot: SlotChange, before: Standing) -> list[Diagnostic]:
    room, (variant, number) = file.room, before.in_force
    if (room.variant, room.slot) != (variant, number):
        current = f"slot {number} of {variant}" if number else "none: what is in force has no ladder"
        detail = (
            f"slot {room.slot} of {room.variant} is not the slot in force in {room.environment}, which is {current}"
        )
    elif slot.before is None or slot.after not in {slot.before.next, slot.before.back}:
        detail = f"from {slot.before or 'an unreadable step'} to {slot.after or 'an unreadable one'} is not one step"
    else:
        return []
    return [Diagnostic(rules.STEP_OUT_OF_LINE, Location(file.path), detail)]


def _too_early(slot: SlotChange, before: Standing, now: datetime) -> list[Diagnostic]:
    """The bake time of the step that it leaves upwards, counted from the last step or from the promotion."""
    release, environment = before.release, before.environment
    if slot.before is None or slot.after is not slot.before.next or release is None:
        return []
    if environment is None:
        return []
    return too_early(environment, before.history, release, slot.before, now)


def _next_slot(file: TouchedFile, slot: SlotChange, before: Standing) -> int | None:
    """The slot that the step has to lay out; None where it is there already."""
    there = len(before.slots.get(file.room.variant, ()))
    return there + 1 if slot.before is Step.STAGED and file.room.slot == there else None


def _unexpected(change: Change, facts: Facts, expected: Iterable[tuple[ReleaseKey, str, int]]) -> list[Diagnostic]:
    """Slots that a step lays out though none is due."""
    if change.kind is not Kind.STEP:
        return []
    return [
        Diagnostic(rules.STEP_OUT_OF_LINE, Location(file.path), "is laid out by a step that needs no further slot")
        for file in change.touched
        if file.path in facts.slots
        and file.action is Action.ADDED
        and (*_owner(file), file.room.slot) not in set(expected)
    ]


def _not_staged(touched: Iterable[TouchedFile], facts: Facts) -> list[Diagnostic]:
    return [
        Diagnostic(rules.SLOT_NOT_STAGED, Location(file.path), f"a new slot is at {facts.slots[file.path].after}")
        for file in touched
        if file.path in facts.slots
        and file.action is Action.ADDED
        and facts.slots[file.path].after not in {None, Step.STAGED}
    ]
