"""One task of the benchmarks gate: both sides' runs, the loss against the baseline, and what its limit says of it."""

import math
from dataclasses import dataclass, field, replace

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.gates.comparability import aligned, run_differences
from modelpromote.core.gates.gate import Case, Outcome, Subject
from modelpromote.core.gates.measured import Measured, higher_is_better, newest, scores_of
from modelpromote.core.paired import Flips, flips, mcnemar, score_change, unpaired_change
from modelpromote.core.quantities import Percentage
from modelpromote.core.statistics import Interval

_PERCENT = 100.0
# a loss of exactly the limit is within it, whatever the last bit of the division says
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Asked:
    """A task and its limit; `metric` as lm-eval's results name it, empty where the file has only one."""

    task: str
    limit: Percentage
    metric: str = ""
    profile: str = ""

    @property
    def text(self) -> str:
        """The limit as people read it."""
        return f"{self.limit} (profile {self.profile})" if self.profile else str(self.limit)


@dataclass(frozen=True, slots=True)
class Compared:
    """A task on both sides; `loss` is a fraction of the baseline's score, with its interval; `chance` the exact p."""

    asked: Asked
    key: str
    candidate: Measured
    baseline: Measured
    loss: Interval
    paired: bool
    documents: int | None
    flips: Flips | None = None

    @property
    def chance(self) -> float | None:
        """The exact p-value of the flips; None without samples, or where answers are not right or wrong."""
        return mcnemar(self.flips.lost, self.flips.won) if self.flips is not None else None

    @property
    def outcome(self) -> Outcome:
        """What the task's own limit says."""
        return within(self.loss, self.asked.limit, decided_by_interval=self.paired)


@dataclass(frozen=True, slots=True)
class Alone:
    """A task without a comparison, and why; of the baseline itself there is nothing amiss."""

    asked: Asked
    findings: tuple[Diagnostic, ...]
    key: str = ""
    own: Measured | None = None
    used: tuple[Measured, ...] = field(default=())


def within(loss: Interval, limit: Percentage, *, decided_by_interval: bool) -> Outcome:
    """Pass: the upper end is within the limit (without samples: the point). Fail: the point is beyond it."""
    most = limit.fraction + _ROUNDING
    if loss.point > most:
        return Outcome.FAIL
    return Outcome.PASS if not decided_by_interval or loss.high <= most else Outcome.INCONCLUSIVE


def of_the_baseline(asked: Asked, subject: Subject) -> Alone:
    """The baseline's own task: whether it is there, and complete."""
    return _measured(asked, subject, "baseline", asked.metric)


def compared(asked: Asked, case: Case, baseline: Subject) -> Compared | Alone:
    """The task on both sides, by the newest complete run of each."""
    before = _measured(asked, baseline, "baseline", asked.metric)
    own = _measured(asked, case.candidate, "candidate", before.key or asked.metric)
    if before.own is None or own.own is None or before.findings or own.findings:
        return Alone(asked, (*own.findings, *before.findings))
    used = (own.own, before.own)
    base = before.own.value(before.key)
    if base <= 0:
        detail = f"{asked.task}: the baseline scores {base:g}, so there is no relative loss"
        return Alone(asked, (Diagnostic(rules.NO_BENCHMARK, case.candidate.location, detail),), used=used)
    apart = run_differences(*used)
    scores = _paired_scores(*used, before.key)
    if apart or isinstance(scores, str):
        details = (*apart, scores) if isinstance(scores, str) else apart
        where = own.own.run.location
        return Alone(
            asked, tuple(Diagnostic(rules.NOT_COMPARABLE, where, f"{asked.task}: {one}") for one in details), used=used
        )
    alike = Compared(
        asked, before.key, *used, _aggregate(*used, before.key), paired=False, documents=own.own.result.samples
    )
    return alike if scores is None else _on_documents(alike, *scores)


def _on_documents(alike: Compared, before: list[float], after: list[float]) -> Compared | Alone:
    try:
        change = score_change(before, after)
    except ValueError as fault:
        detail = f"{alike.asked.task}: {fault}"
        found = Diagnostic(rules.BENCHMARK_UNSURE, alike.candidate.run.location, detail)
        return Alone(alike.asked, (found,), used=(alike.candidate, alike.baseline))
    return replace(alike, loss=_as_loss(change), paired=True, documents=len(before), flips=flips(before, after))


def _measured(asked: Asked, subject: Subject, role: str, key: str) -> Alone:
    """The run that decides, and the metric's key in it."""
    found, problems = newest(subject, asked.task, key)
    if found is None:
        figure = f" with {key}" if key else ""
        detail = f"{role} {subject.variant.name} has no complete lm-eval run of {asked.task}{figure}"
        return Alone(asked, (Diagnostic(rules.NO_BENCHMARK, subject.location, detail), *problems))
    key, fault = _primary(found, key)
    if fault:
        return Alone(asked, (Diagnostic(rules.METRIC_UNCLEAR, found.run.location, f"{asked.task}: {fault}"),))
    return Alone(asked, (), key, found)


def _primary(found: Measured, named: str) -> tuple[str, str]:
    """(key, what is wrong): the metric that is named, or the only one where more is better."""
    keys = sorted(key for key in found.result.metrics if not key.partition(",")[0].endswith("_stderr"))
    directions = {key: higher_is_better(found.result, key.partition(",")[0]) for key in keys}
    if named:
        way = {True: "", False: "lower is better", None: "the results do not say which way is better"}[
            directions[named]
        ]
        return named, f"{named}: {way}" if way else ""
    better = [key for key in keys if directions[key]]
    if len(better) == 1:
        return better[0], ""
    listed = ", ".join(better) or "none where more is better"
    return "", f"it has the metrics {listed}: name one under `metrics`"


def _paired_scores(candidate: Measured, baseline: Measured, key: str) -> tuple[list[float], list[float]] | str | None:
    """(baseline, candidate) by document; a text where the documents are others; None where there are no samples.

    Only where the scores' mean is the figure: a metric that is not a mean of documents is compared as a whole.
    """
    metric, _, name = key.partition(",")
    before: list[float] = []
    after: list[float] = []
    theirs = {part.task: part for part in baseline.parts}
    for own in candidate.parts:
        if own.task not in theirs:
            return f"{own.task}: not in the baseline's run"
        sides = aligned(own, theirs[own.task], name)
        if sides is None or isinstance(sides, str):
            return sides
        scores = [scores_of(side, metric) for side in sides]
        if scores[0] is None or scores[1] is None:
            return None
        before += scores[0]
        after += scores[1]
    is_mean = _is_mean(before, baseline.value(key)) and _is_mean(after, candidate.value(key))
    return (before, after) if is_mean else None


def _is_mean(scores: list[float], stated: float) -> bool:
    bounded = min(scores) >= 0 and max(scores) <= 1
    return bounded and math.isclose(math.fsum(scores) / len(scores), stated, rel_tol=1e-9, abs_tol=1e-12)


def _aggregate(candidate: Measured, baseline: Measured, key: str) -> Interval:
    """By the standard errors that the results state, as if of other documents; without them the point alone."""
    metric, _, name = key.partition(",")
    sides = [
        (side.value(key), side.result.metrics.get(f"{metric}_stderr,{name}", 0.0)) for side in (baseline, candidate)
    ]
    return _as_loss(unpaired_change(*sides))


def _as_loss(change: Interval) -> Interval:
    return Interval(-change.point, -change.high, -change.low)


def percent(fraction: float) -> str:
    """`2.00%`."""
    return f"{round(fraction * _PERCENT, 2) + 0.0:.2f}%"  # never -0.00
