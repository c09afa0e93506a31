"""A generated zoo as the measurements use it: run in its clone, and put back as it was before each run."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Command

BENCHMARKS = Path(__file__).parent
MODEL, VARIANT = "tiny-llama", "v1.3-int4-g64"
RELEASE = f"environments/prod/{MODEL}"
WHO = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "ITERATIVE_DO_NOT_TRACK": "1",  # gto sends no usage reports, and waits for none
}


@dataclass(frozen=True)
class Zoo:
    """A clone and its remote; `base` is the commit to come back to."""

    root: Path
    variants: int
    base: str

    @property
    def repo(self) -> Path:
        """The clone."""
        return self.root / "repo"

    def command(self, *arguments: str) -> Command:
        """A command in the clone, to be measured."""
        return Command(arguments, self.repo, WHO)

    def reset(self) -> None:
        """Branch, clone and tags as they were: the promotion, or the peer's tag, was never made."""
        git(self.root / "remote.git", "update-ref", "refs/heads/main", self.base)
        git(self.repo, "update-ref", "refs/remotes/origin/main", self.base)
        git(self.repo, "update-ref", "-d", f"refs/modelpromote/prod/{MODEL}")
        git(self.repo, "reset", "-q", "--hard", self.base)
        for place in (self.repo, self.root / "remote.git"):
            for tag in git(place, "tag", "--list", "*#*").split():
                git(place, "tag", "-d", tag)

    def forget(self) -> None:
        """As a fresh clone: what `validate` keeps in the git directory between two runs is gone, too."""
        self.reset()
        shutil.rmtree(self.repo / ".git" / "modelpromote", ignore_errors=True)

    def edit_decision(self) -> None:
        """Two changed files, as a promotion has them, for the floor of `git commit` and `git push`."""
        self.reset()
        for name in ("release.yaml", "kustomization.yaml"):
            with (self.repo / RELEASE / name).open("a", encoding="utf-8") as file:
                file.write("# another line\n")


def build_zoo(root: Path, variants: int) -> Zoo:
    """Generate it, in a process of its own."""
    _script("generate.py", root, variants)
    return Zoo(root, variants, git(root / "repo", "rev-parse", "HEAD"))


def run_race(root: Path, promoters: int) -> dict[str, float]:
    """That many promoters at once: seconds, and how many `landed`, landed `twice`, and pushed too `late`."""
    raced: dict[str, float] = json.loads(_script("race.py", root, promoters))
    return raced


def _script(name: str, root: Path, count: int) -> bytes:
    """Run one of the scripts beside this one; its output."""
    paths = [BENCHMARKS.parent / "demo", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / name), str(root), str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in paths if str(path))},
        stdout=subprocess.PIPE, check=True,
    ).stdout  # fmt: skip


def git(place: Path, *arguments: str) -> str:
    """Run git somewhere; its output."""
    done = subprocess.run(["git", *arguments], cwd=place, env={**os.environ, **WHO}, capture_output=True, check=True)
    return done.stdout.decode().strip()
