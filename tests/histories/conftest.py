"""Options, totals and the starting repository of the random histories."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stage import Stage

from histories import totals, zoo
from histories.hands import Hands
from histories.totals import pytest_addoption, pytest_configure
from modelpromote.adapters import clock

__all__ = ["pytest_addoption", "pytest_configure"]

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # all evidence of the zoo is older


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seed = metafunc.config.getoption("--seed", None)
        many = range(1, metafunc.config.getoption("--histories", totals.DEFAULT) + 1)
        metafunc.parametrize("seed", many if seed is None else [seed], ids=lambda number: f"seed {number}")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Stage:
    """Two models, nothing in force; only ever copied."""
    return zoo.build(tmp_path_factory.mktemp("histories") / "template", START.isoformat())


@pytest.fixture
def two_models(tmp_path: Path, template: Stage) -> Stage:
    """A clone and remote of the history's own."""
    return template.copy(tmp_path / "stage")


@pytest.fixture
def show_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hands], None]:
    """The tool takes the time from the hands."""
    return lambda hands: monkeypatch.setattr(clock, "now", lambda: hands.now)
