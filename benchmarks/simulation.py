"""How often the benchmarks gate is wrong: simulated pairs of variants, by sample size, with fixed seeds.

python benchmarks/simulation.py            print the tables of docs/statistics.md
python benchmarks/simulation.py --write    write them and docs/img/simulation.svg
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modelpromote.core.gates.benchmark_task import within
from modelpromote.core.gates.gate import Outcome
from modelpromote.core.paired import Flips, accuracy_change
from modelpromote.core.quantities import Percentage
from modelpromote.core.statistics import Interval

DOCS = Path(__file__).parents[1] / "docs"
SEED, RUNS = 20261124, 4000
LIMIT = Percentage.parse("2%")
SIZES = (100, 200, 500, 1319, 3000, 14_042)  # 1,319: GSM8K; 14,042: MMLU
LOSSES = (0.0, 0.01, 0.015, 0.02, 0.025, 0.03, 0.05)
# accuracy of the baseline, and the share of answers that flip beside the loss itself
AT_LIMIT = ((0.5, 0.0), (0.5, 0.1), (0.8, 0.0), (0.8, 0.1), (0.8, 0.2), (0.95, 0.0), (0.95, 0.04), (0.995, 0.0))
USUAL = (0.8, 0.1)
BEGIN, END = "<!-- simulation -->", "<!-- end of simulation -->"


@dataclass(frozen=True)
class Rates:
    """Shares of the simulated runs by verdict; `by_point` would pass if the point alone decided."""

    passed: float
    failed: float
    by_point: float


def simulated(documents: int, accuracy: float, churn: float, loss: float) -> Rates:
    """Pairs with a true relative loss: `churn` flips both ways alike, and the loss on top."""
    lost = churn / 2 + accuracy * loss
    shares = [accuracy - lost, lost, churn / 2, 1 - accuracy - churn / 2]
    seed = [SEED, documents, *(round(1e6 * part) for part in (accuracy, churn, loss))]
    draws = np.random.default_rng(seed).multinomial(documents, np.clip(shares, 0, 1), size=RUNS)
    outcomes = [_judged(*(int(count) for count in draw[:3]), documents) for draw in draws]
    return Rates(*(sum(one[index] for one in outcomes) / RUNS for index in range(3)))


def _judged(kept: int, lost: int, won: int, documents: int) -> tuple[bool, bool, bool]:
    change = accuracy_change(Flips(lost, won, documents, kept))
    loss = Interval(-change.point, -change.high, -change.low)
    outcome = within(loss, LIMIT, decided_by_interval=True)
    aggregate = within(loss, LIMIT, decided_by_interval=False)
    return outcome is Outcome.PASS, outcome is Outcome.FAIL, aggregate is Outcome.PASS


def tables() -> tuple[dict[tuple[float, int], Rates], dict[tuple[float, float, int], Rates]]:
    """By loss and size around the limit; and at the limit by accuracy, flips and size."""
    around = {(loss, size): simulated(size, *USUAL, loss) for loss in LOSSES for size in SIZES}
    at_limit = {(*kind, size): simulated(size, *kind, LIMIT.fraction) for kind in AT_LIMIT for size in SIZES}
    return around, at_limit


def lines(around: dict[tuple[float, int], Rates], at_limit: dict[tuple[float, float, int], Rates]) -> Iterator[str]:
    head = " | ".join(f"{size:,}" for size in SIZES)
    rule = " --- |" * len(SIZES)
    yield f"Limit {LIMIT}; the baseline is right in {USUAL[0]:.0%}, and {USUAL[1]:.0%} of the answers flip by chance."
    yield f"Passed / failed, in %; the rest is inconclusive ({RUNS:,} runs a cell):"
    yield ""
    yield f"| true loss | {head} |"
    yield f"| --- |{rule}"
    for loss in LOSSES:
        cells = (around[loss, size] for size in SIZES)
        yield f"| {loss:.1%} | {' | '.join(f'{100 * one.passed:.1f} / {100 * one.failed:.1f}' for one in cells)} |"
    yield ""
    yield f"False passes in % where the true loss is the limit itself, {LIMIT}:"
    yield ""
    yield f"| baseline | flips by chance | {head} |"
    yield f"| --- | --- |{rule}"
    for accuracy, churn in AT_LIMIT:
        cells = (at_limit[accuracy, churn, size] for size in SIZES)
        yield f"| {accuracy:.1%} | {churn:.0%} | {' | '.join(f'{100 * one.passed:.1f}' for one in cells)} |"
    worst = max(one.passed for one in at_limit.values())
    point = [around[LIMIT.fraction, size].by_point for size in SIZES]
    yield ""
    yield f"The worst cell is {100 * worst:.1f}%. Were the point alone to decide, as without samples, of the variants"
    yield "of the first table that lose exactly the limit"
    yield f"{100 * min(point):.0f} to {100 * max(point):.0f}% would pass."


def plot(around: dict[tuple[float, int], Rates], place: Path) -> None:
    """Share that passes, and that fails, against the number of documents."""
    import matplotlib as mpl  # noqa: PLC0415 - only needed with --write
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "modelpromote", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for panel, field, title in ((panels[0], "passed", "passes"), (panels[1], "failed", "fails")):
        for loss in LOSSES:
            shares = [100 * getattr(around[loss, size], field) for size in SIZES]
            panel.plot(SIZES, shares, marker="o", label=f"true loss {loss:.1%}")
        panel.axhline(5, color="grey", linestyle=":", linewidth=1)
        panel.set(xscale="log", xlabel="documents", title=f"{title} (limit {LIMIT})")
        panel.grid(visible=True, alpha=0.3)
    panels[0].set_ylabel("% of variants")
    panels[1].legend(fontsize="small")
    figure.savefig(place, metadata={"Date": None, "Creator": None})


def main(arguments: Sequence[str]) -> int:
    around, at_limit = tables()
    text = "\n".join(line.rstrip() for line in lines(around, at_limit))
    if "--write" in arguments:
        page = (DOCS / "statistics.md").read_text("utf-8")
        before, _, rest = page.partition(BEGIN)
        (DOCS / "statistics.md").write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", "utf-8")
        plot(around, DOCS / "img" / "simulation.svg")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
