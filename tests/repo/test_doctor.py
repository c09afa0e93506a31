"""`promote doctor`: every fault by its name, with a way out; nothing written, nothing run, nothing waited for long."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stage import Stage

from modelpromote.workflows import doctor_machine, doctor_repository

Cli = Callable[..., Any]
GIT = shutil.which("git")


def doctor(cli: Cli, folder: Path, *arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and each check by its name."""
    said = cli("doctor", "--json", "--repo", str(folder), *arguments)
    document = json.loads(said.out)
    assert document["ok"] is (said.code == 0)
    assert document["summary"].endswith("nothing was written")
    return said.code, {check["name"]: check for check in document["checks"]}


def program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of this name before all others on PATH."""
    folder.mkdir(exist_ok=True)
    place = folder / name
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def only(folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """A PATH that has these programs and no others."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))


def contents(stage: Stage) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in stage.root.rglob("*") if path.is_file()}


def test_a_sound_clone_is_ready_and_nothing_is_written(stage: Stage, cli: Cli) -> None:
    hook = stage.repo / ".git" / "hooks" / "pre-push"
    hook.write_text(f"#!/bin/sh\ntouch {stage.root}/ran\n")
    hook.chmod(0o755)
    before = contents(stage)
    said = cli("doctor", "--repo", str(stage.repo))
    assert said.code == 0, said.out
    assert said.last.startswith("ready: 17 checks, ")
    assert contents(stage) == before
    code, checks = doctor(cli, stage.repo)
    assert code == 0
    assert checks["promote.yaml"]["found"] == "environments test, staging, prod"
    assert checks["deployed branch"]["found"] == f"main at {stage.git('rev-parse', 'HEAD')[:10]}"
    assert {check["state"] for check in checks.values()} <= {"ok", "note"}
    assert all(check["remedy"] for check in checks.values() if check["state"] == "fault")


def test_outside_of_a_repository(tmp_path: Path, cli: Cli) -> None:
    code, checks = doctor(cli, tmp_path)
    assert code == 1
    assert checks["repository"]["state"] == "fault"
    assert "promote init" in checks["repository"]["remedy"]
    assert "remote" not in checks


def test_without_git(stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tmp_path / "bin", monkeypatch, "sh")
    code, checks = doctor(cli, stage.repo)
    assert code == 1
    assert checks["git"]["found"] == "is not on PATH"
    assert checks["kustomize"]["state"] == "note"


def test_an_old_git(stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f'[ "$1" = --version ] && echo "git version 2.17.1" && exit\nexec {GIT} "$@"'
    program(tmp_path / "bin", "git", script, monkeypatch)
    code, checks = doctor(cli, stage.repo)
    assert (code, checks["git"]["found"]) == (1, "2.17.1 is too old")


@pytest.mark.parametrize(
    ("said", "state", "found"),
    [
        ("v5.4.3", "fault", "5.4.3 ("),
        ("v5.5.0", "ok", "5.5.0 ("),
        ("{Version:kustomize/v4.5.7 GitCommit:56d82a8}", "fault", "4.5.7 ("),
        ("v5.9.0", "note", "5.9.0 ("),
        ("(devel)", "note", ""),
    ],
)
def test_versions_of_kustomize(
    stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, state: str, found: str
) -> None:
    program(tmp_path / "bin", "kustomize", f"echo '{said}'", monkeypatch)
    code, checks = doctor(cli, stage.repo)
    assert checks["kustomize"]["state"] == state
    assert checks["kustomize"]["found"].startswith(found)
    assert code == (1 if state == "fault" else 0)


def test_kubectl_says_its_own_version_first(
    stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(tmp_path / "bin", monkeypatch, "git", "sh")
    program(
        tmp_path / "bin", "kubectl", "echo 'Client Version: v1.32.0'; echo 'Kustomize Version: v5.5.0'", monkeypatch
    )
    assert doctor(cli, stage.repo)[1]["kustomize"]["found"].startswith("5.5.0 (")


def test_nobody_commits(stage: Stage, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    stage.git("config", "user.useConfigOnly", "true")
    code, checks = doctor(cli, stage.repo)
    assert (code, checks["identity"]["found"]) == (1, "git does not know who you are")
    assert "git config --global user.email" in checks["identity"]["remedy"]


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen on PATH")
def test_signing_is_tried_and_leaves_no_object(stage: Stage, cli: Cli, tmp_path: Path) -> None:
    stage.git("config", "commit.gpgSign", "true")
    stage.git("config", "gpg.format", "ssh")
    stage.git("config", "user.signingKey", str(tmp_path / "key"))
    code, checks = doctor(cli, stage.repo)
    assert code == 1
    assert checks["signing"]["found"].startswith("a commit cannot be signed: ")
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    before = contents(stage)
    code, checks = doctor(cli, stage.repo)
    assert (code, checks["signing"]["found"]) == (0, "works")
    assert contents(stage) == before


def test_a_shallow_clone_and_a_partial_one(stage: Stage, cli: Cli) -> None:
    stage.git("commit", "-q", "--allow-empty", "-m", "Second")
    stage.git("push", "-q", "origin", "HEAD:main")
    stage.git("-C", str(stage.remote), "config", "uploadpack.allowFilter", "true")
    url = f"file://{stage.remote}"
    stage.git("clone", "-q", "--depth", "1", url, str(stage.root / "shallow"))
    code, checks = doctor(cli, stage.root / "shallow")
    assert (code, checks["history"]["found"]) == (1, "this clone is shallow")
    assert checks["history"]["remedy"] == "run: git fetch --unshallow origin"
    stage.git("clone", "-q", "--filter=blob:none", url, str(stage.root / "partial"))
    code, checks = doctor(cli, stage.root / "partial")
    assert (code, checks["history"]["state"]) == (0, "note")
    assert "partial clone (blob:none)" in checks["history"]["found"]


def test_an_unreadable_policy(stage: Stage, cli: Cli) -> None:
    (stage.repo / "promote.yaml").write_text("kind: Repository\n")
    code, checks = doctor(cli, stage.repo)
    assert code == 1
    assert checks["promote.yaml"]["found"].startswith("promote.yaml:1:")
    assert checks["deployed branch"]["state"] == "fault"


def test_stale_schemas_are_a_note(stage: Stage, cli: Cli) -> None:
    assert doctor(cli, stage.repo)[1]["schemas"]["found"].startswith("not there: ")
    (stage.repo / "schemas").mkdir()
    (stage.repo / "schemas" / "variant.schema.json").write_text("{}")
    code, checks = doctor(cli, stage.repo)
    assert (code, checks["schemas"]["found"]) == (0, "out of date: variant.schema.json")


@pytest.mark.parametrize("name", ["nowhere", "--upload-pack=touch ran;"])
def test_a_remote_that_there_is_not(stage: Stage, cli: Cli, name: str) -> None:
    code, checks = doctor(cli, stage.repo, f"--remote={name}")
    assert (code, checks["remote"]["found"]) == (1, f"there is no remote {name!r}")
    assert not (stage.repo / "ran").exists()
    assert "push" not in checks


def test_a_remote_that_has_gone(stage: Stage, cli: Cli) -> None:
    shutil.rmtree(stage.remote)
    code, checks = doctor(cli, stage.repo)
    assert code == 1
    assert {"remote", "deployed branch", "push"} == {n for n, check in checks.items() if check["state"] == "fault"}


def test_the_branch_is_not_there(stage: Stage, cli: Cli) -> None:
    policy = stage.repo / "promote.yaml"
    policy.write_text(policy.read_text("utf-8").replace("branch: main", "branch: live"), "utf-8")
    code, checks = doctor(cli, stage.repo)
    assert (code, checks["deployed branch"]["found"]) == (1, "origin has no branch live")
    assert "git push -u origin HEAD:live" in checks["deployed branch"]["remedy"]


def test_who_may_not_push(stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = 'echo "remote: Permission to a denied to eve." >&2; exit 128'
    script = f'case " $* " in *" push "*) {refusal};; esac\nexec {GIT} "$@"'
    program(tmp_path / "bin", "git", script, monkeypatch)
    code, checks = doctor(cli, stage.repo)
    assert code == 1
    assert checks["push"]["found"] == "origin: Permission to a denied to eve."


def test_before_the_first_commit(stage: Stage, cli: Cli, tmp_path: Path) -> None:
    assert (
        cli("init", str(tmp_path / "new"), "--repo-url", "https://git.example.com/a.git", "--gateway", "none").code == 0
    )
    stage.git("-C", str(tmp_path / "new"), "remote", "add", "origin", str(stage.remote))
    code, checks = doctor(cli, tmp_path / "new")
    assert (code, checks["push"]["state"]) == (0, "note")


@pytest.mark.slow
def test_what_hangs_is_cut_off_with_all_that_it_started(
    stage: Stage, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_repository, "REMOTE", 1.0)
    monkeypatch.setattr(doctor_machine, "LOCAL", 3.0)
    waits = f"(sleep 6; touch {tmp_path}/survived) & wait"
    script = f'case " $* " in *" ls-remote "*|*" push "*) {waits};; esac\nexec {GIT} "$@"'
    program(tmp_path / "bin", "git", script, monkeypatch)
    program(tmp_path / "bin", "kustomize", "sleep 60", monkeypatch)
    start = time.monotonic()
    code, checks = doctor(cli, stage.repo)
    assert time.monotonic() - start < 30
    assert code == 1
    assert checks["remote"]["found"] == "origin: no answer in 1 s"
    assert checks["push"]["found"] == "origin: no answer in 1 s"
    assert checks["kustomize"]["found"].endswith("did not answer in 3 s")
    assert checks["git"]["state"] == "ok"
    time.sleep(max(0.0, start + 8 - time.monotonic()))
    assert not (tmp_path / "survived").exists()
