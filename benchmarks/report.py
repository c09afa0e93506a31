"""Which figure is held against which budget, and the table of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from measure import Sample
from rich.table import Table
from rich.text import Text

Samples = Mapping[str, Sample]
SMALL, MIDDLE, LARGE = 10, 100, 1000  # variants in the zoos
COLUMNS = ("job", "median", "processor", "floor or peer", "ratio or difference", "budget", "met")
_PROMOTE = "promote V --to prod, {:,} variants"
_VALIDATE = "promote validate, {:,} variants, cold"
_MEBIBYTE = 1.048576  # megabytes


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where there is no budget, or no figure."""

    job: str
    median: str
    processor: str
    other: str = ""
    compared: str = ""
    budget: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, in the order of the columns."""
        met = "not measured" if self.budget and self.met is None else {None: "", True: "yes", False: "no"}[self.met]
        return (self.job, self.median, self.processor, self.other, self.compared, self.budget, met)


def _help(samples: Samples) -> Row:
    ours, floor = samples["help"], samples["nothing"]
    more = (ours.seconds - floor.seconds) * 1000
    other = f"python -c pass: {_time(floor)}"
    return Row("promote --help", *_times(ours), other, f"{more:+.0f} ms", "at most +60 ms", more <= 60)


def _against_peer(size: int, budget: str) -> Callable[[Samples], Row]:
    def row(samples: Samples) -> Row:
        ours, peer, job = samples[f"promote {size}"], samples.get(f"gto {size}"), _PROMOTE.format(size)
        if peer is None:
            return Row(job, *_times(ours), "gto assign --push: not measured", "", budget)
        ratio = ours.seconds / peer.seconds
        met = ratio < 1 if budget else None
        return Row(job, *_times(ours), f"gto assign --push: {_time(peer)}", f"{ratio:.2f} x", budget, met)

    return row


def _growth(samples: Samples) -> Row:
    ours, small = samples[f"promote {LARGE}"], samples[f"promote {SMALL}"]
    ratio = ours.seconds / small.seconds
    other = f"{SMALL} variants: {_time(small)}"
    return Row(_PROMOTE.format(LARGE), *_times(ours), other, f"{ratio:.2f} x", "at most 1.10 x", ratio <= 1.1)


def _floor(samples: Samples) -> Row:
    ours, floor = samples[f"promote {LARGE}"], samples["git"]
    other = f"git add, commit, push of two files: {_time(floor)}"
    return Row(_PROMOTE.format(LARGE), *_times(ours), other, f"{ours.seconds / floor.seconds:.1f} x")


def _validate(size: int) -> Callable[[Samples], Row]:
    def row(samples: Samples) -> Row:
        ours = samples[f"validate {size}"]
        each = f"{ours.seconds * 1000 / size:.1f} ms a variant"
        if size != LARGE:
            return Row(_VALIDATE.format(size), *_times(ours), "", each)
        return Row(_VALIDATE.format(size), *_times(ours), "", each, "under 5 s", ours.seconds < 5)

    return row


def _warm(samples: Samples) -> Row:
    ours, cold = samples["validate warm"], samples[f"validate {LARGE}"]
    job, other = f"promote validate, {LARGE:,} variants, warm", f"cold: {_time(cold)}"
    return Row(job, *_times(ours), other, f"{ours.seconds / cold.seconds:.2f} x", "under 1 s", ours.seconds < 1)


def _memory(samples: Samples) -> Row:
    ours, small = samples[f"validate {LARGE}"], samples[f"validate {SMALL}"]
    megabytes = ours.mebibytes * _MEBIBYTE
    other = f"{SMALL} variants: {small.mebibytes * _MEBIBYTE:.0f} MB"
    ratio = f"{ours.mebibytes / small.mebibytes:.1f} x"
    job = f"{_VALIDATE.format(LARGE)}: peak of memory"
    return Row(job, f"{megabytes:.0f} MB", "", other, ratio, "under 300 MB", megabytes < 300)


def _kustomize(samples: Samples) -> Row:
    job, budget = f"one release through Kustomize, {LARGE:,} variants around it", "under 0.1 s"
    ours = samples.get("kustomize")
    if ours is None:
        return Row(job, "not measured", "", "", "", budget)
    return Row(job, *_times(ours), "", "", budget, ours.seconds < 0.1)


ROWS: tuple[Callable[[Samples], Row], ...] = (
    _help,
    _against_peer(LARGE, "under the peer"),
    _growth,
    _floor,
    _against_peer(SMALL, ""),
    _validate(SMALL),
    _validate(MIDDLE),
    _validate(LARGE),
    _warm,
    _memory,
    _kustomize,
)


def race_row(raced: Mapping[str, float]) -> Row:
    """All land, none lost, none twice."""
    promoters, landed, twice = (int(raced[name]) for name in ("promoters", "landed", "twice"))
    return Row(
        f"{promoters} promoters of different models at once",
        _seconds(raced["seconds"]),
        "",
        f"{int(raced['late'])} pushes came too late",
        f"{landed} landed, {twice} twice",
        "all land, none twice",
        landed == promoters and twice == 0,
    )


def _times(sample: Sample) -> tuple[str, str]:
    return _seconds(sample.seconds), _seconds(sample.processor)


def _time(sample: Sample) -> str:
    return _seconds(sample.seconds)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 10 else f"{value * 1000:,.0f} ms"


def table(rows: Sequence[Row]) -> Table:
    """For the terminal."""
    shown = Table(box=None, pad_edge=False, header_style="dim")
    for column in COLUMNS:
        shown.add_column(column, overflow="fold")
    for row in rows:
        *cells, met = row.cells
        shown.add_row(*cells, Text(met, style={"yes": "green", "no": "bold red"}.get(met, "yellow")))
    return shown
