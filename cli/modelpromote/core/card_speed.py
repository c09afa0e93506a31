"""The performance section of a card: a load test of this build beside the baseline's, as finished Markdown. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelpromote.core.card_sources import Card, load_tests
from modelpromote.core.evidence import Run
from modelpromote.core.gates.speed_changes import Change, changes, differences
from modelpromote.core.markdown import code, escape
from modelpromote.core.speed import LoadPoint, LoadTest

_NONE = "-"
_LATENCIES = (("Time to first token", "ttft"), ("Time between two tokens", "itl"), ("Whole request", "latency"))
_PERCENTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """One figure at one load; `-` for what there is not."""

    load: str
    figure: str
    baseline: str
    value: str
    change: str


@dataclass(frozen=True, slots=True)
class Performance:
    """The newest load test, against the baseline's where the two may be compared; `apart` says why they may not.

    `place` says on what it was measured; `short` sums it up; `marks` are its sources.
    """

    rows: tuple[SpeedRow, ...]
    place: str
    short: str
    apart: tuple[str, ...]
    marks: str


def performance(card: Card, marks: Mapping[str, str]) -> Performance | None:
    """None where no load test of this build was added."""
    (own, before) = load_tests(card)
    if own is None:
        return None
    (run, test) = own
    apart = differences(run, test, *before) if before is not None else ()
    base = before[1].by_load() if before is not None and not apart else {}
    used = [run, *([before[0]] if before is not None else [])]
    rows = tuple(row for load, point in test.by_load().items() for row in _rows(point, base.get(load)))
    shown = ", ".join(marks[one.digest] for one in used)
    return Performance(rows, _place(run, test), _short(test, base), tuple(map(escape, apart)), shown)


def _rows(point: LoadPoint, base: LoadPoint | None) -> Iterator[SpeedRow]:
    load = code(point.load)
    other = _requests(base) if base is not None else _NONE
    yield SpeedRow(load, "Requests answered / failed", other, _requests(point), _NONE)
    for change in changes(point, base or point, ("throughput",), "p50"):
        yield _row(load, "Output tokens per second", change, base)
    for label, name in _LATENCIES:
        for percentile in _PERCENTILES:
            for change in changes(point, base or point, (name,), percentile):
                if change.own is not None:
                    yield _row(load, f"{label}, {percentile}, ms", change, base)


def _row(load: str, figure: str, change: Change, base: LoadPoint | None) -> SpeedRow:
    own = f"{change.own:.1f}" if change.own is not None else _NONE
    if base is None or change.base is None or change.ratio is None:
        return SpeedRow(load, figure, _NONE, own, _NONE)
    return SpeedRow(load, figure, f"{change.base:.1f}", own, f"{100 * (change.ratio - 1):+.1f}%")


def _requests(point: LoadPoint) -> str:
    return f"{point.completed:,} / {point.errored:,}"


def _place(run: Run, test: LoadTest) -> str:
    tool = f"{run.entry.tool.name} {run.entry.tool.version}".strip()
    hardware = escape(test.hardware) if test.hardware else "hardware that the run does not name"
    image = code(test.image) if test.image else "an image that it does not name"
    return f"Measured with {escape(tool)} on {hardware}, served by {image}."


def _short(test: LoadTest, base: Mapping[str, LoadPoint]) -> str:
    """The load at which it does worst."""
    found = [
        change
        for load, point in test.by_load().items()
        if load in base
        for change in changes(point, base[load], ("throughput",), "p50")
        if change.ratio is not None
    ]
    least = min(found, key=lambda one: one.ratio or 0.0, default=None)
    if least is None or least.ratio is None:
        return ""
    return f"Of the loads, {code(least.load)} does worst: {least.ratio:.2f}x the baseline's tokens per second."
