"""Confidence intervals in closed form: the same figures on every machine, without drawing random samples."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

CONFIDENCE = 0.95
_LARGEST_EXPONENT = 700.0
_TINY = 1e-300
_PRECISION = 1e-15
_STEPS = 500

# (log-likelihood in nats, number of words or bytes) of one document
Document = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the ends of its confidence interval, all in the same unit."""

    point: float
    low: float
    high: float


def perplexity_change(base: Sequence[Document], candidate: Sequence[Document]) -> Interval:
    """Relative change of perplexity, 0.03 for +3%, on the same documents: 95% interval.

    ln(candidate / base) = sum(ll_base - ll_candidate) / sum(words), a ratio of two sums over documents.
    """
    nats = [before[0] - after[0] for before, after in zip(base, candidate, strict=True)]
    logarithm = ratio(nats, [before[1] for before in base])
    return Interval(*(_growth(value) for value in (logarithm.point, logarithm.low, logarithm.high)))


def bits_change(base: Sequence[Document], candidate: Sequence[Document]) -> Interval:
    """Relative change of bits per byte, 0.03 for +3%, on the same documents: 95% interval."""
    quotient = ratio([-after[0] for after in candidate], [-before[0] for before in base])
    return Interval(quotient.point - 1, quotient.low - 1, quotient.high - 1)


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Interval:
    """sum(numerators) / sum(denominators) over independent pairs, with its 95% interval.

    Linearised variance of a ratio estimator without a finite-population correction, Student's t with n - 1
    degrees of freedom: Cochran, Sampling Techniques, 3rd edition, 1977, chapter 6, (6.13). ValueError for
    fewer than two pairs, and where the denominators sum to nothing.
    """
    count, total = len(denominators), math.fsum(denominators)
    if count < 2 or total <= 0:  # noqa: PLR2004  # one pair has no variance
        raise ValueError("an interval needs two pairs, and denominators that sum to more than 0")
    point = math.fsum(numerators) / total
    residuals = (top - point * bottom for top, bottom in zip(numerators, denominators, strict=True))
    spread = math.sqrt(math.fsum(residual * residual for residual in residuals) / (count - 1))
    half = student_t(0.5 + CONFIDENCE / 2, count - 1) * spread * math.sqrt(count) / total
    return Interval(point, point - half, point + half)


@cache
def student_t(probability: float, degrees: int) -> float:
    """The quantile of Student's t distribution; 0.975 and 10 give 2.228139.

    Newton's method from 0: the distribution function is concave above 0, so every step stays below the root
    and the steps converge.
    """
    if probability < 0.5:  # noqa: PLR2004  # the median, 0
        return -student_t(1 - probability, degrees)
    value = 0.0
    for _ in range(_STEPS):
        step = (probability - _cumulated(value, degrees)) / _density(value, degrees)
        value += step
        if abs(step) <= 1e-13 * (1 + value):
            break
    return value


def _cumulated(value: float, degrees: int) -> float:
    """P(T <= value) for value >= 0: 1 - I_x(n/2, 1/2) / 2 with x = n / (n + value^2) (DLMF 8.17)."""
    return 1 - incomplete_beta(degrees / 2, 0.5, degrees / (degrees + value * value)) / 2


def _density(value: float, degrees: int) -> float:
    scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    return math.exp(scale - (degrees + 1) / 2 * math.log1p(value * value / degrees))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return min(1.0, max(0.0, x))
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a * _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1/(1+ d1/(1+ d2/(1+ ...))) by the modified Lentz method (Thompson and Barnett, 1986)."""
    result = numerator = 1.0
    denominator = 0.0
    for step in range(_STEPS):
        term = _term(step, a, b, x)
        denominator = 1 / _apart(1 + term * denominator)
        numerator = _apart(1 + term / numerator)
        change = numerator * denominator
        result *= change
        if abs(change - 1) < _PRECISION:
            break
    return 1 / result


def _term(step: int, a: float, b: float, x: float) -> float:
    """The coefficients d of DLMF 8.17.23."""
    half, odd = divmod(step + 1, 2)
    if odd:
        return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
    return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))


def _apart(value: float) -> float:
    """The value, kept away from 0."""
    return value if abs(value) > _TINY else _TINY


def _growth(logarithm: float) -> float:
    return math.expm1(min(logarithm, _LARGEST_EXPONENT))
