"""What a build keeps of its baseline, as a picture: where each dot and line stands. Pure geometry."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelpromote.core.card_figures import Figure
from modelpromote.core.markdown import plain
from modelpromote.core.statistics import Interval

MAX_ROWS = 30
WIDTH, LEFT, RIGHT, TOP, ROW = 760, 250, 80, 58, 26
_LABEL = 34
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 10000)
_TICKS = 7
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One metric: its label, the figure in words, and the places of its dot and of the ends of its interval."""

    label: str
    figure: str
    y: float
    dot: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture `height` high; `ticks` are places and texts, `whole` the place of 100%. `left_out` rows do not fit."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    whole: float
    height: int
    left_out: int
    width: int = WIDTH

    @property
    def bottom(self) -> int:
        """The place of the axis."""
        return TOP + ROW * len(self.rows)


def chart(figures: Sequence[Figure]) -> Chart | None:
    """None where nothing is compared. Of very many figures, those that keep least."""
    compared = [(figure, figure.kept) for figure in figures]
    known = [(figure, kept) for figure, kept in compared if kept is not None]
    if not known:
        return None
    least = sorted(known, key=lambda one: (one[1].point, one[0].task, one[0].metric))[:MAX_ROWS]
    shown = [one for one in known if one in least]
    low, high, step = _axis([kept for _, kept in shown])
    place = _scale(low, high)
    rows = tuple(_row(index, figure, kept, place) for index, (figure, kept) in enumerate(shown))
    count = round((high - low) / step)
    ticks = tuple((place(low + index * step), f"{low + index * step:.6g}%") for index in range(count + 1))
    return Chart(rows, ticks, place(100), TOP + ROW * len(rows) + 40, len(known) - len(shown))


def _axis(kept: Sequence[Interval]) -> tuple[float, float, float]:
    """From, to and step, in percent; 100 is always on it."""
    low = max(0.0, min(100.0, *(100 * one.low for one in kept), 99.5))
    high = min(10000.0, max(100.0, *(100 * one.high for one in kept), 100.5))
    step = next(step for step in _STEPS if (high - low) / step <= _TICKS)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _scale(low: float, high: float) -> Scale:
    def place(percent: float) -> float:
        within = min(max(percent, low), high)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (within - low) / (high - low), 1)

    return place


def _row(index: int, figure: Figure, kept: Interval, place: Scale) -> Row:
    name = plain(f"{figure.task} {figure.metric}")
    label = name if len(name) <= _LABEL else f"{name[: _LABEL - 3]}..."
    ends = (100 * kept.low, 100 * kept.high) if figure.paired else (100 * kept.point, 100 * kept.point)
    return Row(label, f"{100 * kept.point:.1f}%", TOP + ROW * (index + 0.5), place(100 * kept.point), *map(place, ends))
