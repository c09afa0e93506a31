"""What the figures of an lm-eval task must satisfy: arithmetic, and agreement with their own samples.

Aggregations as in lm-eval's `lm_eval/api/metrics.py`: `weighted_perplexity`, `bits_per_byte`, `mean`.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator

from modelpromote.core.evidence import Item, TaskResult

PERPLEXITIES = frozenset({"word_perplexity", "byte_perplexity"})
BITS = "bits_per_byte"
MEANS = frozenset({"acc", "acc_norm", "exact_match"})
_TOLERANCE = 1e-9
_LONGEST_EXPONENT = 700.0


def impossible(result: TaskResult) -> Iterator[tuple[str, str]]:
    """(metric key, what is wrong) for figures that no run can give."""
    for key, value in result.metrics.items():
        metric = key.partition(",")[0]
        if metric in PERPLEXITIES and value < 1:
            yield key, f"{key} is {value!r}: a perplexity is at least 1"
        elif metric == BITS and value <= 0:
            yield key, f"{key} is {value!r}: bits per byte are above 0"


def disagreements(result: TaskResult) -> Iterator[tuple[str, str]]:
    """(metric key, what is wrong) for figures that each other, or the task's own samples, do not give."""
    yield from _bits_and_bytes(result)
    if not result.items:
        return
    if result.task_hash and task_hash(result.items) != result.task_hash:
        yield "", f"the samples of {result.task} give another task hash than the results state"
    means = MEANS | _stated_means(result)
    for key, stated in result.metrics.items():
        metric, _, name = key.partition(",")
        given = recomputed(metric, [item for item in result.items if item.filter == name], means)
        if given is not None and not _close(given, stated):
            yield key, f"{key} is {stated!r}, its samples give {given!r}"


def task_hash(items: Iterable[Item]) -> str:
    """sha256 over the hashes of document, prompt and target of every sample, in order, as lm-eval does."""
    text = "".join(item.doc_hash + item.prompt_hash + item.target_hash for item in items)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def recomputed(metric: str, items: list[Item], means: frozenset[str] = MEANS) -> float | None:
    """The task's figure from its documents; None where the metric is not one that can be recomputed."""
    values = [item.metrics[metric] for item in items if metric in item.metrics]
    if not values or len(values) != len(items):
        return None
    pairs = [value for value in values if isinstance(value, tuple)]
    if metric in means and not pairs:
        return sum(value for value in values if not isinstance(value, tuple)) / len(values)
    if metric in {*PERPLEXITIES, BITS} and len(pairs) == len(values):
        return _weighted(metric, pairs)
    return None


def _stated_means(result: TaskResult) -> frozenset[str]:
    """The metrics that the task's own configuration aggregates by their mean."""
    listed = json.loads(result.settings.get("metric_list", "[]"))
    metrics = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return frozenset(str(one.get("metric")) for one in metrics if one.get("aggregation") == "mean")


def _weighted(metric: str, pairs: list[tuple[float, float]]) -> float:
    units = sum(count for _, count in pairs)
    if min(count for _, count in pairs) < 0 or units <= 0:
        return math.nan
    nats = -sum(likelihood for likelihood, _ in pairs) / units
    return nats / math.log(2) if metric == BITS else math.exp(min(nats, _LONGEST_EXPONENT))


def _bits_and_bytes(result: TaskResult) -> Iterator[tuple[str, str]]:
    """bits_per_byte is the logarithm of byte_perplexity: the two come from the same sums."""
    for key, bits in result.metrics.items():
        metric, _, name = key.partition(",")
        perplexity = result.metrics.get(f"byte_perplexity,{name}", 0.0)
        if metric == BITS and perplexity > 0 and not _close(math.log2(perplexity), bits):
            yield key, f"{key} is {bits!r}, byte_perplexity {perplexity!r} gives {math.log2(perplexity)!r}"


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-12)
