"""The whole job over every kind of remote: paths, file, smart HTTP, and ssh through a command of the user's."""

import os
from pathlib import Path

import pytest
from stage import Stage

from remotes.conftest import Call
from remotes.outcomes import landed
from remotes.smart_http import OWNER, Forge

JOB = ("v1.0-fp16", "--to", "test", "--yes")
SSH = """#!/bin/sh
# stands in for ssh: the last argument is the command for the other side; every call is noted
echo "$@" >> "$SSH_NOTES"
for command; do :; done
exec sh -c "$command"
"""


def test_a_plain_path(stage: Stage, promote: Call) -> None:
    landed(stage, promote(*JOB))


def test_a_relative_path(stage: Stage, promote: Call) -> None:
    stage.git("remote", "set-url", "origin", "../remote.git")
    (stage.repo / "models").mkdir(exist_ok=True)
    landed(stage, promote(*JOB, at=stage.repo / "models"))


def test_a_file_url(stage: Stage, promote: Call) -> None:
    stage.git("remote", "set-url", "origin", f"file://{stage.remote}")
    landed(stage, promote(*JOB))


def test_smart_http_with_the_credentials_in_the_address(stage: Stage, forge: Forge, promote: Call) -> None:
    run = promote(*JOB)
    landed(stage, run)
    assert forge.behaviour.pushes == 1
    assert OWNER[1] not in run.stdout


def test_smart_http_with_a_credential_helper(stage: Stage, forge: Forge, promote: Call) -> None:
    stage.git("remote", "set-url", "origin", forge.url("remote.git", None))
    stage.git("config", "credential.helper", f"!f() {{ echo username={OWNER[0]}; echo password={OWNER[1]}; }}; f")
    landed(stage, promote(*JOB))


def test_smart_http_with_what_ci_answers(stage: Stage, forge: Forge, promote: Call) -> None:
    stage.git("remote", "set-url", "origin", forge.url("remote.git", None))
    answer = stage.root / "answer"
    answer.write_text(f"#!/bin/sh\ncase $1 in Username*) echo {OWNER[0]};; *) echo {OWNER[1]};; esac\n")
    answer.chmod(0o755)
    landed(stage, promote(*JOB, env={"GIT_ASKPASS": str(answer)}))


@pytest.fixture
def ssh(stage: Stage) -> dict[str, str]:
    """A stand-in for ssh, and the file in which it notes its calls."""
    script = stage.root / "ssh"
    script.write_text(SSH)
    script.chmod(0o755)
    stage.git("remote", "set-url", "origin", f"git.example.com:{stage.remote}")
    return {"SSH_NOTES": str(stage.root / "notes"), "PATH": f"{stage.root}{os.pathsep}{os.environ['PATH']}"}


def test_ssh_by_a_command_of_the_users(stage: Stage, promote: Call, ssh: dict[str, str]) -> None:
    landed(stage, promote(*JOB, env={**ssh, "GIT_SSH_COMMAND": f"{stage.root}/ssh -o Mine=yes"}))
    notes = Path(ssh["SSH_NOTES"]).read_text().splitlines()
    assert [note.split()[-2] for note in notes] == ["git-upload-pack", "git-receive-pack"]
    assert all("-o Mine=yes" in note and "BatchMode" not in note for note in notes)


def test_ssh_by_core_ssh_command(stage: Stage, promote: Call, ssh: dict[str, str]) -> None:
    stage.git("config", "core.sshCommand", f"{stage.root}/ssh -o Mine=yes")
    landed(stage, promote(*JOB, env=ssh))
    assert "BatchMode" not in Path(ssh["SSH_NOTES"]).read_text()


def test_an_ssh_of_ours_never_asks(stage: Stage, promote: Call, ssh: dict[str, str]) -> None:
    landed(stage, promote(*JOB, env=ssh))
    notes = Path(ssh["SSH_NOTES"]).read_text().splitlines()
    assert len(notes) == 2
    assert all("-o BatchMode=yes" in note and "-o ConnectTimeout=30" in note for note in notes)


def test_another_remote_than_origin(stage: Stage, promote: Call) -> None:
    stage.git("remote", "rename", "origin", "upstream")
    landed(stage, promote(*JOB, "--remote", "upstream"))


def test_the_interpreter_warns_of_nothing(stage: Stage, promote: Call) -> None:
    """`promote` runs with -X dev -W error: an open file or a child that nobody waited for would be seen."""
    run = promote("status", "--json")
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
