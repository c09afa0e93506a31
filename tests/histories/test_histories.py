"""Releases under all that people and forges do to a repository: random histories with real git and real Kustomize."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from stage import Stage

from histories import totals
from histories.conftest import START, way_of
from histories.hands import Hands
from histories.history import play_history

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not any(shutil.which(name) for name in ("kustomize", "kubectl", "oc")),
        reason="no kustomize, kubectl or oc on PATH",
    ),
]


def test_every_act_leaves_what_the_book_says(
    two_models: Stage, seed: int, show_clock: Callable[[Hands], None], record_property: Callable[[str, Any], None]
) -> None:
    """One history; `pytest tests/histories --seed N` plays it again."""
    play = play_history(two_models, way_of(seed), seed, START, show_clock)
    record_property(totals.KEY, dict(play.counts))
