"""benchmarks: scores of named tasks against the full-precision baseline's, each within its limit, and on average."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.gates.benchmark_task import Alone, Asked, Compared, compared, of_the_baseline, percent, within
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Subject, Verdict
from modelpromote.core.gates.measured import Measured, others
from modelpromote.core.manifest import Text
from modelpromote.core.paired import detectable, holm, mean_of
from modelpromote.core.quantities import Percentage, PercentageField
from modelpromote.core.statistics import CONFIDENCE, Interval

GATE = "benchmarks"
_TASKS = {"gsm8k": Percentage.parse("2%"), "humaneval": Percentage.parse("2%"), "mmlu": Percentage.parse("3%")}
_METRICS = {"gsm8k": "exact_match,strict-match"}
_NOTABLE = Percentage.parse("1%")
_SEVERAL = 2


class Settings(GateSettings):
    """By how much of the baseline's score each task may be worse, and all of them on average."""

    gate: Literal["benchmarks"]
    tasks: dict[Text, PercentageField] = Field(
        default=_TASKS,
        min_length=1,
        description="Task as lm-eval names it, and the loss that it may have; default GSM8K and HumanEval 2%, MMLU 3%.",
        examples=[{"gsm8k": "2%", "humaneval": "2%", "mmlu": "3%"}],
    )
    metrics: dict[Text, Text] = Field(
        default=_METRICS,
        description="Metric of a task as lm-eval's results name it, where they have more than one.",
        examples=[{"gsm8k": "exact_match,strict-match"}],
    )
    average: PercentageField = Field(
        default=Percentage.parse("5%"), description="The mean loss of all the tasks together."
    )


@dataclass(frozen=True, slots=True)
class _Average:
    """The mean loss of several tasks; by its interval where every task is paired."""

    loss: Interval
    limit: Percentage
    paired: bool

    @property
    def outcome(self) -> Outcome:
        return within(self.loss, self.limit, decided_by_interval=self.paired)


def judge(settings: Settings, case: Case) -> Verdict:
    """Every task by its own limit, then their average; all of them must pass, so the limits need no correction."""
    tasks = asked(settings, case)
    limit = ", ".join(f"{one.task} {one.text}" for one in tasks)
    limit += f", average {settings.average}" if len(tasks) >= _SEVERAL else ""
    verdict = Verdict(GATE, Outcome.INCONCLUSIVE, "no figure", f"loss at most {limit}")
    if case.candidate.variant.is_baseline:
        return _baselines_own(verdict, case, [of_the_baseline(one, case.candidate) for one in tasks])
    if case.baseline is None:
        detail = f"the baseline {case.candidate.variant.baseline} cannot be read, so there is nothing to compare with"
        return replace(verdict, findings=(Diagnostic(rules.NO_BENCHMARK, case.candidate.location, detail),))
    results = [compared(one, case, case.baseline) for one in tasks]
    return _judged(verdict, settings, case, case.baseline, results)


def asked(settings: Settings, case: Case) -> tuple[Asked, ...]:
    """The tasks with their limits; a profile adds tasks and tightens limits, and never loosens one."""
    limits = {task: (limit, "") for task, limit in settings.tasks.items()}
    for task, limit in case.profile.tasks.items() if case.profile is not None else ():
        if task not in limits or limit < limits[task][0]:
            limits[task] = (limit, case.profile.name if case.profile is not None else "")
    return tuple(
        Asked(task, limit, settings.metrics.get(task, ""), profile) for task, (limit, profile) in limits.items()
    )


def _baselines_own(verdict: Verdict, case: Case, tasks: list[Alone]) -> Verdict:
    found = tuple(one for task in tasks for one in task.findings)
    there = [(task, task.own) for task in tasks if task.own is not None]
    verdict = _with_runs(replace(verdict, marks=("is the baseline",), findings=found), case.candidate, there)
    if found:
        return verdict
    figure = ", ".join(f"{task.asked.task} {own.value(task.key):.4f}" for task, own in there)
    return replace(verdict, outcome=Outcome.PASS, figure=figure)


def _judged(
    verdict: Verdict, settings: Settings, case: Case, baseline: Subject, results: list[Compared | Alone]
) -> Verdict:
    figures = [one for one in results if isinstance(one, Compared)]
    whole = len(figures) == len(results)
    average = _average(settings, figures) if whole and len(figures) >= _SEVERAL else None
    outcomes = [one.outcome if isinstance(one, Compared) else Outcome.INCONCLUSIVE for one in results]
    outcomes += [average.outcome] if average is not None else []
    verdict = _with_runs(verdict, case.candidate, [(one, one.candidate) for one in figures])
    verdict = _with_runs(verdict, baseline, [(one, one.baseline) for one in figures])
    chances = holm({one.asked.task: one.chance for one in figures if one.chance is not None})
    verdict = replace(
        verdict,
        outcome=next((worst for worst in (Outcome.FAIL, Outcome.INCONCLUSIVE) if worst in outcomes), Outcome.PASS),
        findings=tuple(found for one in results for found in _findings(case, one, chances)),
        details=tuple(_line(one, chances) for one in results),
    )
    if average is not None:
        verdict = _with_average(verdict, case, average)
    return _with_worst(verdict, figures) if figures else verdict


def _average(settings: Settings, figures: list[Compared]) -> _Average:
    return _Average(mean_of([one.loss for one in figures]), settings.average, paired=all(one.paired for one in figures))


def _with_average(verdict: Verdict, case: Case, average: _Average) -> Verdict:
    text = f"average loss {_interval(average.loss)}"
    details = (*verdict.details, f"{text}, at most {average.limit}: {average.outcome}")
    if average.outcome is Outcome.PASS:
        return replace(verdict, details=details)
    rule = rules.AVERAGE_LOSS if average.outcome is Outcome.FAIL else rules.BENCHMARK_UNSURE
    found = Diagnostic(rule, case.candidate.location, f"{text}, at most {average.limit} is asked")
    return replace(verdict, details=details, findings=(*verdict.findings, found))


def _with_worst(verdict: Verdict, figures: list[Compared]) -> Verdict:
    """The task that is furthest beyond its limit, or closest to it, stands for all."""
    worst = max(figures, key=lambda one: (one.loss.point - one.asked.limit.fraction, one.asked.task))
    aggregate = tuple(one for one in figures if not one.paired)
    marks = ("aggregate only",) if aggregate else ()
    return replace(
        verdict,
        figure=f"{worst.asked.task} loses {_interval(worst.loss)}",
        value=worst.loss.point * 100,
        bound=worst.asked.limit.fraction * 100,
        unit="%",
        interval=(worst.loss.low * 100, worst.loss.high * 100) if worst.paired else None,
        samples=sum(one.documents or 0 for one in figures) or None,
        marks=(*verdict.marks, *marks),
    )


def _with_runs(
    verdict: Verdict, subject: Subject, used: list[tuple[Compared, Measured]] | list[tuple[Alone, Measured]]
) -> Verdict:
    digests = {*verdict.evidence, *(measured.run.digest for _, measured in used)}
    rest = [path for one, measured in used for path in others(subject, one.asked.task, measured)]
    return replace(verdict, evidence=tuple(sorted(digests)), others=tuple(dict.fromkeys((*verdict.others, *rest))))


def _findings(case: Case, one: Compared | Alone, chances: dict[str, float]) -> tuple[Diagnostic, ...]:
    if isinstance(one, Alone):
        return one.findings
    text = f"{one.asked.task} loses {_interval(one.loss)} of the baseline's {one.key}"
    asks = f"at most {one.asked.text} is asked"
    chance = chances.get(one.asked.task)
    if one.outcome is not Outcome.PASS:
        rule = rules.BENCHMARK_LOSS if one.outcome is Outcome.FAIL else rules.BENCHMARK_UNSURE
        return (Diagnostic(rule, case.candidate.location, f"{text}, {asks}"),)
    if one.loss.point > _NOTABLE.fraction:
        return (Diagnostic(rules.BENCHMARK_NOTABLE, case.candidate.location, f"{text}, {asks}{_by_chance(chance)}"),)
    if one.loss.high < 0 and (chance is None or chance <= 1 - CONFIDENCE):
        return (Diagnostic(rules.BENCHMARK_BETTER, case.candidate.location, f"{text}{_by_chance(chance)}"),)
    return ()


def _by_chance(chance: float | None) -> str:
    return f"; p = {chance:.2g} over all tasks (Holm)" if chance is not None else ""


def _interval(loss: Interval) -> str:
    return f"{percent(loss.point)} [{percent(loss.low)}, {percent(loss.high)}]"


def _line(one: Compared | Alone, chances: dict[str, float]) -> str:
    """Everything about one task: both scores, the loss, its limit, the flips, and what could have been seen."""
    if isinstance(one, Alone):
        return f"{one.asked.task}: not compared"
    scores = f"{one.baseline.value(one.key):.4f} -> {one.candidate.value(one.key):.4f}"
    text = f"{one.asked.task} {one.key}: {scores}, loss {_interval(one.loss)}, at most {one.asked.text}: {one.outcome}"
    if one.flips is not None:
        lost, won = one.flips.lost, one.flips.won
        text += f"; {lost:,} right -> wrong, {won:,} wrong -> right of {one.flips.documents:,}"
    text += _by_chance(chances.get(one.asked.task)).replace(" over all tasks", "")
    return f"{text}; would show a loss of {percent(detectable(one.loss))}" if one.paired else f"{text}; aggregate only"
