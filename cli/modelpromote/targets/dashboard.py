"""A dashboard of one model in one environment: every panel shows its variants side by side, canary against stable."""

import hashlib
from dataclasses import dataclass

from modelpromote.core.alerts import Alerts
from modelpromote.core.environment import Environment
from modelpromote.targets import recordings
from modelpromote.targets.recordings import Watched

_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3


@dataclass(frozen=True, slots=True)
class Panel:
    """A graph by variant; `limit` is drawn as a line, red on its far side; x and y place it on the grid of 24."""

    number: int
    title: str
    unit: str
    expr: str
    limit: float | None
    is_minimum: bool

    @property
    def steps(self) -> list[dict[str, str | float | None]]:
        """Grafana's thresholds: a colour from a value on, the first from the start."""
        if self.limit is None:
            return [{"color": "green", "value": None}]
        below, above = ("red", "green") if self.is_minimum else ("green", "red")
        return [{"color": below, "value": None}, {"color": above, "value": self.limit}]

    @property
    def x(self) -> int:
        """Columns from the left."""
        return (self.number - 1) % _COLUMNS * _WIDTH

    @property
    def y(self) -> int:
        """Rows from the top."""
        return (self.number - 1) // _COLUMNS * _HEIGHT


def uid(model: str, environment: Environment) -> str:
    """Grafana keeps a dashboard by it; at most 40 characters, so not the names themselves."""
    named = f"{environment.cluster.server}\n{environment.cluster.namespace}\n{model}"
    return f"modelpromote-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def panels(of: Watched, environment: Environment) -> tuple[Panel, ...]:
    """The graphs, in reading order."""
    limits = _limits(of, environment.alerts) if environment.alerts else {}
    requests = of.series(recordings.REQUESTS)
    share = f"{requests} / on (namespace, model) group_left () (sum by (namespace, model) ({requests}) > 0)"
    graphs = (
        ("Share of the requests", "percentunit", share),
        ("Requests", "reqps", requests),
        ("Error ratio (5xx)", "percentunit", of.series(recordings.ERROR_RATIO)),
        ("Latency, p95", "s", of.series(recordings.LATENCY)),
        ("Time to first token, p95", "s", of.series(recordings.TTFT)),
        ("Time between tokens, p95", "s", of.series(recordings.ITL)),
        ("Tokens per decode-second", "short", of.series(recordings.DECODE_SPEED)),
        ("Tokens generated per second", "short", of.series(recordings.TOKENS)),
        ("Requests waiting", "short", of.series(recordings.WAITING)),
        ("KV cache in use, fullest replica", "percentunit", of.series(recordings.KV_CACHE)),
        ("Pods that answer the scrape", "short", of.series(recordings.PODS_UP)),
    )
    return tuple(
        Panel(place, title, unit, expr, limits.get(expr), expr == of.series(recordings.DECODE_SPEED))
        for place, (title, unit, expr) in enumerate(graphs, 1)
    )


def _limits(of: Watched, stated: Alerts) -> dict[str, float]:
    """The limits, by the query that they are of."""
    limits = {
        recordings.ERROR_RATIO: stated.error_ratio.fraction if stated.error_ratio else None,
        recordings.LATENCY: stated.latency_p95.seconds if stated.latency_p95 else None,
        recordings.TTFT: stated.ttft_p95.seconds if stated.ttft_p95 else None,
        recordings.ITL: stated.itl_p95.seconds if stated.itl_p95 else None,
        recordings.DECODE_SPEED: stated.tokens_per_second,
        recordings.WAITING: stated.queue,
        recordings.KV_CACHE: stated.kv_cache.fraction if stated.kv_cache else None,
    }
    return {of.series(record): limit for record, limit in limits.items() if limit is not None}
