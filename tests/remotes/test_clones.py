"""Clones of every kind: partial, sparse, shallow, bare, with submodules, worktrees, other branches, odd files."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from stage import Stage

from remotes.conftest import Call
from remotes.outcomes import failed, landed
from remotes.smart_http import Forge

JOB = ("v1.0-fp16", "--to", "test", "--yes")


def clone(stage: Stage, *options: str, url: str = "") -> Path:
    """Another clone of the remote."""
    place = stage.root / "clone"
    stage.git("clone", "-q", *options, url or f"file://{stage.remote}", str(place), at=stage.root)
    return place


def blobs(stage: Stage, at: Path) -> int:
    """How many blobs a clone has."""
    told = stage.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)", at=at)
    return told.split().count("blob")


def test_a_partial_clone(stage: Stage, promote: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blobs are fetched when they are read; those of other variants and environments never."""
    stage.git("config", "uploadpack.allowFilter", "true", at=stage.remote)
    stage.git("config", "uploadpack.allowAnySHA1InWant", "true", at=stage.remote)
    place = clone(stage, "--filter=blob:none", "--no-checkout")
    assert blobs(stage, place) == 0
    monkeypatch.setenv("GIT_TRACE", str(stage.root / "trace"))
    landed(stage, promote(*JOB, at=place))
    monkeypatch.delenv("GIT_TRACE")
    trips = (stage.root / "trace").read_text().count("built-in: git fetch")
    assert trips <= 12, f"{trips} fetches: what is read together is to be asked for together"
    assert 0 < blobs(stage, place) < blobs(stage, stage.repo) / 2
    assert promote("status", at=place).returncode == 0
    landed(stage, promote("rollback", "--env", "test", "--yes", at=place))


def test_a_partial_clone_that_cannot_reach_its_remote(stage: Stage, promote: Call) -> None:
    stage.git("config", "uploadpack.allowFilter", "true", at=stage.remote)
    place = clone(stage, "--filter=blob:none", "--no-checkout")
    stage.remote.rename(stage.root / "away.git")
    run = promote("status", "--offline", at=place)
    assert "this clone is partial" in failed(
        run, "git cannot read the object", "does not appear to be a git repository"
    )


def test_a_sparse_clone(stage: Stage, promote: Call) -> None:
    place = clone(stage, "--sparse")
    stage.git("sparse-checkout", "set", "environments/prod", at=place)
    assert not (place / "models").exists()
    landed(stage, promote(*JOB, at=place))
    assert not (place / "models").exists()
    assert stage.git("status", "--porcelain", at=place) == ""


@pytest.mark.parametrize("verb", [("validate",), ("render", "--check"), ("render",)])
def test_what_a_sparse_clone_leaves_out_is_not_taken_for_missing(
    stage: Stage, promote: Call, verb: tuple[str, ...]
) -> None:
    place = clone(stage, "--sparse")
    stage.git("sparse-checkout", "set", "environments/prod", at=place)
    hint = failed(promote(*verb, at=place), "this checkout is sparse")
    assert hint.startswith("run: git sparse-checkout add models environments argocd")
    stage.git("sparse-checkout", "add", "models", "environments", "argocd", at=place)
    assert promote(*verb, at=place).returncode == 0


@pytest.mark.parametrize("verb", [JOB, ("status",), ("history",), ("rollback", "--env", "test", "--yes")])
def test_a_shallow_clone(stage: Stage, promote: Call, verb: tuple[str, ...]) -> None:
    stage.git("commit", "-q", "--allow-empty", "-m", "Another")
    stage.git("push", "-q", "origin", "HEAD:main")
    place = clone(stage, "--depth", "1")
    before = stage.git("for-each-ref", at=place)
    hint = failed(promote(*verb, at=place), "this clone is shallow")
    assert hint == "run: git fetch --unshallow"
    assert stage.git("for-each-ref", at=place) == before
    stage.git("fetch", "-q", "--unshallow", at=place)
    assert promote("status", at=place).returncode == 0


def test_a_submodule_elsewhere_in_the_repository(stage: Stage, promote: Call) -> None:
    other = stage.root / "other"
    stage.git("init", "-q", "-b", "main", str(other), at=stage.root)
    stage.git("commit", "-q", "--allow-empty", "-m", "Other", at=other)
    stage.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor/other")
    stage.publish("Add a submodule")
    for setting in ("push.recurseSubmodules=on-demand", "submodule.recurse=true", "fetch.recurseSubmodules=true"):
        stage.git("config", *setting.split("="))
    link = stage.git("rev-parse", "HEAD:vendor/other")
    landed(stage, promote(*JOB))
    assert stage.git("rev-parse", "main:vendor/other", at=stage.remote) == link
    assert promote(*JOB, at=stage.repo / "vendor").returncode == 0


def test_a_linked_worktree_on_another_branch(stage: Stage, promote: Call) -> None:
    stage.git("worktree", "add", "-q", "-b", "side", str(stage.root / "side"))
    landed(stage, promote(*JOB, at=stage.root / "side"))
    assert promote("render", at=stage.root / "side").returncode == 0
    assert stage.git("status", "--porcelain", at=stage.root / "side") == ""


def test_a_detached_head_of_long_ago(stage: Stage, promote: Call) -> None:
    stage.git("checkout", "-q", "--detach")
    landed(stage, promote(*JOB))
    again = promote(*JOB)
    assert (again.returncode, again.stdout[:10]) == (0, "already so")


@pytest.mark.parametrize("kind", ["--bare", "--mirror"])
def test_a_bare_clone(stage: Stage, promote: Call, kind: str) -> None:
    """A mirror refuses to push one branch unless it is told to."""
    place = clone(stage, kind)
    landed(stage, promote(*JOB, at=place))
    status = promote("status", "--json", at=place)
    assert (status.returncode, status.stderr) == (0, "")
    assert '"variant": "v1.0-fp16"' in status.stdout
    assert "v1.0-fp16" in promote("history", at=place).stdout
    assert list(place.glob("*.yaml")) == []


@pytest.mark.parametrize(
    "verb", [("render",), ("validate",), ("evidence", "add", "v1.0-fp16", "."), ("retire", "v1.4-int2-g64")]
)
def test_a_bare_clone_has_no_working_tree(stage: Stage, promote: Call, verb: tuple[str, ...]) -> None:
    place = clone(stage, "--bare")
    assert "clone" in failed(promote(*verb, at=place), "is bare: it has no working tree")


def test_no_origin_head_and_a_branch_of_another_name(stage: Stage, promote: Call) -> None:
    policy = stage.repo / "promote.yaml"
    policy.write_text(policy.read_text("utf-8").replace("branch: main ", "branch: deploy "), "utf-8")
    stage.git("branch", "-m", "main", "deploy", at=stage.remote)
    stage.git("checkout", "-q", "-b", "deploy")
    stage.git("commit", "-q", "-am", "Deploy from deploy")
    stage.git("push", "-q", "origin", "deploy")
    place = clone(stage)
    stage.git("remote", "set-head", "origin", "--delete", at=place)
    run = promote(*JOB, at=place)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1].endswith("pushed to origin/deploy")


def test_who_owns_the_repository(stage: Stage, promote: Call) -> None:
    """git can be told to take every owner for another one; its own way out is passed on."""
    run = promote(*JOB, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    hint = failed(run, "detected dubious ownership in repository")
    assert hint == f"if you trust it, run: git config --global --add safe.directory {stage.repo}"


def test_names_with_spaces_and_other_alphabets(stage: Stage, promote: Call) -> None:
    odd = {"a file with spaces.txt", "modèles/ключ 键.md", "environments/prod/extra/ü\tb.yaml", "models/.keep", "-dash"}
    for name in odd:
        (stage.repo / name).parent.mkdir(parents=True, exist_ok=True)
        (stage.repo / name).write_text("kind: none\n")
    raw = bytes(stage.repo / "modèles") + b"/not-utf8-\xff.txt"
    Path(raw.decode(errors="surrogateescape")).write_text("x")
    stage.publish("Odd names")
    before = untouched(stage)
    landed(stage, promote(*JOB))
    stage.pull()
    assert stage.git("status", "--porcelain") == ""
    assert untouched(stage) == before


def untouched(stage: Stage) -> list[str]:
    """What the commit has outside of the decisions in test."""
    return [line for line in stage.git("ls-tree", "-r", "HEAD").splitlines() if "environments/test/" not in line]


@pytest.mark.parametrize("when", ["1970-01-02T00:00:00Z", "2037-12-31T00:00:00Z", "@253402300799 +0000"])
def test_very_old_and_very_young_commits(stage: Stage, promote: Call, when: str) -> None:
    stage.git("commit", "-q", "--amend", "--no-edit", when=when)
    stage.git("push", "-q", "--force", "origin", "HEAD:main")
    landed(stage, promote(*JOB))
    assert promote("status", at=stage.repo).returncode == 0


SETTINGS: list[Mapping[str, str]] = [
    {"log.showSignature": "true", "log.showRoot": "false", "diff.relative": "true", "diff.renames": "copies"},
    {"color.ui": "always", "core.quotePath": "true", "push.default": "nothing", "push.followTags": "true"},
    {"fetch.prune": "true", "fetch.pruneTags": "true", "remote.origin.tagOpt": "--tags", "remote.origin.prune": "true"},
    {"i18n.logOutputEncoding": "latin1", "i18n.commitEncoding": "latin1", "push.gpgSign": "if-asked"},
    {"fetch.writeCommitGraph": "true", "gc.auto": "1", "transfer.fsckObjects": "true", "core.autocrlf": "true"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=[next(iter(settings)) for settings in SETTINGS])
def test_the_users_settings_change_nothing(stage: Stage, promote: Call, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        stage.git("config", name, value)
    stage.git("tag", "-a", "-m", "mine", "mine")
    run = promote(*JOB, env={"GIT_LITERAL_PATHSPECS": "1"})
    commit = landed(stage, run)
    assert "\x1b" not in run.stdout
    assert stage.git("tag", at=stage.remote) == ""
    assert stage.git("tag") == "mine"
    assert "encoding" not in stage.git("cat-file", "commit", commit, at=stage.remote)
    landed(stage, promote("rollback", "--env", "test", "--yes"))


def test_variables_that_git_sets_for_hooks(stage: Stage, promote: Call) -> None:
    other = stage.root / "other"
    stage.git("init", "-q", str(other), at=stage.root)
    led = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git/objects"),
        "GIT_PREFIX": "models/",
    }
    landed(stage, promote(*JOB, env=led))
    assert [path.name for path in other.iterdir()] == [".git"]


def test_a_repository_with_sha256(stage: Stage, promote: Call) -> None:
    other = stage.root / "other"
    stage.git("init", "-q", "-b", "main", "--object-format=sha256", str(other), at=stage.root)
    shutil.copy(stage.repo / "promote.yaml", other)
    stage.git("add", "-A", at=other)
    stage.git("commit", "-q", "-m", "One", at=other)
    failed(promote("status", "--offline", at=other), "object format is sha256")


def test_a_forge_with_only_the_old_protocol(stage: Stage, forge: Forge, promote: Call) -> None:
    stage.git("config", "protocol.version", "0")
    landed(stage, promote(*JOB))
