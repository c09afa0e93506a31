"""Author, committer and signature are as git is configured; without them nothing is committed, and that is said."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from stage import Stage

from remotes.conftest import Call
from remotes.outcomes import failed, landed, state

JOB = ("v1.0-fp16", "--to", "test", "--yes")
WHO = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")


def test_who_as_git_is_configured(stage: Stage, promote: Call) -> None:
    stage.git("config", "user.name", "Grace Höpper")
    stage.git("config", "user.email", "grace@example.com")
    commit = landed(stage, promote(*JOB, without=WHO))
    who = stage.git("log", "-1", "--format=%an <%ae> %cn <%ce>", commit, at=stage.remote)
    assert who == "Grace Höpper <grace@example.com> Grace Höpper <grace@example.com>"
    assert "Grace Höpper" in promote("history").stdout


def test_author_and_committer_may_differ(stage: Stage, promote: Call) -> None:
    who = {"GIT_AUTHOR_NAME": "Bob", "GIT_AUTHOR_EMAIL": "bob@example.com"}
    commit = landed(stage, promote(*JOB, env=who))
    assert stage.git("log", "-1", "--format=%an %cn", commit, at=stage.remote) == "Bob Ada"


@pytest.mark.parametrize("without", [WHO, WHO[:2]], ids=["nobody", "no author"])
def test_without_a_name_the_two_commands_are_told(stage: Stage, promote: Call, without: tuple[str, ...]) -> None:
    stage.git("config", "user.useConfigOnly", "true")
    before = state(stage)
    hint = failed(promote(*JOB, without=without, env={"HOME": str(stage.root)}), "git does not know who you are")
    assert 'git config --global user.email "you@example.com"' in hint
    assert 'git config --global user.name "Your Name"' in hint
    assert state(stage) == before


# --- signatures ---


@pytest.fixture
def ssh_key(stage: Stage) -> Path:
    """An ssh key that signs commits, and the signers that are trusted."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen on PATH")
    key = stage.root / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    signers = stage.root / "signers"
    signers.write_text(f"ada@example.com {key.with_suffix('.pub').read_text()}")
    for place in (stage.repo, stage.remote):
        stage.git("config", "gpg.format", "ssh", at=place)
        stage.git("config", "gpg.ssh.allowedSignersFile", str(signers), at=place)
    stage.git("config", "user.signingKey", str(key))
    stage.git("config", "commit.gpgSign", "true")
    return key


def test_signed_by_ssh(stage: Stage, promote: Call, ssh_key: Path) -> None:
    stage.git("config", "log.showSignature", "true")
    commits = [landed(stage, promote(*JOB)), landed(stage, promote("rollback", "--env", "test", "--yes"))]
    for commit in commits:
        stage.git("verify-commit", commit, at=stage.remote)
    assert promote("status").returncode == 0


def test_not_signed_where_git_says_no(stage: Stage, promote: Call, ssh_key: Path) -> None:
    stage.git("config", "commit.gpgSign", "false")
    commit = landed(stage, promote(*JOB))
    assert "gpgsig" not in stage.git("cat-file", "commit", commit, at=stage.remote)


@pytest.mark.parametrize(
    ("setting", "words", "way_out"),
    [
        (("user.signingKey", "/no/such/key"), ("cannot sign the commit",), "commit.gpgSign is on"),
        (("gpg.ssh.program", "no-such-program"), ("cannot sign the commit",), "commit.gpgSign is on"),
        (("commit.gpgSign", "perhaps"), ("commit.gpgSign",), "true or false"),
    ],
)
def test_a_signature_that_cannot_be_made(
    stage: Stage, promote: Call, ssh_key: Path, setting: tuple[str, str], words: tuple[str, ...], way_out: str
) -> None:
    stage.git("config", *setting)
    before = state(stage)
    assert way_out in failed(promote(*JOB), *words)
    assert state(stage) == before


@pytest.fixture
def gpg_home(stage: Stage) -> Mapping[str, str]:
    """A gpg key without a passphrase, in a home of its own."""
    if shutil.which("gpg") is None:
        pytest.skip("no gpg on PATH")
    home = Path(tempfile.mkdtemp())  # not tmp_path: the agent's socket needs a short one
    found = {"GNUPGHOME": str(home)}
    make = [
        "gpg",
        "--batch",
        "-q",
        "--passphrase",
        "",
        "--quick-gen-key",
        "Ada <ada@example.com>",
        "ed25519",
        "sign",
        "0",
    ]
    subprocess.run(make, env={**os.environ, **found}, check=True, capture_output=True)
    stage.git("config", "user.signingKey", "ada@example.com")
    stage.git("config", "commit.gpgSign", "true")
    return found


def test_signed_by_gpg(stage: Stage, promote: Call, gpg_home: Mapping[str, str]) -> None:
    try:
        commit = landed(stage, promote(*JOB, env=gpg_home))
        checked = subprocess.run(
            ["git", "verify-commit", "--raw", commit], cwd=stage.remote, env={**os.environ, **gpg_home},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "GOODSIG" in checked.stderr
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, **gpg_home}, check=False)
        shutil.rmtree(gpg_home["GNUPGHOME"], ignore_errors=True)
