from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from modelpromote.core.quantities import Duration, Percentage, Quantity, span


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("30s", 30), ("15m", 900), ("1h30m", 5400), ("90d", 7_776_000), ("1d2h3m4s", 93_784), ("90m", 5400)],
)
def test_durations(text: str, seconds: int) -> None:
    assert Duration.parse(text) == Duration(seconds)
    assert Duration.parse(text).delta == timedelta(seconds=seconds)


@given(st.integers(0, 99_999 * 86_400))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert Duration.parse(str(Duration(seconds))) == Duration(seconds)


@given(st.lists(st.integers(0, 10**8)))
def test_durations_are_ordered_by_their_length(seconds: list[int]) -> None:
    assert [one.seconds for one in sorted(map(Duration, seconds))] == sorted(seconds)


@pytest.mark.parametrize(
    "text",
    ["", "5", "m", "-5m", "5 m", "1.5h", "5m1h", "5M", "1w", "5m\n", "1h1h", "999999d", 5, None, True, "\u0663m"],
)
def test_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 30s, 15m, 1h30m or 7d"):
        Duration.parse(text)


def test_a_span_drops_parts_of_a_second() -> None:
    assert span(timedelta(hours=25, seconds=1, milliseconds=999)) == "1d1h1s"
    assert span(timedelta(0)) == "0s"


@pytest.mark.parametrize(("text", "value"), [("3%", "3"), ("0.5%", "0.5"), ("100%", "100"), ("0%", "0")])
def test_percentages_are_exact(text: str, value: str) -> None:
    assert Percentage.parse(text) == Percentage(Decimal(value))
    assert str(Percentage.parse(text)) == text
    assert Percentage.parse(text).fraction == float(Decimal(value) / 100)


@pytest.mark.parametrize(
    "text", ["", "3", "%", "-3%", "3 %", "3.%", ".5%", "1e2%", "3%%", "3%\n", "\u0663%", 3, 0.03, None]
)
def test_no_percentage(text: object) -> None:
    with pytest.raises(ValueError, match=r"expected a percentage such as 3% or 0\.5%"):
        Percentage.parse(text)


@pytest.mark.parametrize("text", ["8Gi", "500m", "2", "0.5", "1.5Gi", "100k"])
def test_quantities_of_kubernetes(text: str) -> None:
    assert TypeAdapter(Quantity).validate_python(text) == text


@pytest.mark.parametrize("text", ["", "8GB", "8 Gi", "-1", "1e3", "Gi", "1.", "8Gi\n", "8gi", "\u0668Gi"])
def test_no_quantity(text: str) -> None:
    with pytest.raises(ValidationError, match="expected a Kubernetes quantity such as 8Gi, 500m or 2"):
        TypeAdapter(Quantity).validate_python(text)
