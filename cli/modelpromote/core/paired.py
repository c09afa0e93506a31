"""Two variants on the same documents: the relative change of their score, which answers flipped, and by chance or not.

All in closed form: the same figures on every machine, without drawing random samples.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from modelpromote.core.statistics import Interval, incomplete_beta, ratio

# quantiles of the normal distribution: 0.975 (a 95% interval) and 0.8 (a power of 80%)
Z = 1.959963984540054
_POWER = 0.8416212335729143
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Flips:
    """Documents by whose answer is right: both (`kept`), only the baseline's (`lost`), only the candidate's (`won`)."""

    lost: int
    won: int
    documents: int
    kept: int


def flips(base: Sequence[float], candidate: Sequence[float]) -> Flips | None:
    """None where an answer is not simply right (1) or wrong (0)."""
    if not {*base, *candidate} <= {0.0, 1.0}:
        return None
    pairs = list(zip(base, candidate, strict=True))
    return Flips(pairs.count((1.0, 0.0)), pairs.count((0.0, 1.0)), len(pairs), pairs.count((1.0, 1.0)))


def score_change(base: Sequence[float], candidate: Sequence[float]) -> Interval:
    """Relative change of a mean score, -0.02 for 2% less, on the same documents: 95% interval.

    Right or wrong answers: `accuracy_change`. Scores between (f1, ...): the ratio of the two sums (Cochran, see
    `ratio`), its lower end no nearer than that of documents that do not differ at all. ValueError where the
    baseline scores nothing, or there are fewer than two documents.
    """
    counted = flips(base, candidate)
    if counted is not None:
        return accuracy_change(counted)
    quotient = ratio(candidate, base)
    unseen = Z * Z / (len(base) + Z * Z) * len(base) / math.fsum(base)
    return Interval(quotient.point - 1, min(quotient.low - 1, -unseen), max(quotient.high - 1, unseen))


@lru_cache(maxsize=4096)
def accuracy_change(counts: Flips) -> Interval:
    """Relative change of an accuracy on the same documents: 95% score interval of a ratio of paired proportions.

    The ratios t that the score test does not reject at 5%: Nam and Blackwelder, Analysis of the ratio of marginal
    probabilities in a matched-pair setting, Statistics in Medicine 21 (2002) 689-699; Tang, Tang and Chan,
    Statistics in Medicine 22 (2003) 1217-1233. Documents that are wrong on both sides say nothing of a ratio.
    Without a flip in n right answers the lower end is -z^2 / (n + z^2), not 0.
    """
    right = counts.kept + counts.lost
    if right == 0:
        raise ValueError("the baseline has no right answer")
    point = (counts.kept + counts.won) / right
    above = max(1.0, point)
    while score(counts, above) > -Z:
        above *= 2
    low = _bisected(counts, Z, 0.0, point) if point > 0 else 0.0
    return Interval(point - 1, low - 1, _bisected(counts, -Z, point, above) - 1)


def score(counts: Flips, quotient: float) -> float:
    """The score statistic of accuracy(candidate) / accuracy(baseline) = quotient; falls as the quotient grows."""
    candidate, base = counts.kept + counts.won, counts.kept + counts.lost
    discordant = _expected_flips(quotient, counts.kept, counts.lost, counts.won)
    distance = candidate - quotient * base
    return distance / math.sqrt(quotient * discordant) if discordant > 0 else math.copysign(math.inf, distance)


def _bisected(counts: Flips, wanted: float, low: float, high: float) -> float:
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if score(counts, middle) > wanted else (low, middle)
    return (low + high) / 2


def _expected_flips(quotient: float, kept: int, lost: int, won: int) -> float:
    """How many flips are expected where the quotient is the true one: the restricted maximum likelihood.

    With m the multiplier of Lagrange, the expected counts are kept / (1 + m u), lost / (1 - m t), won / (1 + m) with
    t the quotient and u = 1 - t; m solves a quadratic equation, or lies at an end of its range where a count is 0.
    """
    t, u = quotient, 1 - quotient
    if lost == 0 and u * kept / (1 + u / t) + won / (1 + 1 / t) >= 0:
        gained = won / (1 + 1 / t)
        return gained + (u * kept / (1 + u / t) + gained) / t
    m = -1.0
    if won > 0 or u * kept / t > t * lost / (1 + t):
        linear = t * lost * (1 + u) - u * (kept + won) + t * (u * kept + won)
        m = _root(t * u * (kept + lost + won), linear, t * lost - u * kept - won)
    gone = lost / (1 - m * t)
    return gone + t * gone - u * kept / (1 + m * u)


def _root(a: float, b: float, c: float) -> float:
    """The root of a m^2 + b m + c at which it rises, without cancellation."""
    width = math.sqrt(max(0.0, b * b - 4 * a * c))
    return -2 * c / (b + width) if b > 0 else (width - b) / (2 * a)


def mcnemar(lost: int, won: int) -> float:
    """The two-sided exact p-value that flips go both ways alike: McNemar's test as a sign test on the flips.

    McNemar, Psychometrika 12 (1947) 153-157; the binomial tail by the incomplete beta function (DLMF 8.17.5).
    """
    rarer, total = min(lost, won), lost + won
    return min(1.0, 2 * incomplete_beta(total - rarer, rarer + 1, 0.5)) if total else 1.0


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """p-values corrected for how many there are: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70."""
    corrected: dict[str, float] = {}
    highest = 0.0
    for rank, name in enumerate(sorted(chances, key=lambda one: (chances[one], one))):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[name]))
        corrected[name] = highest
    return corrected


def mean_of(intervals: Sequence[Interval]) -> Interval:
    """The mean of independent estimates, with the ends of its interval recovered from theirs.

    The method of variance estimates recovery: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.
    """
    count = len(intervals)
    point = math.fsum(one.point for one in intervals) / count
    below = math.hypot(*(one.point - one.low for one in intervals)) / count
    above = math.hypot(*(one.high - one.point for one in intervals)) / count
    return Interval(point, point - below, point + above)


def detectable(loss: Interval) -> float:
    """The loss that so many documents with so many flips would show in 4 of 5 runs, as a fraction of the baseline.

    (z_0.975 + z_0.8) standard errors: Miller, Adding Error Bars to Evals, arXiv 2411.00640, section 5.
    """
    return (loss.high - loss.point) * (Z + _POWER) / Z


def unpaired_change(base: tuple[float, float], candidate: tuple[float, float]) -> Interval:
    """Relative change of two (score, standard error) as if of other documents: 95%, by the delta method."""
    point = candidate[0] / base[0] - 1
    half = Z * math.hypot(candidate[1] / base[0], candidate[0] * base[1] / base[0] ** 2)
    return Interval(point, point - half, point + half)
