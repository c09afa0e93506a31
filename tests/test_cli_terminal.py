"""The command line in a terminal and in a pipe: colour, the question before a push, a reader that goes away."""

import os
import pty
import subprocess
import sys
from typing import Any

from stage import Stage

ESCAPE = "\x1b["


def in_a_terminal(stage: Stage, environment: dict[str, str], *arguments: str) -> str:
    """What a terminal shows of a call."""
    ours, theirs = pty.openpty()
    found = {**os.environ, "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "modelpromote", *arguments]
    with subprocess.Popen(command, cwd=stage.repo, env=found, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return shown.decode()


def test_a_terminal_has_colour_unless_it_is_told_not_to(stage: Stage, as_process: dict[str, str]) -> None:
    (stage.repo / "promote.yaml").unlink()
    assert ESCAPE in in_a_terminal(stage, as_process, "validate")
    plain = in_a_terminal(stage, {**as_process, "NO_COLOR": "1"}, "validate")
    assert "\x1b[31m" not in plain
    assert "\x1b[1;31m" not in plain
    assert "error[MP011]" in plain


def test_a_pipe_has_no_colour(stage: Stage, process: Any) -> None:
    (stage.repo / "promote.yaml").unlink()
    done = process(stage.repo, "validate")
    assert ESCAPE not in done.stdout + done.stderr
    assert "error[MP011]" in done.stdout


def test_a_pipe_that_is_closed_early_is_no_bug(stage: Stage, as_process: dict[str, str]) -> None:
    found = {**os.environ, **as_process}
    command = [sys.executable, "-m", "modelpromote", "rules"]
    with subprocess.Popen(
        command, cwd=stage.repo, env=found, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_the_answer_no_writes_nothing(stage: Stage, process: Any) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"n\n")
        done = process(stage.repo, "v1.0-fp16", "--to", "test", stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 1
    assert "Push this promotion? [y/N]:" in done.stderr
    assert done.stdout.splitlines()[-1].strip() == "not confirmed: nothing was written"
    assert stage.git("for-each-ref", "refs/modelpromote") == ""
