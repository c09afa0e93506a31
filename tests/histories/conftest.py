"""Options, totals and the starting repository of the random histories."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from stage import Stage

from histories import totals, zoo
from histories.hands import Hands
from histories.totals import pytest_addoption, pytest_configure
from modelpromote.adapters import clock
from repo.ways import WAYS

__all__ = ["pytest_addoption", "pytest_configure"]

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # all evidence of the zoo is older
RANGE = 1000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seed = metafunc.config.getoption("--seed", None)
        many = metafunc.config.getoption("--histories", totals.DEFAULT)
        each = [many, *[max(1, many // 6)] * (len(WAYS) - 1)]  # what differs between the ways is the rendering
        all_of_them = [RANGE * place + number for place, some in enumerate(each) for number in range(1, some + 1)]
        listed = all_of_them if seed is None else [seed]
        metafunc.parametrize("seed", listed, ids=lambda number: f"{way_of(number)} seed {number}")


def way_of(seed: int) -> str:
    """How the models of a history are served: seeds from 1 on, from 1001 on and so forth, in the order of WAYS."""
    return list(WAYS)[seed // RANGE]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Callable[[str], Stage]:
    """Two models, nothing in force, by way to serve; only ever copied."""
    return cache(lambda way: zoo.build(tmp_path_factory.mktemp(way) / "template", START.isoformat(), way))


@pytest.fixture
def two_models(seed: int, tmp_path: Path, template: Callable[[str], Stage]) -> Stage:
    """A clone and remote of the history's own."""
    return template(way_of(seed)).copy(tmp_path / "stage")


@pytest.fixture
def show_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hands], None]:
    """The tool takes the time from the hands."""
    return lambda hands: monkeypatch.setattr(clock, "now", lambda: hands.now)
