"""What the figures of one GuideLLM benchmark must satisfy: of each other, and of the requests they came from."""

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise

from modelpromote.core import rules
from modelpromote.evidence.figures import Figures
from modelpromote.evidence.json_text import Json, mapping, number

_CHECKED = ("request_latency", "time_to_first_token_ms", "inter_token_latency_ms", "time_per_output_token_ms")
_ORDER = ("p001", "p01", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "p999")
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
# the load generator counts a request at the edge of its window by itself
_EDGE = 0.02
Object = Mapping[str, Json]


def check_benchmark(figures: Figures, benchmark: Object, metrics: Mapping[str, Object], completed: int) -> None:
    """Note every figure that the others do not give."""
    start, end, seconds = (number(benchmark.get(key)) for key in ("start_time", "end_time", "duration"))
    if start is not None and end is not None and seconds is not None:
        figures.agree("duration", seconds, end - start, "its start and end", 1e-3)
    for name in (*_CHECKED, "prompt_token_count", "output_token_count"):
        _check_distribution(figures.within(f"metrics.{name}.successful"), metrics.get(name, {}))
    latencies = number(metrics.get("request_latency", {}).get("count"))
    if latencies is not None:
        figures.agree("the number of latencies", latencies, completed, "the request totals", 0)
    if seconds:
        _check_rates(figures, metrics, completed, seconds)
    rows = mapping(benchmark.get("requests")).get("successful")
    if isinstance(rows, list) and len(rows) == completed:
        _check_rows(figures, metrics, [mapping(row) for row in rows])


def _check_distribution(figures: Figures, values: Object) -> None:
    """mean * count = sum, deviation squared = variance, and the percentiles in order between min and max."""
    for name in ("count", "total_sum", "mean", "median", "std_dev", "variance", "min", "max"):
        figures.optional(values, name)
    percentiles = mapping(values.get("percentiles"))
    places = [figures.within("percentiles").optional(percentiles, name) for name in _ORDER]
    count, total, mean, deviation, variance, least, most = (
        number(values.get(name)) for name in ("count", "total_sum", "mean", "std_dev", "variance", "min", "max")
    )
    if None not in (count, total, mean) and count and mean is not None and total is not None:
        figures.agree("total_sum", total, mean * count, "mean and count", 0)
    if deviation is not None and variance is not None:
        figures.agree("variance", variance, deviation * deviation, "the deviation", 0)
    known = [value for value in (least, *places, most) if value is not None]
    if any(one > other + 1e-9 for one, other in pairwise(known)):
        figures.fault(rules.SPEED_ARITHMETIC, "min, percentiles and max are not in rising order")
    middle, stated = number(percentiles.get("p50")), number(values.get("median"))
    if middle is not None and stated is not None:
        figures.agree("median", stated, middle, "the percentiles", 0)


def _check_rates(figures: Figures, metrics: Mapping[str, Object], completed: int, seconds: float) -> None:
    """Rates against counts and duration, to 2% and one request at the edge."""
    tokens = metrics.get("output_token_count", {})
    total, most = number(tokens.get("total_sum")) or 0.0, number(tokens.get("max")) or 0.0
    asked = number(metrics.get("requests_per_second", {}).get("mean"))
    made = number(metrics.get("output_tokens_per_second", {}).get("mean"))
    if asked is not None:
        slack = (1 + _EDGE * completed) / seconds
        figures.agree("requests_per_second", asked, completed / seconds, "requests and duration", slack)
    if made is not None:
        slack = (most + _EDGE * total) / seconds
        figures.agree("output_tokens_per_second", made, total / seconds, "tokens and duration", slack)


def _check_rows(figures: Figures, metrics: Mapping[str, Object], rows: list[dict[str, Json]]) -> None:
    """Sums and percentiles against the requests themselves, where all of them are there."""
    for key, there in (("prompt_tokens", "prompt_token_count"), ("output_tokens", "output_token_count")):
        _check_column(figures.within(f"metrics.{there}.successful"), metrics.get(there, {}), _column(rows, key))
    for key in ("request_latency", "time_to_first_token_ms"):
        _check_column(figures.within(f"metrics.{key}.successful"), metrics.get(key, {}), _column(rows, key))
    values = metrics.get("inter_token_latency_ms", {})
    between = _column(rows, "inter_token_latency_ms")
    if number(values.get("count")) != len(rows):  # since 0.4 each counts as often as it has tokens after the first
        tokens = [number(row.get("output_tokens")) or 0.0 for row in rows]
        between = [(value, max(0.0, count - 1)) for (value, _), count in zip(between, tokens, strict=False)]
    if len(between) == len(rows):
        _check_column(figures.within("metrics.inter_token_latency_ms.successful"), values, between)


def _column(rows: Iterable[Object], key: str) -> list[tuple[float, float]]:
    return [(value, 1.0) for row in rows if (value := number(row.get(key))) is not None]


def _check_column(figures: Figures, values: Object, column: list[tuple[float, float]]) -> None:
    """`column` are values with their weights."""
    whole, count = sum(weight for _, weight in column), number(values.get("count"))
    if whole <= 0 or count is None or not math.isclose(whole, count, abs_tol=0.5):
        return
    total = number(values.get("total_sum"))
    if total is not None:
        figures.agree("total_sum", total, sum(value * weight for value, weight in column), "the requests", 0)
    slack = 2 * max(weight for _, weight in column) / whole
    for name, share in _SHARES.items():
        stated = number(mapping(values.get("percentiles")).get(name))
        if stated is None:
            continue
        below = sum(weight for value, weight in column if value < stated * (1 - 1e-9)) / whole
        up_to = sum(weight for value, weight in column if value <= stated * (1 + 1e-9)) / whole
        if not below - slack <= share <= up_to + slack:
            detail = f"{name} is {stated:.6g}, but {100 * up_to:.1f}% of the requests are not above it"
            figures.fault(rules.SPEED_ARITHMETIC, detail)
