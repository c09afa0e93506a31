"""`alerts:` of environment.yaml: what a variant may not exceed while it serves, and for how long."""

from bisect import bisect
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from modelpromote.core.quantities import Duration, DurationField, Latency, ShareField
from modelpromote.core.schema import Schema

Limit = Literal["errorRatio", "latencyP95", "ttftP95", "itlP95", "tokensPerSecond", "queue", "kvCache"]

# bucket edges in milliseconds (vllm/v1/metrics/loggers.py), but for the last one of each: a quantile never
# comes out above it, so that such a limit could not be exceeded
EDGES: Mapping[str, tuple[int, ...]] = {
    "latencyP95": (
        300, 500, 800, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 60_000,
        120_000, 240_000, 480_000, 960_000, 1_920_000,
    ),
    "ttftP95": (
        1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000, 40_000, 80_000,
        160_000, 640_000,
    ),
    "itlP95": (
        10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000, 40_000,
    ),
}  # fmt: skip
HISTOGRAMS: Mapping[str, str] = {
    "latencyP95": "vllm:e2e_request_latency_seconds",
    "ttftP95": "vllm:time_to_first_token_seconds",
    "itlP95": "vllm:inter_token_latency_seconds",
}
# how long a limit must be exceeded without a break, where `for` does not say
HOLDS: Mapping[Limit, Duration] = {
    "errorRatio": Duration(300),
    "latencyP95": Duration(600),
    "ttftP95": Duration(600),
    "itlP95": Duration(600),
    "tokensPerSecond": Duration(600),
    "queue": Duration(300),
    "kvCache": Duration(600),
}


def _spellings(name: str) -> list[str]:
    """Every way to write an edge: `500ms`, `2s`, `2000ms`."""
    edges = [Latency(edge) for edge in EDGES[name]]
    return list(dict.fromkeys([*map(str, edges), *(f"{edge.milliseconds}ms" for edge in edges)]))


def _edge(name: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": _spellings(name)})


_READ, _WRITE = PlainValidator(Latency.parse), PlainSerializer(str)
Quantile = Annotated[Latency, _READ, _WRITE, _edge("latencyP95")]
FirstToken = Annotated[Latency, _READ, _WRITE, _edge("ttftP95")]
NextToken = Annotated[Latency, _READ, _WRITE, _edge("itlP95")]


class Alerts(Schema):
    """Limits of a variant in service; one that is left out is not watched."""

    error_ratio: ShareField | None = Field(
        default=None, alias="errorRatio", description="At most this share of requests with a 5xx.", examples=["2%"]
    )
    latency_p95: Quantile | None = Field(
        default=None,
        alias="latencyP95",
        description="At most this long a request as a whole, for 95 of 100; on a bucket edge.",
        examples=["10s"],
    )
    ttft_p95: FirstToken | None = Field(
        default=None,
        alias="ttftP95",
        description="At most this long until the first token, for 95 of 100; on a bucket edge.",
        examples=["2500ms"],
    )
    itl_p95: NextToken | None = Field(
        default=None,
        alias="itlP95",
        description="At most this long from token to token, for 95 of 100; on a bucket edge.",
        examples=["100ms"],
    )
    tokens_per_second: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        alias="tokensPerSecond",
        description="At least this many tokens in a second of decoding one request.",
        examples=[15],
    )
    queue: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="At most this many requests waiting, over all replicas.", examples=[10]
    )
    kv_cache: ShareField | None = Field(
        default=None, alias="kvCache", description="At most this share of the fullest KV cache.", examples=["95%"]
    )
    absent: DurationField | None = Field(
        default=None, description="How long metrics may be missing; longer than a start takes.", examples=["20m"]
    )
    for_: dict[Limit, DurationField] = Field(
        default_factory=dict,
        alias="for",
        description="Limit: how long it must be exceeded without a break.",
        examples=[{"errorRatio": "5m"}],
    )

    def hold(self, limit: Limit) -> Duration:
        """How long a limit must be exceeded without a break."""
        return self.for_.get(limit, HOLDS[limit])

    def off_edges(self) -> Iterator[tuple[str, Latency]]:
        """Limits that lie between two bucket edges, by key: what a histogram says there is a guess."""
        stated = {"latencyP95": self.latency_p95, "ttftP95": self.ttft_p95, "itlP95": self.itl_p95}
        for name, limit in stated.items():
            if limit is not None and limit.milliseconds not in EDGES[name]:
                yield name, limit


def nearest_edges(name: str, limit: Latency) -> tuple[Latency, ...]:
    """The edge below and the one above; one of them where there is no other."""
    edges = EDGES[name]
    place = bisect(edges, limit.milliseconds)
    return tuple(Latency(edge) for edge in edges[max(0, place - 1) : place + 1])
