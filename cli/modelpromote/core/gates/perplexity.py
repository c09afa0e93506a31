"""perplexity: the candidate's against the baseline's, on one task and metric, paired where samples exist."""

from dataclasses import replace
from typing import Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.gates.comparability import documents, setting_differences
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Subject, Verdict
from modelpromote.core.gates.measured import Measured, newest, others
from modelpromote.core.manifest import Text
from modelpromote.core.quantities import PercentageField
from modelpromote.core.statistics import Interval, bits_change, perplexity_change

GATE = "perplexity"
_PERCENT = 100.0


class Settings(GateSettings):
    """The task and metric as lm-eval names them, and by how much the metric may grow (lower is better)."""

    gate: Literal["perplexity"]
    task: Text = Field(description="As lm-eval names it.", examples=["wikitext"])
    metric: Literal["word_perplexity", "byte_perplexity", "bits_per_byte"] = Field(description="As lm-eval names it.")
    limit: PercentageField = Field(description="By how much it may be above the baseline's.", examples=["3%"])
    filter: Text = Field(default="none", description="The filter of the task, as lm-eval names it.")

    @property
    def key(self) -> str:
        """The metric as lm-eval's results have it."""
        return f"{self.metric},{self.filter}"


def judge(settings: Settings, case: Case) -> Verdict:
    """Both sides by their newest complete run of the task; the interval decides, or the point without one."""
    candidate, absent = _measured(settings, case.candidate, "candidate")
    verdict = Verdict(GATE, Outcome.INCONCLUSIVE, "no figure", f"at most +{settings.limit}")
    if case.candidate.variant.is_baseline:
        return _of_the_baseline(settings, verdict, case, candidate, absent)
    if case.baseline is None:
        name = case.candidate.variant.baseline
        detail = f"the baseline {name} cannot be read, so there is nothing to compare with"
        unread = Diagnostic(rules.NO_PERPLEXITY, case.candidate.location, detail)
        return replace(verdict, findings=(*absent, unread))
    baseline, none_there = _measured(settings, case.baseline, "baseline")
    if candidate is None or baseline is None:
        return replace(verdict, findings=(*absent, *none_there))
    used = (candidate.run, baseline.run)
    verdict = replace(
        verdict,
        evidence=tuple(sorted({run.digest for run in used})),
        others=others(case.candidate, settings.task, candidate) + others(case.baseline, settings.task, baseline),
    )
    return _compared(settings, verdict, case, candidate, baseline)


def _measured(settings: Settings, subject: Subject, role: str) -> tuple[Measured | None, tuple[Diagnostic, ...]]:
    """The newest complete run with the task and metric, or why there is none."""
    found, problems = newest(subject, settings.task, settings.key)
    if found is not None:
        return found, ()
    detail = f"{role} {subject.variant.name} has no complete lm-eval run of {settings.task} with {settings.key}"
    missing = Diagnostic(rules.NO_PERPLEXITY, subject.location, detail)
    return None, (missing, *problems)


def _of_the_baseline(
    settings: Settings, verdict: Verdict, case: Case, own: Measured | None, absent: tuple[Diagnostic, ...]
) -> Verdict:
    if own is None:
        return replace(verdict, marks=("is the baseline",), findings=absent)
    return replace(
        verdict,
        outcome=Outcome.PASS,
        figure=f"{settings.metric} {own.value(settings.key):.4f}",
        samples=own.result.samples,
        marks=("is the baseline",),
        evidence=(own.run.digest,),
        others=others(case.candidate, settings.task, own),
    )


def _compared(settings: Settings, verdict: Verdict, case: Case, candidate: Measured, baseline: Measured) -> Verdict:
    details = setting_differences(candidate.run, candidate.result, baseline.run, baseline.result)
    pairs = documents(candidate.result, baseline.result, settings.metric, settings.filter)
    if isinstance(pairs, str):
        details = (*details, pairs)
    if details or isinstance(pairs, str):
        found = tuple(Diagnostic(rules.NOT_COMPARABLE, candidate.run.location, detail) for detail in details)
        return replace(verdict, figure="not comparable", findings=found)
    if pairs is None:
        change = candidate.value(settings.key) / baseline.value(settings.key) - 1
        verdict = replace(verdict, samples=candidate.result.samples, marks=_aggregate_marks(candidate, baseline))
        return _decided(settings, verdict, case, Interval(change, change, change))
    before, after = pairs
    verdict = replace(verdict, samples=len(before))
    if len(before) < 2:  # noqa: PLR2004  # no variance
        unsure = Diagnostic(rules.PERPLEXITY_UNSURE, case.candidate.location, "one document gives no interval")
        return replace(verdict, figure="one document", findings=(unsure,))
    measure = bits_change if settings.metric == "bits_per_byte" else perplexity_change
    return _decided(settings, verdict, case, measure(before, after))


def _aggregate_marks(candidate: Measured, baseline: Measured) -> tuple[str, ...]:
    hashes = candidate.result.task_hash and baseline.result.task_hash
    return ("aggregate only",) if hashes else ("aggregate only", "prompts not compared")


def _decided(settings: Settings, verdict: Verdict, case: Case, change: Interval) -> Verdict:
    """Pass: the upper end is within the limit. Fail: the point is beyond it. Else nobody can say."""
    paired = "aggregate only" not in verdict.marks
    interval = f" [{_percent(change.low)}, {_percent(change.high)}]" if paired else ""
    verdict = replace(
        verdict,
        figure=f"{_percent(change.point)}{interval}",
        value=change.point * _PERCENT,
        bound=settings.limit.fraction * _PERCENT,
        unit="%",
        interval=(change.low * _PERCENT, change.high * _PERCENT) if paired else None,
        marks=(*verdict.marks, "better than the baseline") if paired and change.high < 0 else verdict.marks,
    )
    if change.high <= settings.limit.fraction:
        return replace(verdict, outcome=Outcome.PASS)
    beyond = change.point > settings.limit.fraction
    rule = rules.PERPLEXITY_LOSS if beyond else rules.PERPLEXITY_UNSURE
    figure = f"{settings.metric} of {settings.task} {verdict.figure}"
    detail = f"{figure} against the baseline, {verdict.limit} is asked"
    found = Diagnostic(rule, case.candidate.location, detail)
    return replace(verdict, outcome=Outcome.FAIL if beyond else Outcome.INCONCLUSIVE, findings=(found,))


def _percent(fraction: float) -> str:
    return f"{fraction * _PERCENT:+.2f}%"
