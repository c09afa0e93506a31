"""A transition touches nothing of the user's: branches, index, stash, files and their times stay as they are."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage

from repo.acts import call, done


def fingerprint(stage: Stage, at: Path) -> dict[str, object]:
    """All that must not change; the tool's own refs and the remote-tracking ones may."""
    git_dir = Path(stage.git("rev-parse", "--absolute-git-dir", at=at))
    return {
        "head": stage.git("rev-parse", "--symbolic-full-name", "HEAD", at=at),
        "branches": stage.git("for-each-ref", "refs/heads", "refs/stash", "refs/tags", at=at),
        "index": (git_dir / "index").read_bytes(),
        "index time": (git_dir / "index").stat().st_mtime_ns,
        "status": stage.git("--no-optional-locks", "status", "--porcelain=v2", "--branch", at=at).replace("ab", ""),
        "stash": stage.git("stash", "list", at=at),
        "files": {
            path: (path.stat().st_mtime_ns, path.read_bytes())
            for path in at.rglob("*")
            if path.is_file() and ".git" not in path.parts
        },
        "locks": sorted(git_dir.rglob("*.lock")),
    }


def dirty(stage: Stage) -> Path:
    (stage.repo / "promote.yaml").write_text("not: yours\n")
    (stage.repo / "new file").write_text("untracked")
    (stage.repo / "environments/prod/environment.yaml").unlink()
    stage.git("add", "promote.yaml")
    return stage.repo


def other_branch(stage: Stage) -> Path:
    stage.git("checkout", "-q", "-b", "feature/other")
    (stage.repo / "notes.md").write_text("work in progress")
    stage.git("add", "-A")
    stage.git("stash", "-q")
    return stage.repo


def detached(stage: Stage) -> Path:
    stage.git("checkout", "-q", "--detach", "HEAD")
    return stage.repo


def worktree(stage: Stage) -> Path:
    stage.git("worktree", "add", "-q", "-b", "side", str(stage.root / "side"))
    return stage.root / "side"


PLACES = [dirty, other_branch, detached, worktree]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("call_of", "code"),
    [
        (("v1.0-fp16", "--to", "test", "--yes"), 0),
        (("v1.0-fp16", "--to", "test", "--no-push"), 0),
        (("v1.0-fp16", "--to", "test", "--dry-run"), 0),
        (("v1.4-int2-g64", "--to", "test", "--yes"), 1),
        (("v1.0-fp16", "--to", "nowhere", "--yes"), 2),
    ],
    ids=["pushed", "kept", "dry-run", "refused", "usage"],
)
def test_nothing_of_the_user_is_touched(
    stage: Stage, place: Callable[[Stage], Path], call_of: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = place(stage)
    before = fingerprint(stage, at)
    said = call(Stage(stage.root, stage.environment), *call_of, repo=at)
    assert said.code == code, said.out + said.err
    assert fingerprint(stage, at) == before


def test_a_lost_race_touches_nothing_either(stage: Stage) -> None:
    """The remote moves the same release while the push is under way: refused, and nothing is left behind."""
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    rival = stage.root / "rival"
    subprocess.run(["git", "clone", "-q", str(stage.remote), str(rival)], check=True)
    kept = call(stage, "v1.3-int4-g64", "--to", "test", "--no-push", "--json", repo=rival).json["commit"]
    stage.git("push", "-q", "origin", f"{kept}:refs/heads/rival", at=rival)
    hook = stage.remote / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        f"git update-ref refs/heads/main {kept}\n"
    )
    hook.chmod(0o755)
    at = dirty(stage)
    before = fingerprint(stage, at)
    said = call(stage, "v1.1-int8", "--to", "test", "--yes", "--json")
    assert (said.code, said.json["state"], said.codes) == (1, "refused", ["MP506"])
    assert fingerprint(stage, at) == before
    assert stage.git("rev-parse", "main", at=stage.remote) == kept
