"""Two load tests side by side: what stands in the way of comparing them, and how each figure changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelpromote.core.evidence import Run
from modelpromote.core.gates.speed_settings import LABELS
from modelpromote.core.speed import LoadPoint, LoadTest

_LATENCIES = {"ttft": "ttft", "itl": "itl", "latency": "e2e"}
_SHOWN = 80
# how far the tokens of a request may differ: other prompts or shorter answers are another load
_SAME_SIZE = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One figure at one load. `ratio` is candidate / baseline, None where a side has no figure.

    Of throughput more is better, of a latency less; latencies are in milliseconds.
    """

    load: str
    name: str
    percentile: str
    own: float | None
    base: float | None

    @property
    def ratio(self) -> float | None:
        """Candidate / baseline."""
        return self.own / self.base if self.own is not None and self.base else None

    @property
    def loss(self) -> float:
        """By how much it is worse, as a share of the baseline's; below 0 where it is better."""
        ratio = self.ratio if self.ratio is not None else 1.0
        return 1 - ratio if self.name == "throughput" else ratio - 1

    @property
    def label(self) -> str:
        """`tokens/s`, `TTFT p95`."""
        name = LABELS[self.name]
        return name if self.name == "throughput" else f"{name} {self.percentile}"

    @property
    def short(self) -> str:
        """`1.40x tokens/s`, `TTFT p95 -20%`."""
        if self.ratio is None:
            return f"{self.label} not measured"
        return f"{self.ratio:.2f}x {self.label}" if self.name == "throughput" else f"{self.label} {self._percent}"

    @property
    def detail(self) -> str:
        """With both values: `TTFT p95 31.3 ms here, 25.9 ms in the baseline (+21%)`."""
        unit = "" if self.name == "throughput" else " ms"
        own, base = (f"{value or 0:.4g}{unit}" for value in (self.own, self.base))
        return f"{self.label} {own} here, {base} in the baseline ({self._percent})"

    def is_worse_than(self, tolerance: float) -> bool:
        """Whether it is worse by more than this share."""
        return self.ratio is not None and self.loss > tolerance + 1e-12

    @property
    def _percent(self) -> str:
        return f"{100 * ((self.ratio or 1.0) - 1):+.0f}%"


def changes(own: LoadPoint, base: LoadPoint, names: Iterable[str], percentile: str) -> Iterator[Change]:
    """The named figures of one load."""
    for name in names:
        yield Change(own.load, name, percentile, _figure(own, name, percentile), _figure(base, name, percentile))


def worst(found: Iterable[Change]) -> tuple[Change, ...]:
    """Of each figure the load at which it did worst; one that is not known there is worst."""
    by_name: dict[str, Change] = {}
    for one in found:
        there = by_name.get(one.name)
        if there is None or (there.ratio is not None and (one.ratio is None or one.loss > there.loss)):
            by_name[one.name] = one
    return tuple(by_name.values())


def differences(own_run: Run, own: LoadTest, base_run: Run, base: LoadTest) -> tuple[str, ...]:
    """Why the two cannot be compared, one text each; both values are named."""
    return (*_copied(own_run, base_run), *_named(own, base), *_loads(own, base))


def _copied(own: Run, base: Run) -> Iterator[str]:
    if own.entry.artifact == base.entry.artifact:
        yield "candidate and baseline are the same artifact"
    elif [(file.original or file).sha256 for file in own.entry.files] == [
        (file.original or file).sha256 for file in base.entry.files
    ]:
        yield "candidate and baseline have the same files: one is a copy of the other"


def _named(own: LoadTest, base: LoadTest) -> Iterator[str]:
    """Hardware and image: one that is not named is not known to be the same."""
    for name, mine, theirs in (("hardware", own.hardware, base.hardware), ("image", own.image, base.image)):
        if mine != theirs or not mine:
            yield f"{name}: {_value(mine)} here, {_value(theirs)} in the baseline"


def _loads(own: LoadTest, base: LoadTest) -> Iterator[str]:
    mine, theirs = own.by_load(), base.by_load()
    if mine.keys() != theirs.keys():
        yield f"loads: {_value(', '.join(sorted(mine)))} here, {_value(', '.join(sorted(theirs)))} in the baseline"
    for load in sorted(mine.keys() & theirs.keys()):
        yield from (f"{load}: {text}" for text in _settings(mine[load], theirs[load]))


def _settings(own: LoadPoint, base: LoadPoint) -> Iterator[str]:
    for name in sorted(own.settings.keys() | base.settings.keys()):
        mine, theirs = own.settings.get(name, ""), base.settings.get(name, "")
        if mine != theirs:
            yield f"{name}: {_value(mine)} here, {_value(theirs)} in the baseline"
    sizes = (("prompt", own.prompt_tokens, base.prompt_tokens), ("output", own.output_tokens, base.output_tokens))
    for name, mine_total, theirs_total in sizes:
        each, other = mine_total / max(1, own.completed), theirs_total / max(1, base.completed)
        if abs(each - other) > _SAME_SIZE * max(each, other):
            yield f"{name} tokens of a request: {each:.1f} here, {other:.1f} in the baseline"


def _figure(point: LoadPoint, name: str, percentile: str) -> float | None:
    if name == "throughput":
        return point.output_tokens_per_second
    latency = point.latencies.get(_LATENCIES[name])
    return latency.at(percentile) if latency is not None else None


def _value(text: str) -> str:
    if not text:
        return "not named"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
