"""What remotes refuse and networks lose: exit 3, one line that names remote and reason, a hint, nothing half-done."""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from stage import Stage

from modelpromote.adapters import git_command
from remotes.conftest import Call
from remotes.outcomes import failed, state
from remotes.smart_http import OWNER, READER, Forge

JOB = ("v1.0-fp16", "--to", "test", "--yes")
# as the forges say it; the last one in the bytes of another alphabet
FORGES = {
    "github": ["error: GH006: Protected branch update failed.", "error: Changes must be made through a pull request."],
    "gitlab": ["GitLab: You are not allowed to push code to protected branches on this project."],
    "gitea": ["", "Gitea: Not allowed to push to protected branch main"],
    "bitbucket": ["---------", "Branch refs/heads/main can only be modified through pull requests.", "---------"],
    "french": ["ERREUR : la branche « main » est protégée"],
    "german": ["Geschützter Zweig: Übertragung verweigert"],
    "chinese": ["受保护的分支:拒绝推送"],
}  # fmt: skip


def refuse(stage: Stage, *lines: str, encoding: str = "utf-8") -> None:
    """The remote's pre-receive hook says this, and refuses."""
    message = stage.remote / "message"
    message.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    hook = stage.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncat "$GIT_DIR/message" >&2\nexit 1\n')
    hook.chmod(0o755)


@pytest.mark.parametrize("forge_name", FORGES)
def test_a_protected_branch_is_told_in_the_forges_own_words(stage: Stage, promote: Call, forge_name: str) -> None:
    refuse(stage, *FORGES[forge_name])
    before = state(stage)
    run = promote(*JOB, env={"LC_ALL": "fr_FR.UTF-8", "LANGUAGE": "fr:de", "LANG": "de_DE.UTF-8"})
    words = [line for line in FORGES[forge_name] if line.strip("-")]
    hint = failed(run, "origin refused the push to main: [remote rejected]", *words)
    assert "----" not in run.stderr
    assert "via: {test: pr}" in hint
    assert state(stage) == before


def test_a_forge_that_speaks_no_utf8(stage: Stage, promote: Call) -> None:
    refuse(stage, "Zugriff verweigert: geschützt", encoding="latin-1")
    failed(promote(*JOB), "origin refused the push to main", "Zugriff verweigert: gesch\N{REPLACEMENT CHARACTER}tzt")


def test_a_protected_branch_over_http(stage: Stage, forge: Forge, promote: Call) -> None:
    refuse(stage, *FORGES["gitlab"])
    failed(promote(*JOB), "origin refused the push to main", *FORGES["gitlab"])


def no_credentials(stage: Stage, forge: Forge) -> str:
    return forge.url("remote.git", None)


def wrong_credentials(stage: Stage, forge: Forge) -> str:
    return forge.url("remote.git", (OWNER[0], "s3cret-but-wrong"))


def no_rights(stage: Stage, forge: Forge) -> str:
    return forge.url("remote.git", READER)


def not_there_over_http(stage: Stage, forge: Forge) -> str:
    return forge.url("nothing.git")


def not_there(stage: Stage, forge: Forge) -> str:
    return str(stage.root / "nothing.git")


def connection_refused(stage: Stage, forge: Forge) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://{OWNER[0]}:{OWNER[1]}@127.0.0.1:{free.getsockname()[1]}/remote.git"


def unknown_host(stage: Stage, forge: Forge) -> str:
    return "http://nowhere.invalid/remote.git"


def unknown_ssh_host(stage: Stage, forge: Forge) -> str:
    return "git@nowhere.invalid:zoo/remote.git"


FAULTS: list[tuple[Callable[[Stage, Forge], str], tuple[str, ...], str]] = [
    (no_credentials, ("cannot fetch main from origin", "could not read Username"), "credentials"),
    (wrong_credentials, ("cannot fetch main from origin", "Authentication failed"), "credentials"),
    (no_rights, ("origin refused the push to main", "not allowed to push to this project", "403"), "rights"),
    (not_there_over_http, ("cannot fetch main from origin", "not found", "could not be found"), "address"),
    (not_there, ("cannot fetch main from origin", "does not appear to be a git repository"), "address"),
    (connection_refused, ("cannot fetch main from origin", "Failed to connect"), "network"),
    (unknown_host, ("cannot fetch main from origin", "Could not resolve host"), "network"),
    (unknown_ssh_host, ("cannot fetch main from origin", "Could not resolve hostname"), "network"),
]


@pytest.mark.parametrize(("fault", "words", "way_out"), FAULTS, ids=[fault[0].__name__ for fault in FAULTS])
def test_one_line_and_a_way_out(
    stage: Stage,
    forge: Forge,
    promote: Call,
    fault: Callable[[Stage, Forge], str],
    words: tuple[str, ...],
    way_out: str,
) -> None:
    stage.git("remote", "set-url", "origin", fault(stage, forge))
    before, began = state(stage), time.monotonic()
    assert way_out in failed(promote(*JOB), *words)
    assert state(stage) == before
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("said", "words", "way_out"),
    [
        ("ERROR: Repository not found.", ("ERROR: Repository not found.",), "address"),
        ("git@git.example.com: Permission denied (publickey).", ("Permission denied (publickey).",), "ssh key"),
        ("Host key verification failed.", ("Host key verification failed.",), "host's key"),
        ("** WARNING: connection is not post-quantum.\nKex error", ("Kex error",), "ls-remote"),
    ],
)  # fmt: skip
def test_what_ssh_says_is_not_lost(
    stage: Stage, promote: Call, said: str, words: tuple[str, ...], way_out: str
) -> None:
    script = stage.root / "ssh"
    script.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    script.chmod(0o755)
    stage.git("remote", "set-url", "origin", "git@git.example.com:zoo/remote.git")
    run = promote(*JOB, env={"GIT_SSH_COMMAND": str(script)})
    assert way_out in failed(run, "cannot fetch main from origin", *words)
    assert "Could not read from remote" not in run.stderr


def test_a_window_that_asks_is_never_opened(stage: Stage, forge: Forge, promote: Call) -> None:
    """SSH_ASKPASS is what desktops set: git falls back to it even where terminals are forbidden."""
    stage.git("remote", "set-url", "origin", forge.url("remote.git", None))
    window = stage.root / "window"
    window.write_text(f"#!/bin/sh\ntouch {stage.root}/opened\nsleep 60\n")
    window.chmod(0o755)
    began = time.monotonic()
    failed(promote(*JOB, env={"SSH_ASKPASS": str(window), "DISPLAY": ":0"}), "could not read Username")
    assert time.monotonic() - began < 30
    assert not (stage.root / "opened").exists()


def test_a_branch_that_is_not_there(stage: Stage, promote: Call) -> None:
    stage.git("branch", "-m", "main", "other", at=stage.remote)
    assert "promote.yaml" in failed(promote(*JOB), "cannot fetch main from origin", "couldn't find remote ref")


def test_a_lock_that_somebody_left_on_the_remote(stage: Stage, promote: Call) -> None:
    (stage.remote / "refs/heads/main.lock").touch()
    began = time.monotonic()
    failed(promote(*JOB), "origin refused the push to main", "failed to update ref")
    assert time.monotonic() - began < 60


def move_the_branch(stage: Stage) -> None:
    """A commit of somebody else's on the remote's branch."""
    tip = stage.git("rev-parse", "main", at=stage.remote)
    other = stage.git("commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "Somebody else's", at=stage.remote)
    stage.git("update-ref", "refs/heads/main", other, at=stage.remote)


def test_a_lock_that_somebody_left_in_the_clone(stage: Stage, promote: Call) -> None:
    move_the_branch(stage)
    (stage.repo / ".git/refs/remotes/origin").mkdir(parents=True, exist_ok=True)
    (stage.repo / ".git/refs/remotes/origin/main.lock").touch()
    hint = failed(promote(*JOB), "cannot fetch main from origin", "cannot lock ref", "File exists")
    assert "remove the .lock file" in hint


def test_a_branch_that_is_gone_stands_in_the_way(stage: Stage, promote: Call) -> None:
    stage.git("update-ref", "-d", "refs/remotes/origin/main")
    stage.git("update-ref", "refs/remotes/origin/main/old", "HEAD")
    hint = failed(promote(*JOB), "cannot fetch main from origin", "cannot lock ref")
    assert hint.endswith("git remote prune origin")


# --- answers that never come ---


def test_a_push_whose_answer_is_lost_has_landed(stage: Stage, forge: Forge, promote: Call) -> None:
    """The connection breaks after the remote has taken the commit: it is found there, and that is said."""
    forge.behaviour.lose_answer = True
    run = promote(*JOB)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Commit {stage.git('rev-parse', 'main', at=stage.remote)}" in run.stdout
    assert run.stdout.splitlines()[-1] == "done: tiny-llama/v1.0-fp16 to test; pushed to origin/main"
    assert stage.git("rev-list", "--count", "main", at=stage.remote) == "2"


def test_a_push_after_which_the_network_is_gone(stage: Stage, forge: Forge, promote: Call) -> None:
    """Nobody can say whether it landed: that is said, and the same call again ends in the same commit once."""
    hook = stage.remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\nmv "$PWD" "$PWD/../gone.git"\n')
    hook.chmod(0o755)
    forge.behaviour.lose_answer = True
    run = promote(*JOB)
    assert run.returncode == 3
    assert "whether it landed cannot be asked" in run.stderr.splitlines()[0]
    assert "promote status" in run.stderr.splitlines()[1]
    assert run.stderr.splitlines()[-1] == "whether it was pushed is not known"
    (stage.root / "gone.git").rename(stage.remote)
    forge.behaviour.lose_answer = False
    hook.unlink()
    again = promote(*JOB)
    assert again.returncode == 0
    assert stage.git("rev-list", "--count", "main", at=stage.remote) == "2"
    assert again.stdout.startswith("already so: ")


def test_a_remote_that_never_answers_is_given_up(
    stage: Stage, forge: Forge, as_process: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, cli: Call
) -> None:
    monkeypatch.setattr(git_command, "PATIENCE", 1.0)
    forge.behaviour.silent = threading.Event()
    began = time.monotonic()
    said = cli(*JOB, "--repo", str(stage.repo))
    forge.behaviour.silent.set()
    assert said.code == 3
    assert said.err.splitlines()[0] == "failed: cannot fetch main from origin: fatal: git fetch got no answer in 1 s"
    assert "check the network" in said.err
    assert time.monotonic() - began < 30
    assert not children(os.getpid())


def children(process: int) -> list[str]:
    """The names of a process's children: none of git's is left. Threads and processes may end while they are read."""

    def told(path: Path) -> str:
        try:
            return path.read_text().strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""

    numbers = [child for task in Path(f"/proc/{process}/task").iterdir() for child in told(task / "children").split()]
    return [name for child in numbers if (name := told(Path(f"/proc/{child}/comm"))).startswith("git-r")]
