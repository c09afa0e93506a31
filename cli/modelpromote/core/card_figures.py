"""The figures of a card: each task and metric of the newest complete run, against the baseline's. Pure.

The same comparability and the same intervals as the gates have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelpromote.core.evidence import Evaluation, Run, TaskResult
from modelpromote.core.gates.comparability import aligned, documents, setting_differences
from modelpromote.core.gates.gate import Subject
from modelpromote.core.gates.measured import PERPLEXITIES, higher_is_better, scores_of
from modelpromote.core.paired import Flips, flips, score_change
from modelpromote.core.statistics import Interval, bits_change, perplexity_change


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one task; `higher` is None where nobody says which way is better.

    `change` is this / baseline - 1, with its 95% interval where `paired`; None where the two are not compared,
    and then `apart` says why.
    """

    task: str
    metric: str
    filter: str
    higher: bool | None
    value: float
    samples: int | None
    run: Run
    baseline: float | None = None
    baseline_run: Run | None = None
    change: Interval | None = None
    paired: bool = False
    flips: Flips | None = None
    apart: tuple[str, ...] = ()

    @property
    def kept(self) -> Interval | None:
        """What is kept of the baseline, 1 for all of it: this / baseline, or baseline / this where lower is better."""
        if self.change is None or self.higher is None:
            return None
        point, low, high = (1 + part for part in (self.change.point, self.change.low, self.change.high))
        if self.higher:
            return Interval(point, low, high)
        return Interval(1 / point, 1 / high, 1 / low) if low > 0 else None


@dataclass(frozen=True, slots=True)
class _Side:
    """A run and its task."""

    run: Run
    result: TaskResult


def figures(own: Subject, baseline: Subject | None) -> tuple[Figure, ...]:
    """Every figure of every complete task, by task and metric."""
    before = _newest(baseline) if baseline is not None else {}
    return tuple(
        _figure(side, before.get(task), key)
        for task, side in sorted(_newest(own).items())
        for key in sorted(side.result.metrics)
        if not key.partition(",")[0].endswith("_stderr")
    )


def incomplete(own: Subject) -> Iterator[tuple[Run, str]]:
    """Runs of tasks that were not run whole and have no newer, complete run: they give no figure."""
    complete = _newest(own)
    for run in own.of_kind("lm-eval"):
        for task, result in sorted(_tasks(run).items()):
            if result.shortfall and task not in complete:
                yield run, f"{task}: {result.shortfall}"


def _newest(subject: Subject) -> dict[str, _Side]:
    """By task: the newest run that has it whole."""
    found: dict[str, _Side] = {}
    for run in subject.of_kind("lm-eval"):
        for task, result in _tasks(run).items():
            if not result.shortfall and result.metrics:
                found.setdefault(task, _Side(run, result))
    return found


def _tasks(run: Run) -> dict[str, TaskResult]:
    return dict(run.content.tasks) if isinstance(run.content, Evaluation) else {}


def _figure(own: _Side, before: _Side | None, key: str) -> Figure:
    metric, _, name = key.partition(",")
    higher = higher_is_better(own.result, metric)
    value, samples = own.result.metrics[key], own.result.samples
    alone = Figure(own.result.task, metric, name, higher, value, samples, own.run)
    if before is None or key not in before.result.metrics:
        return alone
    return _against(alone, own, before, key)


def _against(alone: Figure, own: _Side, before: _Side, key: str) -> Figure:
    base = before.result.metrics[key]
    alone = replace(alone, baseline=base, baseline_run=before.run)
    apart = setting_differences(own.run, own.result, before.run, before.result)
    sides = aligned(own.result, before.result, alone.filter)
    if alone.metric in PERPLEXITIES and sides is not None and not isinstance(sides, str):
        pairs = documents(own.result, before.result, alone.metric, alone.filter)
        apart = (*apart, pairs) if isinstance(pairs, str) else apart
    if apart or isinstance(sides, str):
        return replace(alone, apart=(*apart, sides) if isinstance(sides, str) else apart)
    change = _paired(own.result, before.result, alone)
    if change is None:
        point = alone.value / base - 1 if base > 0 else None
        return replace(alone, change=Interval(point, point, point) if point is not None else None)
    scores = [scores_of(side, alone.metric) for side in sides or ()]
    counted = flips(scores[0], scores[1]) if scores and scores[0] and scores[1] else None
    return replace(alone, change=change, paired=True, flips=counted)


def _paired(own: TaskResult, before: TaskResult, figure: Figure) -> Interval | None:
    """The relative change on the same documents; None where they do not give one."""
    try:
        if figure.metric in PERPLEXITIES:
            pairs = documents(own, before, figure.metric, figure.filter)
            measure = bits_change if figure.metric == "bits_per_byte" else perplexity_change
            return None if pairs is None or isinstance(pairs, str) else measure(*pairs)
        sides = aligned(own, before, figure.filter)
        if sides is None or isinstance(sides, str):
            return None
        base, after = (scores_of(side, figure.metric) for side in sides)
        return score_change(base, after) if base is not None and after is not None else None
    except ValueError:  # fewer than two documents, or a baseline of 0
        return None
