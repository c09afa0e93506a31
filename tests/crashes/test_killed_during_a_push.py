"""promote, advance and rollback, killed with their git while a push over smart HTTP is under way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stage import Stage

from crashes.places import check_git_is_content, check_no_lock, working_tree
from crashes.test_killed_transitions import AFTERWARDS, CALLS, branch
from remotes.smart_http import Forge, serve

# each kills the client and all its children while the remote is at this point; then the remote goes on, or does not
KILL = 'kill -9 "-$(cat "$GIT_DIR/client")"'
HOOKS = {
    "received, then refused": ("pre-receive", f"{KILL}\nexit 1", False),
    "received, then landed": ("pre-receive", KILL, True),
    "about to land": ("update", KILL, True),
    "landed": ("post-receive", KILL, True),
}


@pytest.fixture
def place(climbed_template: Stage, tmp_path: Path) -> Stage:
    return climbed_template.copy(tmp_path / "stage")


def run(stage: Stage, variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The CLI in a process group of its own, whose number the remote knows."""
    program = [sys.executable, "-m", "modelpromote", *arguments, "--repo", str(stage.repo)]
    with subprocess.Popen(
        program, env={**os.environ, **variables}, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as client:  # fmt: skip
        (stage.remote / "client").write_text(str(client.pid))
        out, err = client.communicate(timeout=120)
        return subprocess.CompletedProcess(program, client.returncode, out, err)


def wait_until_idle(forge: Forge, pushes: int) -> None:
    """The remote may still be at work on what a killed client has sent."""
    until = time.monotonic() + 30
    while forge.behaviour.pushes < pushes:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("moment", HOOKS)
@pytest.mark.parametrize("verb", CALLS)
def test_killed_while_the_remote_has_it(place: Stage, as_process: dict[str, str], verb: str, moment: str) -> None:
    hook, script, lands = HOOKS[moment]
    base, files = branch(place), working_tree(place)
    write_hook(place, hook, script)
    with serve(place.root) as forge:
        place.git("remote", "set-url", "origin", forge.url("remote.git"))
        assert run(place, as_process, *CALLS[verb]).returncode == -signal.SIGKILL
        wait_until_idle(forge, 1)
        (place.remote / "hooks" / hook).unlink()
        tip = branch(place)
        assert (tip != base) == lands
        check_no_lock(place)
        assert working_tree(place) == files
        again = run(place, as_process, *CALLS[verb])
    code, words = AFTERWARDS[verb] if lands else (0, "done: ")
    assert again.returncode == code, again.stdout + again.stderr
    assert words in again.stdout
    assert place.git("rev-list", "--count", f"{base}..main", at=place.remote) == "1"
    assert not lands or branch(place) == tip
    check_no_lock(place)
    check_git_is_content(place)


def write_hook(stage: Stage, name: str, script: str) -> None:
    hook = stage.remote / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["info/refs?service=git-receive-pack", "POST"], ids=["asking", "sending"])
def test_killed_before_the_remote_has_it(place: Stage, as_process: dict[str, str], words: str) -> None:
    """The remote kills the client when it asks, or sends, and carries nothing out."""
    base = branch(place)
    with serve(place.root) as forge:
        place.git("remote", "set-url", "origin", forge.url("remote.git"))

        def kill(request: str) -> bool:
            if words not in request or "receive-pack" not in request:
                return False
            os.killpg(int((place.remote / "client").read_text()), signal.SIGKILL)
            return True

        forge.behaviour.drop = kill
        assert run(place, as_process, *CALLS["promote"]).returncode == -signal.SIGKILL
        forge.behaviour.drop = lambda _: False
        assert (branch(place), forge.behaviour.pushes) == (base, 0)
        check_no_lock(place)
        again = run(place, as_process, *CALLS["promote"])
    assert again.returncode == 0, again.stderr
    assert place.git("rev-list", "--count", f"{base}..main", at=place.remote) == "1"


def test_the_hook_really_kills(place: Stage, as_process: dict[str, str]) -> None:
    """Without the hook the same call ends well: it is the hook that kills, not the test."""
    with serve(place.root) as forge:
        place.git("remote", "set-url", "origin", forge.url("remote.git"))
        assert run(place, as_process, *CALLS["promote"]).returncode == 0
