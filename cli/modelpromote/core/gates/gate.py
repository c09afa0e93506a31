"""What every gate is made of: a case comes in, a verdict goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import Run
from modelpromote.core.manifest import Variant
from modelpromote.core.quantities import Percentage
from modelpromote.core.schema import Schema


class GateSettings(Schema):
    """The limits of one gate, as environment.yaml has them."""

    gate: str


class Outcome(StrEnum):
    """Fail and inconclusive both refuse."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Subject:
    """A variant and its evidence; `location` is its manifest. Runs of another artifact are none of its own."""

    variant: Variant
    runs: tuple[Run, ...]
    location: Location

    def of_kind(self, kind: str) -> tuple[Run, ...]:
        """Its usable runs of one kind, the newest first."""
        digest = self.variant.artifact.digest
        own = [run for run in self.runs if run.entry.kind == kind and run.entry.artifact == digest and run.usable]
        return tuple(sorted(own, key=lambda run: (run.entry.finished, run.digest), reverse=True))

    def problems(self, kind: str) -> tuple[Diagnostic, ...]:
        """What is wrong with its runs of one kind that cannot be used."""
        return tuple(found for run in self.runs if run.entry.kind == kind for found in run.problems)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a use of a model asks of it: limits of the benchmarks gate by task."""

    name: str
    tasks: Mapping[str, Percentage]


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: a variant for an environment, at a time.

    `baseline` is None for the baseline itself and where it cannot be read. `before` is the environment before
    this one (None: this is the first), `traffic_since` when the variant got all the traffic there (None: it has
    not). `profile` is what promote.yaml asks of the model beyond the environment.
    """

    environment: str
    candidate: Subject
    baseline: Subject | None
    now: datetime
    before: str | None = None
    traffic_since: datetime | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's outcome on evidence, with the figures that it rests on.

    `figure` and `limit` are for people; `value`, `bound`, `interval` are the same as numbers where there are
    any, in the unit `unit`; `evidence` are the digests of the entries that were used; `others` the runs that
    were there and did not decide; `details` a line for each of several things that were judged.
    """

    gate: str
    outcome: Outcome
    figure: str
    limit: str = ""
    where: Location | None = None
    value: float | None = None
    bound: float | None = None
    unit: str = ""
    samples: int | None = None
    interval: tuple[float, float] | None = None
    marks: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    evidence: tuple[str, ...] = ()
    others: tuple[str, ...] = field(default=())
    details: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it lets the variant through."""
        return self.outcome is Outcome.PASS

    def standing_at(self, where: Location) -> "Verdict":
        """The same verdict, with the place where its limit stands."""
        return replace(self, where=where)


class Gate(Protocol):
    """A module with `Settings` (a GateSettings with a literal `gate`) and `judge`."""

    Settings: Any

    def judge(self, settings: Any, case: Case) -> Verdict:
        """The verdict on a case. Pure; findings name what refuses."""
