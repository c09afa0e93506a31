"""Whether two lm-eval runs of one task may be compared, and their documents side by side."""

from collections.abc import Sequence

from modelpromote.core.evidence import Item, Run, TaskResult
from modelpromote.core.gates.measured import Measured
from modelpromote.core.statistics import Document

# known only where samples were logged; without them the runs can still be compared as aggregates
_WITH_SAMPLES = "task_hash"
_SHOWN = 80
Pairs = tuple[Sequence[Document], Sequence[Document]]


def setting_differences(
    candidate_run: Run, candidate: TaskResult, baseline_run: Run, baseline: TaskResult
) -> tuple[str, ...]:
    """What stands in the way of a comparison, one text each; both values are named."""
    found: list[str] = []
    if candidate_run.entry.artifact == baseline_run.entry.artifact:
        found.append("candidate and baseline are the same artifact")
    elif candidate_run.entry.files == baseline_run.entry.files:
        found.append("candidate and baseline have the same files: one is a copy of the other")
    return (*found, *_settings(candidate, baseline))


def run_differences(candidate: Measured, baseline: Measured) -> tuple[str, ...]:
    """The same of a task that may be a group: of each of its tasks what the group itself does not say already."""
    found = setting_differences(candidate.run, candidate.result, baseline.run, baseline.result)
    if candidate.result.parts != baseline.result.parts:
        found = (*found, f"tasks: {len(candidate.parts)} here, {len(baseline.parts)} in the baseline, or others")
    theirs = {part.task: part for part in baseline.parts}
    by_text: dict[str, list[str]] = {}
    for part in candidate.parts if candidate.result.parts else ():
        for text in _settings(part, theirs[part.task]) if part.task in theirs else ():
            by_text.setdefault(text, []).append(part.task)
    inside = (
        f"{tasks[0]}{f' and {len(tasks) - 1} more tasks' if tasks[1:] else ''}: {text}"
        for text, tasks in by_text.items()
        if text not in found
    )
    return (*found, *inside)


def _settings(candidate: TaskResult, baseline: TaskResult) -> tuple[str, ...]:
    found: list[str] = []
    for name in sorted(candidate.settings.keys() | baseline.settings.keys()):
        own, other = candidate.settings.get(name), baseline.settings.get(name)
        if own != other and not (name == _WITH_SAMPLES and None in {own, other}):
            found.append(f"{name}: {_value(own)} here, {_value(other)} in the baseline")
    return tuple(found)


def documents(candidate: TaskResult, baseline: TaskResult, metric: str, name: str) -> Pairs | str | None:
    """(baseline, candidate) of the same documents in order; None where a side has no samples.

    A text where both sides have samples, but not of the same documents: it says where they part.
    """
    sides = aligned(candidate, baseline, name)
    if sides is None or isinstance(sides, str):
        return sides
    other, own = sides
    before, after = _figures(other, metric), _figures(own, metric)
    if not own or before is None or after is None:
        return f"documents: a sample has no {metric}"
    if [count for _, count in before] != [count for _, count in after]:
        return f"{metric}: its documents are counted otherwise than in the baseline"
    return before, after


def aligned(candidate: TaskResult, baseline: TaskResult, name: str) -> tuple[list[Item], list[Item]] | str | None:
    """(baseline, candidate): the same documents in order under one filter; None where a side has no samples.

    A text says where the documents part.
    """
    if not candidate.items or not baseline.items:
        return None
    own = [item for item in candidate.items if item.filter == name]
    other = [item for item in baseline.items if item.filter == name]
    if len(own) != len(other):
        return f"documents: {len(own)} here, {len(other)} in the baseline"
    for index, (mine, theirs) in enumerate(zip(own, other, strict=True)):
        if mine.doc_hash != theirs.doc_hash or mine.target_hash != theirs.target_hash:
            return f"document {index}: another one than in the baseline"
        if mine.prompt_hash != theirs.prompt_hash:
            return f"document {index}: another prompt than in the baseline"
    return other, own


def _figures(items: list[Item], metric: str) -> list[Document] | None:
    figures = [item.metrics.get(metric) for item in items]
    pairs = [figure for figure in figures if isinstance(figure, tuple)]
    return pairs if len(pairs) == len(figures) else None


def _value(text: str | None) -> str:
    if text is None:
        return "not set"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
