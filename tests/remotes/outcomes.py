"""What a run must have come to: done, or refused in one line with nothing half-done."""

import subprocess
from pathlib import Path

from stage import Stage

Run = subprocess.CompletedProcess[str]


def landed(stage: Stage, run: Run, *, at: Path | None = None) -> str:
    """The run is done and its commit is the remote's branch; the commit."""
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.rstrip().splitlines()[-1].startswith("done: "), run.stdout
    assert run.stderr == "", run.stderr
    tip = stage.git("rev-parse", "main", at=at or stage.remote)
    assert f"Commit {tip}" in run.stdout
    return tip


def failed(run: Run, *words: str) -> str:
    """Exit 3: one line that says all these words, a hint, the last line. Nothing more; the hint."""
    assert run.returncode == 3, run.stdout + run.stderr
    *notices, first, hint, last = run.stderr.splitlines()
    assert set(notices) <= {"another push to main is under way: waiting for it"}, run.stderr
    assert first.startswith("failed: "), run.stderr
    assert all(word in first for word in words), first
    assert hint.startswith("  hint: "), run.stderr
    assert last == "nothing was done"
    assert "s3cret" not in run.stdout + run.stderr
    return hint.removeprefix("  hint: ")


def state(stage: Stage) -> dict[str, object]:
    """Refs of the clone and of the remote, and locks: what a failed run leaves as it was."""
    places = (stage.repo, stage.remote)
    return {
        "refs": [stage.git("for-each-ref", at=place) for place in places],
        "status": stage.git("--no-optional-locks", "status", "--porcelain"),
        "locks": [str(lock) for place in places for lock in place.rglob("*.lock")],
    }
