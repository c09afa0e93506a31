"""The alerts on a variant in service: a limit of environment.yaml, exceeded by one variant, for a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelpromote.core.alerts import Alerts, Limit
from modelpromote.core.environment import Environment
from modelpromote.core.quantities import Duration
from modelpromote.targets import recordings
from modelpromote.targets.recordings import OWNER, Watched

# fewer requests in the window say nothing about a percentile or a ratio
ENOUGH = 20
_SECONDS = 300  # of the window
_RATIO, _TIME = "humanizePercentage", "humanizeDuration"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule."""

    name: str
    expr: str
    hold: Duration
    severity: str
    summary: str


def number(value: float) -> str:
    """A number as PromQL and JSON take it: `10`, `0.02`."""
    return f"{value:.12g}"


def alerts(of: Watched, environment: Environment) -> tuple[Alert, ...]:
    """The alerts that environment.yaml asks for, in one order."""
    stated = environment.alerts
    if stated is None:
        return ()
    where = f"{of.model} in {environment.name}"
    return (*_of_requests(of, stated, where), *_of_engine(of, stated, where), *_of_absence(of, stated, where))


def _of_requests(of: Watched, stated: Alerts, where: str) -> Iterator[Alert]:
    requests = f"{of.series(recordings.REQUESTS)} * {_SECONDS}"
    started, finished = of.series(recordings.STARTED), of.series(recordings.FINISHED)
    if stated.error_ratio is not None:
        expr = _above(of.series(recordings.ERROR_RATIO), stated.error_ratio.fraction, requests)
        summary = _summary(where, "error ratio", _RATIO, str(stated.error_ratio))
        yield Alert("LLMVariantHighErrorRate", expr, stated.hold("errorRatio"), "critical", summary)
    quantiles: tuple[tuple[str, Limit, str, str], ...] = (
        ("LLMVariantHighLatencyP95", "latencyP95", recordings.LATENCY, finished),
        ("LLMVariantHighTTFTP95", "ttftP95", recordings.TTFT, started),
        ("LLMVariantHighITLP95", "itlP95", recordings.ITL, finished),
    )
    limits = {"latencyP95": stated.latency_p95, "ttftP95": stated.ttft_p95, "itlP95": stated.itl_p95}
    for name, key, record, seen in quantiles:
        limit = limits[key]
        if limit is not None:
            expr = _above(of.series(record), limit.seconds, seen)
            summary = _summary(where, _WORDS[key], _TIME, str(limit))
            yield Alert(name, expr, stated.hold(key), "warning", summary)


_WORDS = {"latencyP95": "p95 latency", "ttftP95": "p95 time to first token", "itlP95": "p95 time between tokens"}


def _of_engine(of: Watched, stated: Alerts, where: str) -> Iterator[Alert]:
    if stated.tokens_per_second is not None:
        speed, finished = of.series(recordings.DECODE_SPEED), of.series(recordings.FINISHED)
        expr = f"{speed} < {stated.tokens_per_second} and on ({OWNER}) {finished} >= {ENOUGH}"
        summary = _summary(where, "tokens per decode-second", "humanize", f"at least {stated.tokens_per_second}")
        hold = stated.hold("tokensPerSecond")
        yield Alert("LLMVariantLowTokenThroughput", expr, hold, "warning", summary)
    if stated.queue is not None:
        expr = f"{of.series(recordings.WAITING)} > {stated.queue}"
        summary = _summary(where, "requests waiting", "humanize", str(stated.queue))
        yield Alert("LLMVariantQueueing", expr, stated.hold("queue"), "warning", summary)
    if stated.kv_cache is not None:
        expr = f"{of.series(recordings.KV_CACHE)} > {number(stated.kv_cache.fraction)}"
        summary = _summary(where, "KV cache in use", _RATIO, str(stated.kv_cache))
        yield Alert("LLMVariantKVCachePressure", expr, stated.hold("kvCache"), "warning", summary)


def _of_absence(of: Watched, stated: Alerts, where: str) -> Iterator[Alert]:
    """A variant whose pods are there and do not answer, by name; and a model of which nothing is heard at all."""
    if stated.absent is not None:
        unheard = f"{of.series(recordings.PODS_UP)} == 0"
        name = "{{ $labels.variant }}"
        summary = f"{name} of {where}: no pod answers the scrape"
        yield Alert("LLMVariantMetricsAbsent", unheard, stated.absent, "critical", summary)
        absent = f"absent({of.series('vllm:num_requests_running')})"
        yield Alert("LLMModelMetricsAbsent", absent, stated.absent, "critical", f"{where}: no metrics of vLLM")


def _above(series: str, limit: float, requests: str) -> str:
    """Exceeded, with enough requests of the same variant in the window to say so."""
    return f"{series} > {number(limit)} and on ({OWNER}) {requests} >= {ENOUGH}"


def _summary(where: str, what: str, shown: str, limit: str) -> str:
    variant, value = "{{ $labels.variant }}", f"{{{{ $value | {shown} }}}}"
    return f"{variant} of {where}: {what} {value} (limit {limit})"
