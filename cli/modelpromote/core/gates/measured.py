"""The lm-eval run that decides for one variant and task, and which way its metrics are better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.evidence import Evaluation, Item, Run, TaskResult
from modelpromote.core.gates.gate import Subject

PERPLEXITIES = frozenset({"word_perplexity", "byte_perplexity", "bits_per_byte"})
_SCORES = frozenset({"acc", "acc_norm", "exact_match", "f1", "pass@1", "mc1", "mc2"})


@dataclass(frozen=True, slots=True)
class Measured:
    """The run that decides for one variant, and its task."""

    run: Run
    result: TaskResult

    def value(self, key: str) -> float:
        """The figure under lm-eval's key; KeyError where there is none."""
        return self.result.metrics[key]

    @property
    def tasks(self) -> Mapping[str, TaskResult]:
        """All tasks of the run."""
        return self.run.content.tasks if isinstance(self.run.content, Evaluation) else {}

    @property
    def parts(self) -> tuple[TaskResult, ...]:
        """The task itself, or the tasks of a group."""
        tasks = self.tasks
        return tuple(tasks[name] for name in self.result.parts if name in tasks) or (self.result,)


def runs_of(subject: Subject, task: str) -> tuple[Measured, ...]:
    """Its usable runs with the task, the newest first."""
    contents = [(run, run.content) for run in subject.of_kind("lm-eval")]
    return tuple(
        Measured(run, content.tasks[task])
        for run, content in contents
        if isinstance(content, Evaluation) and task in content.tasks
    )


def newest(subject: Subject, task: str, key: str = "") -> tuple[Measured | None, tuple[Diagnostic, ...]]:
    """The newest complete run of the task (with the figure `key`, where one is named), or why there is none."""
    incomplete: list[Diagnostic] = []
    for found in runs_of(subject, task):
        absent = key not in found.result.metrics if key else not found.result.metrics
        if not absent and not found.result.shortfall:
            return found, ()
        lack = found.result.shortfall or f"no figure {key}".rstrip()
        incomplete.append(Diagnostic(rules.INCOMPLETE_EVIDENCE, found.run.location, f"{task}: {lack}"))
    return None, (*incomplete, *subject.problems("lm-eval"))


def others(subject: Subject, task: str, decided: Measured) -> tuple[str, ...]:
    """The runs of the task that were there and did not decide."""
    return tuple(found.run.path for found in runs_of(subject, task) if found.run is not decided.run)


def higher_is_better(result: TaskResult, metric: str) -> bool | None:
    """As the run itself says; for versions that do not say, what the well-known metrics mean."""
    if metric in PERPLEXITIES:
        return False
    return result.higher_is_better.get(metric, True if metric in _SCORES else None)


def scores_of(items: Sequence[Item], metric: str) -> list[float] | None:
    """The documents' scores; None where one has none, or a pair of numbers."""
    values = [item.metrics.get(metric) for item in items]
    scores = [value for value in values if isinstance(value, float)]
    return scores if scores and len(scores) == len(values) else None
