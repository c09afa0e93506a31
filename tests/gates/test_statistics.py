import math

import pytest
from builders import BASELINE, INT2, INT4, kept
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpromote.core.statistics import Document, Interval, bits_change, perplexity_change, ratio, student_t
from modelpromote.evidence.lm_eval_samples import read_items

# document: nats from -500 to 0, words from 1 to 1000
DOCUMENT = st.tuples(st.floats(-500, -0.1), st.integers(1, 1000).map(float))
PAIRS = st.lists(st.tuples(DOCUMENT, st.floats(-500, -0.1)), min_size=2, max_size=40)


def documents(variant: str, metric: str = "word_perplexity") -> list[Document]:
    [data] = [data for name, data in kept(variant, "lm-eval").items() if name.startswith("samples_zoo_ppl")]
    return [value for item in read_items(data) if isinstance(value := item.metrics[metric], tuple)]


@pytest.mark.parametrize(
    ("probability", "degrees", "quantile"),
    [
        (0.975, 1, 12.706205),
        (0.975, 2, 4.302653),
        (0.975, 10, 2.228139),
        (0.975, 59, 2.000995),
        (0.975, 120, 1.979930),
        (0.975, 1_000_000, 1.959966),
        (0.95, 5, 2.015048),
        (0.995, 30, 2.749996),
        (0.025, 10, -2.228139),
        (0.5, 7, 0.0),
    ],
)
def test_quantiles_are_those_of_the_tables(probability: float, degrees: int, quantile: float) -> None:
    assert student_t(probability, degrees) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize(
    ("variant", "point", "low", "high"), [(INT4, 0.0249, 0.0105, 0.0388), (INT2, 0.6918, 0.4720, 0.9130)]
)
def test_it_agrees_with_an_independent_bootstrap(variant: str, point: float, low: float, high: float) -> None:
    change = perplexity_change(documents(BASELINE), documents(variant))
    assert 100 * change.point == pytest.approx(point, abs=5e-5)
    width = high - low
    assert 100 * change.low == pytest.approx(low, abs=0.05 * width)
    assert 100 * change.high == pytest.approx(high, abs=0.05 * width)


def test_bits_change_relative_to_the_bits() -> None:
    base, candidate = documents(BASELINE, "bits_per_byte"), documents(INT2, "bits_per_byte")
    change = bits_change(base, candidate)
    assert change.point == pytest.approx(sum(ll for ll, _ in candidate) / sum(ll for ll, _ in base) - 1)


def test_two_pairs_by_hand() -> None:
    # residuals -1 and 1, variance 2: half the width is t(0.975, 1) * sqrt(2) * sqrt(2) / 2
    interval = ratio([1, 3], [1, 1])
    assert (interval.point, interval.high) == (2, pytest.approx(2 + 12.706205))


@pytest.mark.parametrize("pairs", [[], [(1.0, 1.0)]])
def test_less_than_two_pairs_have_no_interval(pairs: list[Document]) -> None:
    with pytest.raises(ValueError, match="two pairs"):
        ratio([top for top, _ in pairs], [bottom for _, bottom in pairs])


def test_denominators_that_sum_to_nothing_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        ratio([1, 2], [0, 0])


def test_a_monstrous_loss_stays_a_number() -> None:
    change = perplexity_change([(-1.0, 1.0)] * 2, [(-1e9, 1.0), (-1e8, 1.0)])
    assert math.isfinite(change.high)
    assert change.point > 1e300


@settings(deadline=None)
@given(PAIRS)
def test_the_interval_contains_the_point(pairs: list[tuple[Document, float]]) -> None:
    change = perplexity_change([base for base, _ in pairs], [(own, base[1]) for base, own in pairs])
    assert change.low <= change.point <= change.high


@settings(deadline=None)
@given(PAIRS)
def test_the_same_documents_change_nothing(pairs: list[tuple[Document, float]]) -> None:
    base = [document for document, _ in pairs]
    change = perplexity_change(base, base)
    assert (change.low, change.point, change.high) == (0, 0, 0)


@settings(deadline=None)
@given(PAIRS, st.floats(0.01, 100))
def test_a_ratio_scales_with_its_numerators(pairs: list[tuple[Document, float]], factor: float) -> None:
    tops, bottoms = [top for (top, _), _ in pairs], [bottom for (_, bottom), _ in pairs]
    once, scaled = ratio(tops, bottoms), ratio([factor * top for top in tops], bottoms)
    for one, other in ((once.point, scaled.point), (once.low, scaled.low), (once.high, scaled.high)):
        assert other == pytest.approx(factor * one, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(PAIRS)
def test_swapping_the_sides_inverts_the_ratio(pairs: list[tuple[Document, float]]) -> None:
    base, candidate = [document for document, _ in pairs], [(own, document[1]) for document, own in pairs]
    there, back = ratio_of(base, candidate), ratio_of(candidate, base)
    assert back.point == pytest.approx(-there.point, abs=1e-9)
    assert back.low == pytest.approx(-there.high, abs=1e-9)
    assert back.high == pytest.approx(-there.low, abs=1e-9)


def ratio_of(base: list[Document], candidate: list[Document]) -> Interval:
    return ratio([one[0] - two[0] for one, two in zip(base, candidate, strict=True)], [one[1] for one in base])
