"""A transition and what came of it, as values: planned, refused, already so, made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from modelpromote.core.cluster import ObjectChange
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.gates.gate import Verdict
from modelpromote.core.quantities import Duration
from modelpromote.core.release import Release, ReleaseKey


class Destination(Enum):
    """Where a transition's commit goes: nowhere (dry run), a ref of the tool's own, or the remote."""

    NOWHERE = "nowhere"
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a transition changes; without Kustomize (`built` is false) `text` is a diff of the rendered files."""

    built: bool
    changes: tuple[ObjectChange, ...] = ()
    text: str = ""
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A transition that may be made.

    `files` is all that it writes, `undo` the command that takes it back, `next` what comes after it, in `wait`.
    """

    kind: str
    key: ReleaseKey
    release: Release
    summary: str
    files: Mapping[str, bytes]
    message: str
    undo: str
    verdicts: tuple[Verdict, ...] = ()
    preview: Preview = Preview(built=False)
    next: str = ""
    wait: Duration = field(default_factory=lambda: Duration(0))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A transition that may not be made, and every reason why."""

    kind: str
    key: ReleaseKey
    summary: str
    findings: tuple[Diagnostic, ...]
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """Nothing to do."""

    kind: str
    key: ReleaseKey
    summary: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a plan: its commit (empty for a dry run), where it is, and what to do next."""

    plan: Plan
    destination: Destination
    commit: str = ""
    ref: str = ""
    push: str = ""
    pull_request: bool = False

    @property
    def is_pushed(self) -> bool:
        """Whether it is on the deployed branch now."""
        return self.destination is Destination.REMOTE and not self.pull_request


Answer = Plan | Refusal | AlreadySo
Outcome = Made | Refusal | AlreadySo
