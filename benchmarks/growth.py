"""How cost grows with the repository: ./dev bench --growth

    ./dev bench --growth --runs 3             rounds for each size (default: 3)
    ./dev bench --growth --variants 10,100    other sizes than 10, 100, 1,000 and 10,000
    ./dev bench --growth --commits 0,1000     other lengths of history than 0 to 100,000 commits on top
    ./dev bench --growth --write              also writes docs/growth.md and docs/growth.svg

Ten thousand variants take about ten minutes and 4 GB of disk. One zoo is there at a time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import PROMOTE, kustomize
from growth_page import Curve, page, plot
from measure import Job, Sample, interleaved
from zoo import VARIANT, Zoo, build_zoo, git

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True)
class Measured:
    """One size of a repository, and every job's median in it."""

    size: int
    samples: Mapping[str, Sample]


def jobs(zoo: Zoo) -> list[Job]:
    """What people wait for; `promote` is the whole job, to a pushed commit."""
    return [
        Job("promote V --to prod", [zoo.command(*PROMOTE, VARIANT, "--to", "prod", "--yes")], zoo.reset),
        Job("validate, cold", [zoo.command(*PROMOTE, "validate")], zoo.forget),
        Job("validate, warm", [zoo.command(*PROMOTE, "validate")]),
        Job("status", [zoo.command(*PROMOTE, "status")]),
        Job("history", [zoo.command(*PROMOTE, "history")]),
    ]


def by_variants(sizes: Sequence[int], runs: int) -> list[Measured]:
    """Zoos of more and more variants; the history is short."""
    return [measured(size, build_zoo, runs) for size in sizes]


def by_commits(lengths: Sequence[int], runs: int) -> list[Measured]:
    """Ten variants under longer and longer histories."""
    return [measured(length, with_history, runs) for length in lengths]


def measured(size: int, build: Callable[[Path, int], Zoo], runs: int) -> Measured:
    """Build a zoo, measure in it, and take it away again."""
    with tempfile.TemporaryDirectory(prefix="modelpromote-growth-") as root:
        print(f"generating a repository of size {size:,}", file=sys.stderr)
        zoo = build(Path(root), size)
        return Measured(size, interleaved(jobs(zoo), runs))


def with_history(root: Path, commits: int) -> Zoo:
    """Commits on top of ten variants: every other one inside environments/, none of a release."""
    zoo = build_zoo(root, 10)
    if commits == 0:
        return zoo
    start = int(git(zoo.repo, "log", "-1", "--format=%ct"))
    with subprocess.Popen(["git", "fast-import", "--quiet", "--force"], cwd=zoo.repo, stdin=subprocess.PIPE) as git_in:
        assert git_in.stdin is not None
        for number in range(commits):
            git_in.stdin.write(_commit(number, start + number + 1, zoo.base))
    if git_in.returncode != 0:
        raise RuntimeError("git fast-import failed")
    git(zoo.repo, "reset", "-q", "--hard", "main")
    git(zoo.repo, "push", "-q", "origin", "main")
    for place in (zoo.repo, root / "remote.git"):
        git(place, "gc", "-q")
    return Zoo(root, 10, git(zoo.repo, "rev-parse", "HEAD"))


def _commit(number: int, when: int, base: str) -> bytes:
    """One commit for git fast-import; the first stands on `base`."""
    path = "notes.txt" if number % 2 else "environments/test/extra/note.txt"
    line = f"line {number}\n"
    head = f"commit refs/heads/main\ncommitter Ada <ada@example.com> {when} +0000\ndata 5\nnote\n"
    parent = f"from {base}\n" if number == 0 else ""
    return f"{head}{parent}M 100644 inline {path}\ndata {len(line)}\n{line}\n".encode()


def curves(found: Sequence[Measured]) -> list[Curve]:
    """A line for each job, in the order of the jobs."""
    return [
        Curve(name, tuple((one.size, one.samples[name].seconds, one.samples[name].mebibytes) for one in found))
        for name in found[0].samples
    ]


def numbers(text: str) -> list[int]:
    """`10,100` as sizes, ascending."""
    return sorted(int(word) for word in text.split(","))


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="./dev bench --growth", description="How cost grows with the repository.")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds for each size (default: 3)")
    parser.add_argument("--variants", type=numbers, default=[10, 100, 1_000, 10_000], metavar="N,N")
    parser.add_argument("--commits", type=numbers, default=[0, 1_000, 10_000, 100_000], metavar="N,N")
    parser.add_argument("--write", action="store_true", help="write docs/growth.md and docs/growth.svg")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    variants, commits = (
        curves(by_variants(options.variants, options.runs)),
        curves(by_commits(options.commits, options.runs)),
    )
    builder = " ".join(kustomize() or ("no Kustomize",))
    text = page(variants, commits, datetime.now(UTC).date(), options.runs, (load, os.getloadavg()[0]), builder)
    print(text)
    if options.write:
        (DOCS / "growth.md").write_text(text, "utf-8")
        plot(variants, commits, DOCS / "growth.svg")
        print("wrote growth.md and growth.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
