"""What a load test measured: one value for each load, whichever tool it was. Knows no format and no limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# time to first token, between two tokens, per output token, of the whole request
LATENCIES = ("ttft", "itl", "tpot", "e2e")
PERCENTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Latency:
    """One kind of latency in milliseconds; None where the file does not have the figure."""

    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None

    def at(self, percentile: str) -> float | None:
        """The figure at `p50`, `p95` or `p99`."""
        return {"p50": self.p50, "p95": self.p95, "p99": self.p99}[percentile]


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One load and what came of it.

    `load` is its name (`concurrent 4`), `settings` what else two tests must share to be compared, as canonical
    JSON by name. `completed`, `errored` and `incomplete` are requests; an incomplete one was cut off by the end of
    the test. `seconds` is how long it lasted; tokens are those of the completed requests; `latencies` by LATENCIES.
    """

    load: str
    settings: Mapping[str, str]
    completed: int
    errored: int
    incomplete: int
    seconds: float = 0.0
    prompt_tokens: float = 0.0
    output_tokens: float = 0.0
    latencies: Mapping[str, Latency] = field(default_factory=dict)

    @property
    def requests_per_second(self) -> float:
        """Answered requests over the whole time."""
        return self.completed / self.seconds if self.seconds else 0.0

    @property
    def output_tokens_per_second(self) -> float:
        """Tokens of all answers together over the whole time: what the server gave, not what one user saw."""
        return self.output_tokens / self.seconds if self.seconds else 0.0

    @property
    def error_rate(self) -> float:
        """The share of finished requests that failed."""
        return self.errored / max(1, self.completed + self.errored)


@dataclass(frozen=True, slots=True)
class LoadTest:
    """A run of a load test: its points in the file's order, of which the last one of a load is the newest.

    `hardware` and `image` are what the file says it ran on and was served by; empty where it says nothing.
    `warnings` are the load generator's own.
    """

    points: tuple[LoadPoint, ...]
    model: str = ""
    hardware: str = ""
    image: str = ""
    warnings: tuple[str, ...] = ()

    def by_load(self) -> dict[str, LoadPoint]:
        """The newest point of each load."""
        return {point.load: point for point in self.points}
