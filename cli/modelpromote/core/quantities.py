"""Durations, percentages, sizes: types with one way to be written, and clear errors.

Durations as in `15m`, `1h30m`, `90d`; latencies as in `500ms`, `2s`; percentages as in `3%`, `0.5%`; sizes as
Kubernetes quantities (`8Gi`, `500m`, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,7})s)?")
_PERCENTAGE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,6})?)%")
_SHARE = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,6})?%")
_LATENCY = re.compile(r"([1-9][0-9]{0,6})(ms|s)")
_QUANTITY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole seconds."""

    seconds: int

    @classmethod
    def parse(cls, text: object) -> "Duration":
        """Read `15m` or `1h30m`; ValueError says what is expected."""
        match = _DURATION.fullmatch(text) if isinstance(text, str) and text else None
        if match is None:
            raise ValueError("expected a duration such as 30s, 15m, 1h30m or 7d")
        parts = (int(part or 0) for part in match.groups())
        return cls(sum(part * unit for part, unit in zip(parts, _UNITS.values(), strict=True)))

    @property
    def delta(self) -> timedelta:
        """The same as a timedelta."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        return span(self.delta)


def span(delta: timedelta) -> str:
    """A timedelta as people write it: `1h30m`, `2d`, `0s`; parts of a second are dropped."""
    rest, text = max(0, int(delta.total_seconds())), ""
    for unit, seconds in _UNITS.items():
        count, rest = divmod(rest, seconds)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


@dataclass(frozen=True, slots=True, order=True)
class Percentage:
    """A share in percent, exact: `3%` is Decimal(3)."""

    value: Decimal

    @classmethod
    def parse(cls, text: object) -> "Percentage":
        """Read `3%`; ValueError says what is expected."""
        match = _PERCENTAGE.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError("expected a percentage such as 3% or 0.5%")
        return cls(Decimal(match[1]))

    @property
    def fraction(self) -> float:
        """0.03 for 3%."""
        return float(self.value / 100)

    def __str__(self) -> str:
        return f"{self.value}%"


def share(text: object) -> Percentage:
    """Read a percentage below 100%: what is compared with it with `>` can exceed it."""
    if not isinstance(text, str) or _SHARE.fullmatch(text) is None:
        raise ValueError("expected a percentage below 100%, such as 2% or 0.5%")
    return Percentage.parse(text)


@dataclass(frozen=True, slots=True, order=True)
class Latency:
    """A length of time in whole milliseconds."""

    milliseconds: int

    @classmethod
    def parse(cls, text: object) -> "Latency":
        """Read `500ms` or `2s`; ValueError says what is expected."""
        match = _LATENCY.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError("expected a latency in ms or whole seconds, such as 500ms or 2s")
        return cls(int(match[1]) * (1 if match[2] == "ms" else 1000))

    @property
    def seconds(self) -> float:
        """0.5 for 500ms."""
        return self.milliseconds / 1000

    def __str__(self) -> str:
        seconds, rest = divmod(self.milliseconds, 1000)
        return f"{self.milliseconds}ms" if rest else f"{seconds}s"


def _quantity(text: str) -> str:
    if _QUANTITY.fullmatch(text) is None:
        raise ValueError("expected a Kubernetes quantity such as 8Gi, 500m or 2, in quotes where it is a bare number")
    return text


_SUFFIXES = {"m": Decimal("0.001"), "": Decimal(1)} | {
    f"{letter}{i}": Decimal((1024 if i else 1000) ** power)
    for power, letter in enumerate("KMGTP", 1)
    for i in ("", "i")
}


def amount(quantity: str) -> Decimal:
    """A quantity as a number: bytes, or CPUs."""
    match = _QUANTITY.fullmatch(quantity)
    if match is None:
        raise ValueError(f"{quantity!r} is no quantity")
    suffix = match[2] or ""
    return Decimal(match[1]) * _SUFFIXES["K" if suffix == "k" else suffix]


def canonical(quantity: str) -> str:
    """As Kubernetes writes it: no fraction, the largest suffix of the same family that leaves none.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    value, binary = amount(quantity), quantity.endswith("i")
    if binary and value < 1024 or value == 0:  # noqa: PLR2004, RUF021 - below Ki there is none
        binary = False
    letters = ("Pi", "Ti", "Gi", "Mi", "Ki") if binary else ("P", "T", "G", "M", "k", "", "m")
    for letter in letters if value else ("",):
        count = value / _SUFFIXES["K" if letter == "k" else letter]
        if count == int(count):
            return f"{int(count)}{letter}"
    return str(int(value)) if value == int(value) else quantity


def _as_text(value: object) -> str:
    return str(value)


def _written(pattern: re.Pattern[str], *examples: str) -> WithJsonSchema:
    """How JSON Schema says it; `minLength` because a duration's parts may each be absent, but not all."""
    text = {"type": "string", "pattern": f"^({pattern.pattern})$", "minLength": 1, "examples": list(examples)}
    return WithJsonSchema(text)


DurationField = Annotated[
    Duration, PlainValidator(Duration.parse), PlainSerializer(_as_text), _written(_DURATION, "30s", "1h30m", "7d")
]
PercentageField = Annotated[
    Percentage, PlainValidator(Percentage.parse), PlainSerializer(_as_text), _written(_PERCENTAGE, "3%", "0.5%")
]
ShareField = Annotated[Percentage, PlainValidator(share), PlainSerializer(_as_text), _written(_SHARE, "2%", "0.5%")]
Quantity = Annotated[str, AfterValidator(_quantity), _written(_QUANTITY, "8Gi", "500m", "2")]
