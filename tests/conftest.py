"""What every test runs with: a clean environment, repeatable properties, and the example zoo in a repository."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from stage import Stage, build_stage

import modelpromote
from modelpromote.app import run

# the totals over all histories are of the whole run, which only its controller sees
pytest_plugins = ["histories.totals"]

_SCRUBBED = ("GIT_", "GITHUB_", "MODELPROMOTE_", "_PROMOTE_")
_ALSO_SCRUBBED = ("CI", "COLUMNS", "FORCE_COLOR", "LANGUAGE", "LINES", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
_FIXED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "LC_ALL": "C.UTF-8",
}

# the same examples in every run: a failure that a rerun does not show helps nobody
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, max_examples=100)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-invalid", action="store_true", help="write tests/invalid/*/errors.txt anew")
    parser.addoption("--update-golden", action="store_true", help="write tests/targets/golden/* anew")


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    """Nothing of the machine's git, CI or terminal reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_SCRUBBED) or name in _ALSO_SCRUBBED:
                patch.delenv(name)
        for name, value in _FIXED.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def own_environment(clean_environment: None) -> Iterator[None]:
    """What a test, or the tool in it, sets in the environment ends with the test."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@dataclass(frozen=True)
class Said:
    """What a call of the CLI came to."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of stdout."""
        return self.out.rstrip("\n").rpartition("\n")[2]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the real CLI in this process."""

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        code = run(arguments)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture(scope="session")
def as_process(clean_environment: None) -> dict[str, str]:
    """The environment in which `python -m modelpromote` runs the code under test in a process of its own."""
    return {"PYTHONPATH": str(Path(modelpromote.__file__).parents[1])}


@pytest.fixture
def process(as_process: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the CLI in a process of its own, its output in pipes."""

    def call(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "modelpromote", *arguments]
        found = {**os.environ, **as_process}
        return subprocess.run(command, cwd=folder, env=found, capture_output=True, text=True, check=False, **more)

    return call


@pytest.fixture(scope="session")
def zoo_template(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Stage:
    """The zoo with nothing in force and no waiting times. It is only ever copied: use `stage`."""
    stage = build_stage(tmp_path_factory.mktemp("zoo") / "template")
    for git in (stage.repo / ".git", stage.remote):
        stage.git("gc", "-q", at=git)
        shutil.rmtree(git / "hooks")
        (git / "hooks").mkdir()
    return stage


@pytest.fixture(scope="session")
def zoo_files(zoo_template: Stage) -> dict[Path, bytes | None]:
    """The template in memory: content by path, None for folders, each after the folder that it lies in."""
    return {
        path.relative_to(zoo_template.root): None if path.is_dir() else path.read_bytes()
        for path in sorted(zoo_template.root.rglob("*"))
    }


@pytest.fixture
def stage(tmp_path: Path, zoo_template: Stage, zoo_files: dict[Path, bytes | None]) -> Stage:
    """The zoo in a repository and remote of the test's own: a copy, 25 ms instead of the 500 of building it."""
    copy = Stage(tmp_path / "stage", zoo_template.environment)
    copy.root.mkdir()
    for path, content in zoo_files.items():
        if content is None:
            (copy.root / path).mkdir()
        else:
            (copy.root / path).write_bytes(content)
    config = copy.repo / ".git" / "config"
    config.write_text(config.read_text("utf-8").replace(str(zoo_template.remote), str(copy.remote)), "utf-8")
    return copy


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests counted and measured: how many files were tried, how many points killed."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    told = [(report.nodeid, name, value) for report in reports for name, value in report.user_properties]
    if told:
        terminalreporter.section("counted")
        for test, name, value in told:
            terminalreporter.line(f"{test}: {name}: {value}")
