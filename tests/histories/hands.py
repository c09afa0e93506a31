"""What people and forges do to the repository: edit, commit, revert, and land a commit in one of four ways."""

import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from stage import Stage

from histories.built import Remembering
from histories.line import Landed
from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.workflows.world import open_world

WAYS = ("push", "squash", "merge", "rebase")


class Hands:
    """A clone and a clock: before and after each act the clone is where the remote is."""

    def __init__(self, stage: Stage, rng: random.Random, counts: Counter[str], start: datetime) -> None:
        self.stage, self.rng, self.counts, self.now = stage, rng, counts, start
        real = find_kustomize()
        assert real is not None
        self.kustomize = Remembering(real.command)
        self.world = open_world(stage.repo)
        self.world.__dict__["kustomize"] = self.kustomize  # as if it had been looked up already

    def git(self, *arguments: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.stage.repo, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def wait(self, time: timedelta) -> None:
        """Some time passes: for git, and for the tool."""
        self.now += time
        os.environ["GIT_AUTHOR_DATE"] = os.environ["GIT_COMMITTER_DATE"] = f"{int(self.now.timestamp())} +0000"

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def write(self, files: Mapping[str, bytes]) -> None:
        for path, content in files.items():
            place = self.stage.repo / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def commit(self, title: str) -> str:
        """All that is in the working tree, as one commit on the clone's branch."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", title)
        return self.head()

    def revert(self, landed: Landed, title: str = "") -> str:
        """A plain `git revert`, or one whose message a person has replaced."""
        mainline = ["-m", "1"] if landed.merge else []
        if not title:
            self.git("revert", "--no-edit", *mainline, landed.commit)
            return self.head()
        self.git("revert", "--no-commit", *mainline, landed.commit)
        self.git("commit", "-q", "-m", title)
        return self.head()

    def land_here(self, commit: str) -> Landed:
        """Land the commit that the clone's branch has on top, in any way: first the branch goes back under it."""
        way = self.rng.choice(WAYS)
        if way != "push":
            self.git("reset", "-q", "--hard", "HEAD~1")
        return self.land(commit, way)

    def land(self, commit: str, way: str, *, between: Callable[[], None] | None = None) -> Landed:
        """Bring a commit to the deployed branch as a person or a forge would; `between` is what lands before it."""
        if between:
            between()
            self.counts["landings after something else"] += 1
        self.counts[f"landings by {way}"] += 1
        if way == "push":
            self.git("push", "-q", "origin", f"{commit}:refs/heads/main")
            self.git("merge", "-q", "--ff-only", commit)
            return Landed(commit, merge=False, time=self.now)
        if way == "merge":
            self.git("merge", "-q", "--no-ff", "-m", "Merge pull request", commit)
        elif way == "squash":
            self.git("merge", "-q", "--squash", commit)
            self.git("commit", "-q", "-m", "Squashed pull request")
        else:
            self.git("cherry-pick", commit)
        self.git("push", "-q", "origin", "HEAD:refs/heads/main")
        return Landed(self.head(), merge=way == "merge", time=self.now)

    def pushed(self, commit: str) -> Landed:
        """A commit that the tool has pushed: the clone follows."""
        self.counts["landings by push"] += 1
        self.git("merge", "-q", "--ff-only", "refs/remotes/origin/main")
        assert self.head() == commit
        return Landed(commit, merge=False, time=self.now)
