"""Paired statistics, against scipy and against what must hold of any data."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from modelpromote.core.paired import (
    Flips,
    Z,
    accuracy_change,
    detectable,
    flips,
    holm,
    mcnemar,
    mean_of,
    score,
    score_change,
    unpaired_change,
)
from modelpromote.core.statistics import Interval

SMALL = st.integers(0, 60)
COUNTS = st.builds(
    lambda kept, lost, won, none: Flips(lost, won, kept + lost + won + none, kept), SMALL, SMALL, SMALL, SMALL
)


def likeliest(quotient: float, counts: Flips) -> float:
    """Minus the largest log-likelihood where accuracy(candidate) = quotient * accuracy(baseline), by scipy."""

    def minus(odds: list[float]) -> float:
        kept, lost = odds[0], odds[1] * (1 - odds[0])
        won = quotient * (kept + lost) - kept
        none = 1 - kept - lost - won
        cells = [(kept, counts.kept), (lost, counts.lost), (won, counts.won)]
        cells.append((none, counts.documents - counts.kept - counts.lost - counts.won))
        if any(share < 0 or (share == 0 and count) for share, count in cells):
            return 1e9
        return -sum(count * math.log(share) for share, count in cells if count)

    found = [
        optimize.minimize(minus, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 5000})
        for start in ([0.5, 0.1], [0.7, 0.2], [0.4, 0.4])
    ]
    best = min(found, key=lambda one: one.fun)
    kept, lost = best.x[0], best.x[1] * (1 - best.x[0])
    return float(counts.documents * (lost + quotient * (kept + lost) - kept))


@pytest.mark.parametrize("counts", [Flips(20, 10, 200, 120), Flips(5, 1, 100, 70), Flips(3, 30, 150, 80)])
@pytest.mark.parametrize("quotient", [0.9, 0.98, 1.0, 1.05])
def test_the_score_is_that_of_the_restricted_likelihood(counts: Flips, quotient: float) -> None:
    distance = counts.kept + counts.won - quotient * (counts.kept + counts.lost)
    expected = distance / math.sqrt(quotient * likeliest(quotient, counts))
    assert score(counts, quotient) == pytest.approx(expected, rel=1e-4)


@settings(deadline=None)
@given(COUNTS)
def test_at_equality_the_score_is_mcnemars(counts: Flips) -> None:
    assume(counts.lost + counts.won > 0)
    expected = (counts.won - counts.lost) / math.sqrt(counts.won + counts.lost)
    assert score(counts, 1.0) == pytest.approx(expected)


@settings(deadline=None)
@given(COUNTS)
def test_the_ends_are_where_the_score_test_turns(counts: Flips) -> None:
    assume(counts.kept + counts.lost > 0)
    change = accuracy_change(counts)
    assert -1 <= change.low <= change.point <= change.high
    assert score(counts, 1 + change.high) == pytest.approx(-Z, abs=1e-6)
    if counts.kept + counts.won > 0:
        assert score(counts, 1 + change.low) == pytest.approx(Z, abs=1e-6)


@settings(deadline=None)
@given(COUNTS)
def test_swapping_the_sides_inverts_the_ratio(counts: Flips) -> None:
    assume(counts.kept > 0)
    there = accuracy_change(counts)
    back = accuracy_change(Flips(counts.won, counts.lost, counts.documents, counts.kept))
    assert 1 + back.point == pytest.approx(1 / (1 + there.point))
    assert 1 + back.low == pytest.approx(1 / (1 + there.high), rel=1e-6)
    assert 1 + back.high == pytest.approx(1 / (1 + there.low), rel=1e-6)


@settings(deadline=None)
@given(COUNTS, st.integers(1, 50))
def test_more_answers_that_agree_never_widen_it(counts: Flips, more: int) -> None:
    flipped = counts.lost + counts.won
    counts = Flips(counts.lost, counts.won, counts.documents + flipped + 1, counts.kept + flipped + 1)
    before = accuracy_change(counts)
    right = accuracy_change(Flips(counts.lost, counts.won, counts.documents + more, counts.kept + more))
    wrong = accuracy_change(Flips(counts.lost, counts.won, counts.documents + more, counts.kept))
    assert right.high - right.low <= before.high - before.low + 1e-9
    assert wrong == before


@settings(deadline=None)
@given(COUNTS)
def test_it_falls_with_each_answer_lost(counts: Flips) -> None:
    assume(counts.kept > 1)
    one, more = accuracy_change(counts), accuracy_change(
        Flips(counts.lost + 1, counts.won, counts.documents, counts.kept - 1)
    )  # fmt: skip
    assert (more.point, more.low, more.high) < (one.point, one.low, one.high)
    assert more.low < one.low
    assert more.high < one.high


def test_no_flip_in_few_documents_is_no_proof() -> None:
    assert accuracy_change(Flips(0, 0, 50, 50)).low == pytest.approx(-(Z**2) / (50 + Z**2))
    assert accuracy_change(Flips(0, 0, 200, 200)).low > -0.02
    assert accuracy_change(Flips(0, 0, 100, 100)).low < -0.02


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (1, 0), (5, 1), (62, 0), (33, 51), (400, 460), (9000, 9300)])
def test_the_exact_test_is_scipys(lost: int, won: int) -> None:
    expected = stats.binomtest(lost, lost + won).pvalue if lost + won else 1.0
    assert mcnemar(lost, won) == pytest.approx(expected, rel=1e-8)
    assert mcnemar(lost, won) == mcnemar(won, lost)


def test_holm_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert holm({}) == {}


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=6))
def test_holm_never_lowers_a_chance_and_keeps_their_order(chances: dict[str, float]) -> None:
    corrected = holm(chances)
    assert all(chances[name] <= corrected[name] <= 1 for name in chances)
    ordered = sorted(chances, key=lambda name: chances[name])
    assert all(corrected[one] <= corrected[two] for one, two in pairwise(ordered))


def test_the_mean_of_independent_losses_is_surer_than_each() -> None:
    one = Interval(0.02, 0.01, 0.04)
    mean = mean_of([one] * 4)
    assert (mean.point, mean.low, mean.high) == pytest.approx((0.02, 0.015, 0.03))


def test_unpaired_is_the_normal_interval_of_a_ratio() -> None:
    change = unpaired_change((0.8, 0.01), (0.76, 0.02))
    assert change.point == pytest.approx(-0.05)
    spread = math.sqrt((0.02 / 0.8) ** 2 + (0.76 * 0.01 / 0.64) ** 2)
    assert (change.low, change.high) == pytest.approx(stats.norm.interval(0.95, -0.05, spread))


def test_what_can_be_detected_is_at_80_percent_power() -> None:
    half = 0.02
    spread = half / stats.norm.ppf(0.975)
    seen = detectable(Interval(0.0, -half, half))
    assert stats.norm.sf(half, loc=seen, scale=spread) == pytest.approx(0.8)


def test_scores_between_right_and_wrong() -> None:
    base, own = [0.5, 0.75, 1.0, 0.25], [0.5, 0.5, 1.0, 0.25]
    assert flips(base, own) is None
    change = score_change(base, own)
    assert change.point == pytest.approx(-0.1)
    assert change.low < change.point < change.high
    same = score_change(base, base)
    assert same.point == 0
    assert same.low == pytest.approx(-(Z**2) / (4 + Z**2) * 4 / 2.5)


@pytest.mark.parametrize("base", [[0.0, 0.0], [0.0]])
def test_a_baseline_that_scores_nothing_has_no_ratio(base: list[float]) -> None:
    with pytest.raises(ValueError, match="no right answer"):
        score_change(base, base)
