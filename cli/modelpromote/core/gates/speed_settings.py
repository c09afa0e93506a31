"""The settings of the gate speed: how much slower is too slow, and what a load test must have to be believed."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modelpromote.core.gates.gate import GateSettings
from modelpromote.core.manifest import Text
from modelpromote.core.quantities import Percentage, PercentageField
from modelpromote.core.schema import Schema

Percentile = Literal["p50", "p95", "p99"]
LABELS = {"throughput": "tokens/s", "ttft": "TTFT", "itl": "ITL", "latency": "latency"}


class Tolerance(Schema):
    """By how much each figure may be worse than the baseline's; one that is left out is not judged."""

    throughput: PercentageField | None = Field(default=None, description="Output tokens per second, fewer.")
    ttft: PercentageField | None = Field(default=None, description="Time to first token, longer.")
    itl: PercentageField | None = Field(default=None, description="Time between two tokens, longer.")
    latency: PercentageField | None = Field(default=None, description="Time of a whole request, longer.")

    @model_validator(mode="after")
    def _judges_something(self) -> "Tolerance":
        if not self.limits:
            raise ValueError("name at least one of throughput, ttft, itl, latency")
        return self

    @property
    def limits(self) -> dict[str, Percentage]:
        """What is judged, and by how much each may be worse."""
        named = (("throughput", self.throughput), ("ttft", self.ttft), ("itl", self.itl), ("latency", self.latency))
        return {name: limit for name, limit in named if limit is not None}


_DEFAULT = Tolerance.model_validate({"throughput": "5%", "ttft": "10%", "itl": "10%"})


class Settings(GateSettings):
    """How much slower is too slow, and what a load test must have to be believed."""

    gate: Literal["speed"]
    tolerance: Tolerance = Field(
        default=_DEFAULT,
        description="By how much each figure may be worse than the baseline's; without it 5%, 10% and 10%.",
        examples=[{"throughput": "5%", "ttft": "10%", "itl": "10%"}],
    )
    percentile: Percentile = Field(default="p95", description="Of the latencies.")
    hardware: Text | None = Field(
        default=None, description="What both must have been measured on, as the runs name it.", examples=["nvidia-l40s"]
    )
    minimum: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=100, description="Answered requests at each load, at least."
    )
    errors: PercentageField = Field(
        default=Percentage.parse("1%"), description="Failed requests at each load, at most."
    )

    @property
    def limit(self) -> str:
        """For the table of verdicts: `at worst tokens/s -5%, TTFT +10%`."""
        signs = {"throughput": "-"}
        parts = [f"{LABELS[name]} {signs.get(name, '+')}{limit}" for name, limit in self.tolerance.limits.items()]
        return f"at worst {', '.join(parts)}"
