"""Measures what DESIGN budgets, as ratios within one run, and prints one table: ./dev bench

    ./dev bench --runs 3      fewer rounds than 7
    ./dev bench --write       also writes docs/benchmarks.md

Exit code 0 when everything was measured, whether or not the budgets were met; the table says which were.
"""

import argparse
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import peer
from measure import Command, Job, Sample, interleaved
from page import Facts, markdown
from report import LARGE, MIDDLE, ROWS, SMALL, race_row, table
from rich.console import Console
from zoo import MODEL, RELEASE, VARIANT, Zoo, build_zoo, git, run_race

PROMOTERS = 50
_SCRIPT = Path(sys.executable).with_name("promote")
PROMOTE = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-m", "modelpromote")
KUSTOMIZE = (("kustomize", "build"), ("kubectl", "kustomize"), ("oc", "kustomize"))


def start_jobs(folder: Path) -> list[Job]:
    """`promote --help`, and what Python needs to do nothing."""
    return [
        Job("help", [Command([*PROMOTE, "--help"], folder)]),
        Job("nothing", [Command([sys.executable, "-c", "pass"], folder)]),
    ]


def promote_jobs(small: Zoo, large: Zoo, gto: Path | None) -> list[Job]:
    """The whole job in two sizes, the peer in the same clones, and the floor."""
    promote = (*PROMOTE, VARIANT, "--to", "prod", "--yes")
    jobs = [Job(f"promote {zoo.variants}", [zoo.command(*promote)], zoo.reset) for zoo in (small, large)]
    floor = [
        large.command("git", "add", RELEASE),
        large.command("git", "commit", "-q", "-m", "two files"),
        large.command("git", "push", "-q", "origin", "HEAD:main"),
    ]
    jobs.append(Job("git", floor, large.edit_decision))
    if gto is not None:
        jobs += [gto_job(gto, zoo) for zoo in (small, large)]
    return jobs


def gto_job(gto: Path, zoo: Zoo) -> Job:
    """The peer puts a version of the model in prod; that version is registered before, once."""
    zoo.command(str(gto), "register", MODEL, "HEAD", "--version", "v1.3.0").run()
    assign = zoo.command(str(gto), "assign", MODEL, "--version", "v1.3.0", "--stage", "prod", "--push")
    return Job(f"gto {zoo.variants}", [assign], zoo.reset)


def validate_jobs(zoos: list[Zoo]) -> list[Job]:
    """`promote validate` as in a fresh clone, each size; the largest once more, with what that run kept."""
    cold = [Job(f"validate {zoo.variants}", [zoo.command(*PROMOTE, "validate")], zoo.forget) for zoo in zoos]
    return [*cold, Job("validate warm", [zoos[-1].command(*PROMOTE, "validate")])]


def kustomize() -> tuple[str, str] | None:
    """The Kustomize that the tool would take."""
    return next((found for found in KUSTOMIZE if shutil.which(found[0])), None)


def kustomize_jobs(zoo: Zoo) -> list[Job]:
    """One release, built where all variants lie around it."""
    command = kustomize()
    return [Job("kustomize", [zoo.command(*command, RELEASE)], zoo.reset)] if command else []


def measure(root: Path, runs: int) -> tuple[dict[str, Sample], list[str]]:
    """Every job's median, and the programs that were measured beside ours."""
    zoos = []
    for size in (SMALL, MIDDLE, LARGE):
        print(f"generating {size} variants", file=sys.stderr)
        zoos.append(build_zoo(root / str(size), size))
    small, large = zoos[0], zoos[-1]
    gto = peer.install()
    found = interleaved(start_jobs(root), runs)
    found |= interleaved([*promote_jobs(small, large, gto), *kustomize_jobs(large)], runs)
    found |= interleaved(validate_jobs(zoos), runs)
    builder = " ".join(kustomize() or ("no Kustomize",))
    return found, [git(root, "--version"), builder, peer.version(gto) if gto else "gto could not be installed"]


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="The budgets, measured.")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="interleaved rounds (default: 7)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="modelpromote-bench-") as root:
        samples, programs = measure(Path(root), options.runs)
        raced = run_race(Path(root) / "race", PROMOTERS)
    rows = [*(row(samples) for row in ROWS), race_row(raced)]
    Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    if options.write:
        place = Path(__file__).parent.parent / "docs" / "benchmarks.md"
        facts = Facts(options.runs, datetime.now(UTC).date(), (load, os.getloadavg()[0]), programs)
        place.parent.mkdir(exist_ok=True)
        place.write_text(markdown(rows, facts), "utf-8")
        print(f"wrote {place.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
