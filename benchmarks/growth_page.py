"""docs/growth.md and its picture: seconds against the number of variants, and against the length of the history."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Curve:
    """A job: size, seconds, and MiB of its largest process, for each size."""

    name: str
    points: tuple[tuple[int, float, float], ...]


def page(
    variants: Sequence[Curve], commits: Sequence[Curve], day: date, runs: int, load: tuple[float, float], builder: str
) -> str:
    """The page."""
    lines = [
        "# How cost grows",
        "",
        "Written by `./dev bench --growth --write`. Medians in seconds, whole processes; memory is the peak of the",
        "largest process.",
        "",
        f"Measured on {day.isoformat()}: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python",
        f"{platform.python_version()}, {builder}. {runs} interleaved runs for each size. Load average at the start "
        f"{load[0]:.1f}, at the end",
        f"{load[1]:.1f}, the measurement's own included.",
        "",
        "![Seconds against variants, and against commits](growth.svg)",
        "",
        "## By variants",
        "",
        *_table("variants", variants),
        "",
        "`promote` reads the variant, its baseline and one release: it does not grow with the others but for what git",
        "itself does with a larger tree. `validate` looks at every variant; the run after it (warm) knows from the",
        "git directory what was clean, and asks git which files have changed.",
        "",
        "## By commits",
        "",
        *_table("commits on top", commits),
        "",
        "Ten variants; every other commit touches `environments/`, none a release. The history is read by",
        "`git log --first-parent`, with the commit graph that `git gc` writes.",
    ]
    return "\n".join(lines) + "\n"


def _table(what: str, curves: Sequence[Curve]) -> list[str]:
    sizes = [size for size, _, _ in curves[0].points]
    largest = max(curves, key=lambda curve: curve.points[-1][2])
    rows = [
        f"| {curve.name} | {' | '.join(f'{seconds:.2f} s' for _, seconds, _ in curve.points)} |" for curve in curves
    ]
    memory = " | ".join(f"{mebibytes * 1.048576:.0f} MB" for _, _, mebibytes in largest.points)
    head = f"| {what} | {' | '.join(f'{size:,}' for size in sizes)} |"
    return [head, f"| --- |{' --- |' * len(sizes)}", *rows, f"| memory of {largest.name} | {memory} |"]


def plot(variants: Sequence[Curve], commits: Sequence[Curve], place: Path) -> None:
    """Two panels side by side, both axes logarithmic; a history of no commits is drawn at one."""
    import matplotlib as mpl  # noqa: PLC0415 - only needed with --write
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "modelpromote", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for panel, curves, label in ((panels[0], variants, "variants"), (panels[1], commits, "commits on top")):
        for curve in curves:
            sizes, seconds, _ = zip(*curve.points, strict=True)
            panel.plot([max(1, size) for size in sizes], seconds, marker="o", label=curve.name)
        panel.set(xscale="log", yscale="log", xlabel=label)
        panel.grid(visible=True, which="major", alpha=0.3)
    panels[0].set_ylabel("seconds")
    panels[0].legend()
    figure.savefig(place, metadata={"Date": None, "Creator": None})
