"""The life of releases with real git and real Kustomize, against a book that the test keeps itself."""

import shutil
from pathlib import Path

import pytest
from stage import Stage, build_stage

from repo.acts import call, done, status
from repo.expected import LADDER, Expected
from repo.ways import WAYS

needs_kustomize = pytest.mark.skipif(
    not any(shutil.which(name) for name in ("kustomize", "kubectl", "oc")), reason="no kustomize, kubectl or oc on PATH"
)


@pytest.fixture(
    scope="module",
    params=[pytest.param(way, marks=() if way == "kserve" else pytest.mark.slow) for way in WAYS],
)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Stage:
    """The zoo served in one of the ways; only ever copied."""
    way = request.param
    return build_stage(tmp_path_factory.mktemp(way) / "template", edit=WAYS[way])


@pytest.fixture
def stage(served: Stage, tmp_path: Path) -> Stage:
    return served.copy(tmp_path / "stage")


def promote(stage: Stage, book: Expected, name: str, environment: str, lift_hold: str = "") -> str:
    """Put a variant in force, by the tool and by the book; the commit."""
    extra = ["--lift-hold", lift_hold] if lift_hold else []
    done(stage, name, "--to", environment, "--yes", *extra)
    book.promoted(environment, name, lift_hold)
    check(stage, book)
    return stage.git("rev-parse", "HEAD")


def revert(stage: Stage, book: Expected, commit: str, environment: str) -> None:
    """A plain `git revert`, by hand."""
    stage.git("revert", "--no-edit", commit)
    stage.git("push", "-q", "origin", "HEAD:main")
    book.reverted(environment)
    check(stage, book)


def check(stage: Stage, book: Expected) -> None:
    book.check()
    for environment in book.stacks:
        release, step = book.in_force(environment), book.step(environment)
        shown = str(step) if step else "all traffic" if release.variant else ""
        assert status(stage, environment) == (str(release.variant or "none"), shown, release.number)


def is_valid(stage: Stage) -> None:
    said = call(stage, "validate", "--json")
    assert said.code == 0, said.out
    assert said.json["findings"] == []
    assert said.json["built"] is True


@pytest.mark.slow
@needs_kustomize
@pytest.mark.parametrize("steps", range(5), ids=lambda steps: f"revert at {LADDER[steps]}")
def test_a_plain_revert_undoes_a_promotion_at_every_step_twice_over(stage: Stage, steps: int) -> None:
    book = Expected(stage)
    for environment in ("test", "staging", "prod"):
        promote(stage, book, "v1.0-fp16", environment)
    for environment in ("test", "staging"):
        promote(stage, book, "v1.3-int4-g64", environment)
    for time in (1, 2):
        commit = promote(stage, book, "v1.3-int4-g64", "prod", lift_hold="" if time == 1 else "measured by hand")
        for _ in range(steps):
            done(stage, "advance", "--env", "prod", "--yes")
            book.stepped("prod")
            check(stage, book)
        is_valid(stage)
        revert(stage, book, commit, "prod")
        is_valid(stage)
        assert status(stage, "prod") == ("v1.0-fp16", "all traffic", 1)


@needs_kustomize
def test_reverts_in_order_go_down_to_nothing_in_force(stage: Stage) -> None:
    book = Expected(stage)
    commits = [promote(stage, book, name, "test") for name in ("v1.0-fp16", "v1.1-int8", "v1.3-int4-g64")]
    for commit in reversed(commits):
        revert(stage, book, commit, "test")
        is_valid(stage)
    assert status(stage, "test") == ("none", "", 0)


@needs_kustomize
def test_rollback_writes_what_git_revert_writes(stage: Stage) -> None:
    book = Expected(stage)
    for environment in ("test", "staging", "prod"):
        promote(stage, book, "v1.0-fp16", environment)
    for environment in ("test", "staging", "prod"):
        promote(stage, book, "v1.1-int8", environment)
    for _ in range(2):
        done(stage, "advance", "--env", "prod", "--yes")
        book.stepped("prod")
    said = done(stage, "rollback", "--env", "prod", "--reason", "tool calls broken", "--yes")
    book.reverted("prod")
    check(stage, book)
    is_valid(stage)
    assert "Reason: tool calls broken" in said.out
    assert "This reverts commit" in stage.git("log", "-1", "--format=%B")


@needs_kustomize
def test_after_done_a_rollback_warms_the_previous_variant_first(stage: Stage) -> None:
    book = Expected(stage)
    for name in ("v1.0-fp16", "v1.1-int8"):
        for environment in ("test", "staging", "prod"):
            promote(stage, book, name, environment)
    for _ in range(4):
        done(stage, "advance", "--env", "prod", "--yes")
        book.stepped("prod")
    check(stage, book)
    said = done(stage, "rollback", "--env", "prod", "--yes")
    assert "v1.0-fp16 starts again" in said.out
    book.stepped("prod", LADDER[3])
    check(stage, book)
    is_valid(stage)
    done(stage, "rollback", "--env", "prod", "--yes")
    book.reverted("prod")
    check(stage, book)
    is_valid(stage)
