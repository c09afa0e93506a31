"""The command line as a person and a script meet it: exit codes, last lines, one JSON document for each state."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stage import Stage

from modelpromote.commands import status

Cli = Callable[..., Any]


def at(stage: Stage, *arguments: str) -> list[str]:
    return [*arguments, "--repo", str(stage.repo)]


def one_json(text: str) -> Any:
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


@pytest.fixture
def two_models(stage: Stage, cli: Cli) -> Stage:
    """The zoo, and a second model with a variant of the same short name."""
    source = stage.repo / "models" / "tiny-llama" / "v1.0-fp16" / "variant.yaml"
    target = stage.repo / "models" / "tiny-qwen" / "v1.0-fp16" / "variant.yaml"
    target.parent.mkdir(parents=True)
    target.write_text(source.read_text("utf-8").replace("model: tiny-llama", "model: tiny-qwen"), "utf-8")
    assert cli(*at(stage, "render")).code == 0
    stage.publish("Add tiny-qwen")
    return stage


# --- exit code 2: the call cannot be carried out as it was written ---


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["v1.0-fp16", "--to", "prd", "--yes"], ["there is no environment 'prd'", "did you mean prod?"]),
        (["v1.0-fp16", "--to", "moon", "--yes"], ["there is no environment 'moon'", "one of: test, staging, prod"]),
        (["advance", "--env", "stagin", "--yes"], ["there is no environment 'stagin'", "did you mean staging?"]),
        (["v1.0", "--to", "test", "--yes"], ["'v1.0' is not", "name it v1.3-int4-g64, MODEL/v1.3-int4-g64"]),
        (["v1.0-fp16", "--to", "test"], ["there is no terminal to ask", "add --yes, --no-push or --dry-run"]),
        (["advance", "--env", "prod"], ["there is no terminal to ask", "add --yes, --no-push or --dry-run"]),
        (["rollback", "--env", "prod"], ["there is no terminal to ask", "add --yes, --no-push or --dry-run"]),
    ],
)
def test_usage_says_what_would_do(stage: Stage, cli: Cli, arguments: list[str], says: list[str]) -> None:
    said = cli(*at(stage, *arguments))
    assert (said.code, said.out) == (2, "")
    assert all(text in said.err for text in says), said.err
    assert said.err.endswith("nothing was done\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["v1.0-fp16", "--yes"], "Missing option '--to'"),
        (["promote", "--to", "test"], "Missing argument 'VARIANT'"),
        (["status", "--bogus"], "No such option '--bogus'"),
        (["advance"], "Missing option '--env'"),
        (["rules", "MP999"], "there is no rule 'MP999'"),
        (["evidence", "ad"], "No such command 'ad'"),
        ([], "Usage: promote VARIANT --to ENV | VERB ..."),
    ],
)
def test_a_call_that_is_not_one(cli: Cli, arguments: list[str], says: str) -> None:
    said = cli(*arguments)
    assert (said.code, said.out) == (2, "")
    assert says in said.err


@pytest.mark.parametrize("arguments", [["v1.0-fp16", "--to", "test"], ["advance", "--env", "prod"]])
def test_what_could_be_one_of_several_is_asked_for(two_models: Stage, cli: Cli, arguments: list[str]) -> None:
    said = cli(*at(two_models, *arguments, "--yes"))
    assert (said.code, said.out) == (2, "")
    assert "tiny-llama" in said.err
    assert "tiny-qwen" in said.err


@pytest.mark.parametrize("name", ["tiny-llama/v1.0-fp16", "tiny-llama-v1.0-fp16"])
def test_a_name_with_its_model_is_never_ambiguous(two_models: Stage, cli: Cli, name: str) -> None:
    said = cli(*at(two_models, name, "--to", "test", "--dry-run"))
    assert said.code == 0, said.out + said.err
    assert said.last == "dry run: it would be allowed; nothing was written"


# --- exit code 3: the world did not answer ---

READING = [
    ["v1.0-fp16", "--to", "test", "--yes"],
    ["advance", "--env", "prod", "--yes"],
    ["rollback", "--env", "prod", "--yes"],
    ["status"],
    ["history"],
]
LOCAL = [["validate"], ["render"], ["evidence", "add", "v1.0-fp16", "."]]


def failed(said: Any, *says: str) -> None:
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("failed: ")
    assert all(text in said.err for text in says), said.err
    assert "  hint: " in said.err
    assert said.err.endswith("nothing was done\n")


@pytest.mark.parametrize("arguments", [*READING, *LOCAL], ids=lambda arguments: arguments[0])
def test_outside_of_a_git_repository(tmp_path: Path, cli: Cli, arguments: list[str]) -> None:
    failed(cli(*arguments, "--repo", str(tmp_path)), "is not in a git repository", "name one with --repo")


@pytest.mark.parametrize("arguments", [*READING, *LOCAL], ids=lambda arguments: arguments[0])
def test_without_git(
    stage: Stage, cli: Cli, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    failed(cli(*at(stage, *arguments)), "git was not found", "install git, or put it on PATH")


@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: arguments[0])
def test_without_a_remote(stage: Stage, cli: Cli, arguments: list[str]) -> None:
    stage.git("remote", "remove", "origin")
    failed(cli(*at(stage, *arguments)), "there is no remote 'origin' (there is: none)", "--remote")


def test_with_a_remote_that_is_not_known(stage: Stage, cli: Cli) -> None:
    said = cli(*at(stage, "status", "--remote", "nowhere"))
    failed(said, "there is no remote 'nowhere' (there is: origin)", "--remote")


def test_with_a_remote_that_does_not_answer(stage: Stage, cli: Cli) -> None:
    stage.remote.rename(stage.root / "moved.git")
    failed(cli(*at(stage, "status")), "cannot fetch main from origin", "git ls-remote origin main")


@pytest.mark.parametrize("arguments", [*READING, ["validate"]], ids=lambda arguments: arguments[0])
def test_in_a_shallow_clone(stage: Stage, cli: Cli, arguments: list[str]) -> None:
    (stage.repo / "note").write_text("a second commit", "utf-8")
    stage.publish("Add a note")
    shallow = stage.root / "shallow"
    stage.git("clone", "-q", "--depth", "1", f"file://{stage.remote}", str(shallow), at=stage.root)
    failed(cli(*arguments, "--repo", str(shallow)), "shallow", "git fetch --unshallow")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["v1.3-int4-g46", "--to", "test", "--yes"], "did you mean v1.3-int4-g64?"),
        (["advance", "--env", "prod", "--model", "tiny-lama", "--yes"], "did you mean tiny-llama?"),
    ],
)
def test_what_is_not_there_is_not_guessed(stage: Stage, cli: Cli, arguments: list[str], says: str) -> None:
    failed(cli(*at(stage, *arguments)), says)


def test_a_history_of_nothing_is_no_success(stage: Stage, cli: Cli) -> None:
    said = cli(*at(stage, "history", "--env", "prod", "--model", "other"))
    assert said.code == 3
    assert said.last == "nothing matched: no release has a history here"


# --- exit code 4: a bug of ours ---


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """`status` has a bug."""

    def read_record(*arguments: object, **options: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr(status, "read_record", read_record)


def test_a_bug_is_told_as_one(stage: Stage, cli: Cli, broken: None) -> None:
    said = cli(*at(stage, "status"))
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("bug: RuntimeError: it broke\n")
    assert "a fault of the tool, not of your repository" in said.err
    assert "Traceback" not in said.err


def test_a_bug_shows_more_where_that_is_asked_for(
    stage: Stage, cli: Cli, broken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELPROMOTE_TRACEBACK", "1")
    said = cli(*at(stage, "status"))
    assert said.code == 4
    assert "Traceback (most recent call last)" in said.err


# --- exit codes 0 and 1, and one JSON document for each state ---


def test_every_state_of_a_transition_is_one_json_document(stage: Stage, cli: Cli) -> None:
    def state(*arguments: str) -> tuple[str, int]:
        said = cli(*at(stage, *arguments, "--json"))
        return one_json(said.out)["state"], said.code

    assert state("v1.0-fp16", "--to", "test", "--dry-run") == ("dry-run", 0)
    assert state("v1.0-fp16", "--to", "test", "--no-push") == ("kept", 0)
    assert state("v1.4-int2-g64", "--to", "test", "--yes") == ("refused", 1)
    assert state("v1.0-fp16", "--to", "test", "--yes") == ("pushed", 0)
    assert state("v1.0-fp16", "--to", "test", "--yes") == ("already", 0)
    assert state("advance", "--env", "test", "--yes") == ("already", 0)
    assert state("rollback", "--env", "prod", "--yes") == ("refused", 1)
    assert state("rollback", "--env", "test", "--yes") == ("pushed", 0)
    for verb, key in (("status", "releases"), ("history", "acts")):
        said = cli(*at(stage, verb, "--json"))
        assert said.code == 0
        assert one_json(said.out)[key]
    assert cli(*at(stage, "status")).last.startswith("3 releases as of ")
    assert cli(*at(stage, "history", "--env", "test")).last == "3 acts"


def test_every_state_of_the_working_tree_is_one_json_document(stage: Stage, cli: Cli, tmp_path: Path) -> None:
    def ok(*arguments: str) -> tuple[bool, int]:
        said = cli(*at(stage, *arguments, "--json"))
        return one_json(said.out)["ok"], said.code

    manifest = stage.repo / "models" / "tiny-llama" / "v1.3-int4-g64" / "variant.yaml"
    text = manifest.read_text("utf-8")
    (tmp_path / "notes.txt").write_text("no evidence", "utf-8")
    assert ok("validate") == (True, 0)
    assert ok("render") == (True, 0)
    assert ok("evidence", "add", "v1.3-int4-g64", str(tmp_path / "notes.txt")) == (False, 1)
    manifest.write_text(text.replace("memory: 1Gi", "memory: 2Gi"), "utf-8")
    assert ok("render", "--check") == (False, 1)
    assert ok("validate") == (False, 1)
    assert ok("render") == (True, 0)
    manifest.write_text("kind: [", "utf-8")
    assert ok("validate") == (False, 1)
    assert ok("render") == (False, 1)
    assert ok("evidence", "add", "v1.3-int4-g64", str(tmp_path / "notes.txt")) == (False, 1)


# --- where it is called from ---


def test_it_works_from_a_folder_below_the_root(stage: Stage, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(stage.repo / "models" / "tiny-llama")
    assert cli("validate").last.startswith("valid: 0 errors")
    assert cli("status").last.startswith("3 releases")
    above = cli("validate", "--repo", "../../environments/prod")
    assert (above.code, above.last) == (0, cli("validate").last)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--to", "test", "v1.0-fp16", "--dry-run"],
        ["--dry-run", "--to=test", "v1.0-fp16"],
        ["promote", "v1.0-fp16", "--to", "test", "--dry-run"],
    ],
)
def test_the_default_verb_takes_its_options_in_any_order(stage: Stage, cli: Cli, arguments: list[str]) -> None:
    said = cli(*at(stage, *arguments))
    assert (said.code, said.last) == (0, "dry run: it would be allowed; nothing was written")
