"""Help that has examples and loads nothing heavy, and what the shell completes."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from stage import Stage

import modelpromote
from modelpromote import app
from modelpromote.app import DEFAULT
from modelpromote.app import cli as group

VERBS = group.list_commands(click.Context(group))
HEAVY = ["git", "pydantic", "rich", "jinja2", "ruamel", "defusedxml", "huggingface_hub", "subprocess", "json"]


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found: list[tuple[str, click.Command]] = []
    for verb in VERBS:
        command = group.get_command(context, verb)
        assert command is not None
        if isinstance(command, click.Group):
            found += [(f"{verb} {name}", inner) for name, inner in command.commands.items()]
        else:
            found.append((verb, command))
    return found


def test_the_verbs() -> None:
    assert {"advance", "rollback", "status", "history", "validate", "render", "evidence", "rules"} < set(VERBS)
    assert VERBS[0] == DEFAULT


@pytest.mark.parametrize(("verb", "command"), commands(), ids=[verb for verb, _ in commands()])
def test_the_help_of_a_verb_has_examples_and_explains_every_option(cli: Any, verb: str, command: click.Command) -> None:
    said = cli(*verb.split(), "--help")
    assert (said.code, said.err) == (0, "")
    examples = said.out.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(line.strip().startswith("promote ") for line in examples[:2])
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_help_and_version(cli: Any) -> None:
    said = cli("--help")
    assert said.code == 0
    assert all(f"  {verb} " in said.out for verb in VERBS)
    assert "Exit codes: 0 done or already so, 1 refused, 2 usage, 3 could not judge or act, 4 our bug." in said.out
    assert cli("-h").out == said.out


def test_the_versions_that_matter(cli: Any) -> None:
    said = cli("--version")
    lines = said.out.splitlines()
    assert (said.code, said.err, len(lines)) == (0, "", 4)
    assert lines[0] == f"modelpromote, version {modelpromote.__version__}"
    assert lines[1] == f"Python {platform.python_version()}"
    assert re.fullmatch(r"git \d+\.\d+.*", lines[2])


def test_the_version_is_shown_without_any_tool(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = cli("--version")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[2:] == ["git not found", "kustomize not found"]


def test_help_loads_nothing_heavy(as_process: dict[str, str]) -> None:
    code = (
        "import sys; before = set(sys.modules); from modelpromote.app import run; run(['--help']);"
        f"print([name for name in {HEAVY} if name in set(sys.modules) - before], file=sys.stderr)"
    )
    found = {**os.environ, **as_process}
    done = subprocess.run([sys.executable, "-c", code], env=found, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def completed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> list[str]:
    """What bash would offer at the end of a line."""
    monkeypatch.chdir(stage.repo)
    monkeypatch.setenv("_PROMOTE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    with pytest.raises(SystemExit):
        app.run([])
    return [row.partition(",")[2] for row in capsys.readouterr().out.splitlines() if row]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("promote promote v1.", ["v1.0-fp16", "v1.1-int8", "v1.2-int4-g128", "v1.3-int4-g64", "v1.4-int2-g64"]),
        ("promote promote v1.3", ["v1.3-int4-g64"]),
        ("promote promote tiny-llama/v1.1", ["tiny-llama/v1.1-int8"]),
        ("promote v1.3", ["v1.3-int4-g64"]),
        ("promote v1.3-int4-g64 --to ", ["prod", "staging", "test"]),
        ("promote advance --env st", ["staging"]),
        ("promote rollback --env p", ["prod"]),
        ("promote history --env t", ["test"]),
        ("promote evidence add v1.2", ["v1.2-int4-g128"]),
        ("promote adv", ["advance"]),
        ("promote tiny-llama-v1.3", ["tiny-llama-v1.3-int4-g64"]),
        ("promote tiny-llama/v1.0", ["tiny-llama/v1.0-fp16"]),
        ("promote --repo . v1.3", ["v1.3-int4-g64"]),
        ("promote retire v1.1", ["v1.1-int8"]),
        ("promote advance --env prod --model t", ["tiny-llama"]),
        ("promote rollback --env prod --model x", []),
        ("promote history --model ", ["tiny-llama"]),
        ("promote rules MP10", [f"MP10{number}" for number in range(1, 10)]),
        ("promote rules mp508", ["MP508"]),
        ("promote schema v", ["variant"]),
    ],
)
def test_the_shell_completes_verbs_variants_and_environments(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, expected: list[str]
) -> None:
    assert completed(stage, monkeypatch, capsys, line) == expected


def test_a_name_that_several_models_have_is_completed_with_its_model(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (stage.repo / "models/other/v1.0-fp16").mkdir(parents=True)
    assert "v1.0-fp16" not in completed(stage, monkeypatch, capsys, "promote v1.")
    shown = completed(stage, monkeypatch, capsys, "promote retire ")
    assert {"other/v1.0-fp16", "tiny-llama/v1.0-fp16", "v1.1-int8"} <= set(shown)
    assert "tiny-llama/v1.1-int8" not in shown


def test_below_the_top_and_outside_of_a_repository(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    below = Stage(stage.repo / "models", stage.environment)
    (stage.repo / "models" / "repo").mkdir()
    assert completed(below, monkeypatch, capsys, "promote v1.3") == ["v1.3-int4-g64"]
    (tmp_path / "repo").mkdir()
    assert completed(Stage(tmp_path, stage.environment), monkeypatch, capsys, "promote v1.3") == []


def test_a_folder_whose_name_is_none_of_ours_never_reaches_the_shell(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (
        "models/tiny-llama/v1.9-$(id)",
        "models/a\nb/v1.0-fp16",
        "environments/te;st",
        "models/$(id)/v1.0-fp16",
    ):
        (stage.repo / folder).mkdir(parents=True)
    (stage.repo / "environments" / "tel").symlink_to("/")
    assert completed(stage, monkeypatch, capsys, "promote v1.9") == []
    assert completed(stage, monkeypatch, capsys, "promote v1.0-fp16 --to te") == ["test"]
    assert completed(stage, monkeypatch, capsys, "promote advance --model ") == ["tiny-llama"]


def test_variants_are_completed_without_git_and_without_anything_heavy(
    stage: Stage, as_process: dict[str, str], tmp_path: Path
) -> None:
    (stage.repo / "models/tiny-llama/v1.3-int4-g64/variant.yaml").write_text("not: [yaml")
    code = (
        "import sys; before = set(sys.modules); from modelpromote.app import cli;"
        "from click.shell_completion import BashComplete;"
        "found = BashComplete(cli, {}, 'promote', '_X').get_completions([], 'v1.3');"
        f"print([one.value for one in found], [name for name in {HEAVY} if name in set(sys.modules) - before])"
    )
    found = {**os.environ, **as_process, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=stage.repo, env=found, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['v1.3-int4-g64'] []\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on PATH")
@pytest.mark.parametrize(
    ("words", "expected"),
    [("promote v1.3", "v1.3-int4-g64"), ("promote v1.3-int4-g64 --to s", "staging"), ("promote adv", "advance")],
)
def test_a_real_bash_completes(
    stage: Stage, as_process: dict[str, str], tmp_path: Path, words: str, expected: str
) -> None:
    program = tmp_path / "promote"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelpromote "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(_PROMOTE_COMPLETE=bash_source promote)"; complete -p promote;'
        f"COMP_WORDS=({words}); COMP_CWORD={words.count(' ')}; _promote_completion promote;"
        'compgen -W "${COMPREPLY[*]}"'
    )
    found = {**os.environ, **as_process, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=stage.repo, env=found, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["complete -o nosort -F _promote_completion promote", expected]
