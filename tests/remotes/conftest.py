"""The stage behind other remotes, and the CLI as a process that would hang if it ever asked."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from stage import Stage

from remotes.smart_http import Forge, serve

Call = Callable[..., subprocess.CompletedProcess[str]]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Servers and processes take their time: all of these belong to the slow tests."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def forge(stage: Stage) -> Iterator[Forge]:
    """A server for the stage's remote; the clone's `origin` points to it."""
    with serve(stage.root) as server:
        stage.git("remote", "set-url", "origin", server.url("remote.git"))
        yield server


@pytest.fixture
def promote(stage: Stage, as_process: dict[str, str]) -> Call:
    """Run `promote ARGUMENTS` in a process without a terminal, in the stage's clone or in another folder."""

    def call(
        *arguments: str, at: Path | None = None, env: Mapping[str, str] | None = None, without: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **as_process, **(env or {})}
        for name in without:
            variables.pop(name, None)
        return subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-m", "modelpromote", *arguments],
            cwd=at or stage.repo, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=120, start_new_session=True,
        )  # fmt: skip

    return call
