"""docs/benchmarks.md: the table as it was printed, what was missed, on which machine, and how it was measured."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from report import COLUMNS, Row


@dataclass(frozen=True)
class Facts:
    """What a reader must know to judge the figures."""

    runs: int
    day: date
    load: tuple[float, float]  # at the start, at the end
    programs: Sequence[str]


def markdown(rows: Sequence[Row], facts: Facts) -> str:
    """The page."""
    lines = [f"| {' | '.join(cells)} |" for cells in (COLUMNS, ["---"] * len(COLUMNS), *(row.cells for row in rows))]
    return "\n".join([*_INTRODUCTION, *_machine(facts), "", *lines, "", *_verdict(rows), "", *_METHOD]) + "\n"


def _verdict(rows: Sequence[Row]) -> list[str]:
    judged = [row for row in rows if row.budget]
    missed = [row for row in judged if row.met is False]
    open_ones = [row for row in judged if row.met is None]
    told = [f"- missed: {row.job}: {row.median}, {row.compared}; the budget is {row.budget}" for row in missed]
    told += [f"- not measured: {row.job}; the budget is {row.budget}" for row in open_ones]
    met = len(judged) - len(told)
    return [
        f"{met} of {len(judged)} budgets were met in this run{':' if told else '.'}",
        *([""] if told else []),
        *told,
    ]


def _machine(facts: Facts) -> list[str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [
        f"Measured on {facts.day.isoformat()}: {cores} cores, {platform.system()} {platform.machine()},",
        f"{', '.join((f'Python {platform.python_version()}', *facts.programs))}.",
        f"Medians of {facts.runs} interleaved runs. Load average at the start {facts.load[0]:.1f}, at the end "
        f"{facts.load[1]:.1f}, the measurement's own included; its niceness {os.getpriority(os.PRIO_PROCESS, 0)}.",
    ]


_INTRODUCTION = (
    "# Benchmarks",
    "",
    "Written by `./dev bench --write`. The figures are those of one run, misses included.",
    "",
)
_METHOD = (
    "How it is measured:",
    "",
    "- The zoos are generated: `v1.3-int4-g64` of the example under other version numbers, its evidence included, in",
    "  a clone with a bare remote beside it, both packed. All of them have the digest of one artifact; their entries",
    "  of evidence differ.",
    "- Each job runs once unmeasured, so that Python's compiled files and the disk's cache are warm. Then the jobs",
    "  take turns. Before each run, branch, clone and tags are put back, unmeasured.",
    "- A time is that of whole processes from start to exit, commit and push included; the remote is a folder, so",
    "  there is no network in it. `processor` is the processor time of the same processes: where the median is much",
    "  more, the machine was busy with something else, or waited. Memory is the peak of the largest process.",
    "- `gto assign --push` tags a commit and pushes the tag, in the same clone, with one registered version and its",
    "  usage reports switched off. It judges and renders nothing.",
    "- `promote validate` cold is a run in a fresh clone. Warm is the run after it, with nothing changed: it knows",
    "  from the git directory what was clean.",
    "- The promoters that race are run once, each in a process and a clone of its own, over a file remote whose hook",
    "  holds the first push until another one has landed. On two cores they mostly wait for each other.",
    "- `promote validate` reads all evidence whole, since every model card is held against it. That is work for every",
    "  core there is; the run after it reads only what has changed (keep `.git/modelpromote` where CI keeps caches).",
)
