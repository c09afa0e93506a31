"""What `promote doctor` found: one row per thing that was looked at. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# what the builds are tested with, in tests and CI
KUSTOMIZE_TESTED = ((5, 5), (5, 8))


class State(StrEnum):
    """FAULT is of something that the verbs need; NOTE of something that they do without."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing: its name, what was found, and how to get it where it is not as it should be."""

    name: str
    state: State
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Check:
    """It is as it should be."""
    return Check(name, State.OK, found)


def note(name: str, found: str, remedy: str = "") -> Check:
    """The verbs do without it."""
    return Check(name, State.NOTE, found, remedy)


def fault(name: str, found: str, remedy: str) -> Check:
    """The verbs need it."""
    return Check(name, State.FAULT, found, remedy)


def faults(checks: Sequence[Check]) -> int:
    """How many needed things are not as they should be."""
    return sum(check.state is State.FAULT for check in checks)


def numbers(text: str) -> tuple[int, ...]:
    """The first version in a text: `v5.8.1` is (5, 8, 1); empty where there is none."""
    match = re.search(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?", text)
    return tuple(int(part) for part in match.groups() if part is not None) if match else ()


def kustomize_check(where: str, said: str) -> Check:
    """A Kustomize, held against the versions that are tested."""
    found = numbers(said)
    low, high = (".".join(map(str, version)) for version in KUSTOMIZE_TESTED)
    if not found:
        return note("kustomize", f"{where}: its version cannot be read", "run it by hand")
    shown = f"{'.'.join(map(str, found))} ({where})"
    if found[:2] < KUSTOMIZE_TESTED[0]:
        return fault("kustomize", f"{shown} is older than what is tested: {low} to {high}", f"install {low} or newer")
    if found[:2] > KUSTOMIZE_TESTED[1]:
        return note("kustomize", f"{shown} is newer than what is tested: {low} to {high}", "look at what it builds")
    return ok("kustomize", shown)
