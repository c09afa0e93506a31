"""What the figures of lm-eval satisfy without their samples: whole counts, standard errors, means of groups.

Figures that were edited by hand break these. As in lm-eval's `lm_eval/api/metrics.py`: `mean_stderr`,
`aggregate_subtask_metrics`.
"""

import math
from collections.abc import Iterator, Mapping

from modelpromote.core import rules
from modelpromote.core.diagnostics import Rule
from modelpromote.core.evidence import TaskResult

Broken = tuple[Rule, str, str]
COUNTED = frozenset({"acc", "acc_norm", "exact_match"})
_TOLERANCE = 1e-6
# lm-eval's wikitext, version 2: its task hash, and how many words and bytes it has
_WIKITEXT = "233109c41076287b5ba5a338ab7b085728acacf36d237a7ab99f34fcda161641"
_WORDS, _BYTES = 241_335, 1_290_527


def broken_sums(result: TaskResult, scores_itself: bool) -> Iterator[Broken]:  # noqa: FBT001 - the name says it
    """(rule, metric key, what is wrong). A task that computes scores itself may have some between right and wrong."""
    for key, value in result.metrics.items():
        metric, _, name = key.partition(",")
        if metric in COUNTED:
            error = result.metrics.get(f"{metric}_stderr,{name}")
            yield from _broken_count(
                result, key, value, error, fractions=scores_itself or _has_fractions(result, metric)
            )
        if metric == "word_perplexity" and result.task_hash == _WIKITEXT:
            yield from _broken_wikitext(key, value, result.metrics.get(f"byte_perplexity,{name}"))


def broken_groups(result: TaskResult, tasks: Mapping[str, TaskResult]) -> Iterator[Broken]:
    """Where a group's figure is not the mean of its tasks', by documents or by tasks."""
    parts = [tasks[name] for name in result.parts if name in tasks]
    for key, value in result.metrics.items():
        scores = [part.metrics[key] for part in parts if key in part.metrics]
        counts = [part.samples or 0 for part in parts]
        if key.partition(",")[0] not in COUNTED or len(scores) != len(result.parts) or not scores or not all(counts):
            continue
        by_documents = math.fsum(map(math.prod, zip(scores, counts, strict=True))) / sum(counts)
        by_tasks = math.fsum(scores) / len(scores)
        if not _close(value, by_documents) and not _close(value, by_tasks):
            yield rules.NOT_MEAN_OF_PARTS, key, f"{key} is {value!r}, its {len(scores)} tasks give {by_documents!r}"


def _broken_count(
    result: TaskResult, key: str, value: float, error: float | None, *, fractions: bool
) -> Iterator[Broken]:
    count = result.samples
    if not 0 <= value <= 1:
        yield rules.NOT_A_COUNT, key, f"{key} is {value!r}, not between 0 and 1"
        return
    if count is None or count <= 0 or result.parts:
        return
    right = value * count
    if not fractions and abs(right - round(right)) > _TOLERANCE * count:
        yield rules.NOT_A_COUNT, key, f"{key} is {value!r}: {right:.4f} right answers of {count} documents"
    if error is None or count == 1:
        return
    expected = math.sqrt(value * (1 - value) / (count - 1))
    if error > expected + _TOLERANCE or (not fractions and not _close(error, expected)):
        told = "at most " if fractions else ""
        yield (
            rules.WRONG_STDERR,
            key,
            f"{key} {value!r} of {count} documents has stderr {told}{expected!r}, not {error!r}",
        )


def _has_fractions(result: TaskResult, metric: str) -> bool:
    return any(item.metrics.get(metric, 0.0) not in {0.0, 1.0} for item in result.items)


def _broken_wikitext(key: str, words: float, of_bytes: float | None) -> Iterator[Broken]:
    """ln(perplexity) times the number of units is the same sum, by words and by bytes."""
    if of_bytes is None or words <= 0 or of_bytes <= 0:
        return
    given = math.exp(math.log(of_bytes) * _BYTES / _WORDS)
    if not math.isclose(words, given, rel_tol=_TOLERANCE):
        yield rules.WORDS_NOT_BYTES, key, f"{key} is {words!r}, byte_perplexity {of_bytes!r} gives {given!r}"


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE * _TOLERANCE)
