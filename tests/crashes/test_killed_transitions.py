"""promote, advance and rollback, killed before each of their writes: the branch is the old or the new one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage

from crashes.conftest import Run, Tracer
from crashes.places import check_git_is_content, check_no_lock, make_place, working_tree

CALLS = {
    "promote": ("v1.2-int4-g128", "--to", "test", "--yes"),
    "advance": ("advance", "--env", "prod", "--to", "10", "--yes"),
    "rollback": ("rollback", "--env", "prod", "--number", "2", "--yes"),
}
# how a second run ends where the first one has landed: it finds it so
AFTERWARDS = dict.fromkeys(CALLS, (0, "already so"))


def branch(stage: Stage) -> str:
    return stage.git("rev-parse", "main", at=stage.remote)


def tree_of(stage: Stage) -> str:
    return stage.git("rev-parse", "main^{tree}", at=stage.remote)


@pytest.mark.slow
@pytest.mark.parametrize("verb", CALLS)
def test_killed_before_each_write(
    climbed_template: Stage, tmp_path: Path, tracer: Tracer, totals: Callable[[str, int], None], verb: str
) -> None:
    place = make_place(climbed_template, tmp_path / "stage")
    stage, call = place.stage, CALLS[verb]
    base, files = branch(stage), working_tree(stage)
    whole = tracer(stage, *call)
    assert whole.code == 0, whole.out + whole.err
    new = tree_of(stage)
    assert len(whole.points) >= 10, whole.points
    check_run_again(stage, base, new, tracer(stage, *call), AFTERWARDS[verb])
    for number in range(1, len(whole.points) + 1):
        place.put_back()
        assert tracer(stage, *call, kill_at=number).code == -9, whole.points[number - 1]
        check_nothing_half_done(stage, base, files)
        check_run_again(stage, base, new, tracer(stage, *call), (0, "done: "))
        if number == len(whole.points):
            check_git_is_content(stage)
    totals(verb, len(whole.points))


def check_nothing_half_done(stage: Stage, base: str, files: dict[str, bytes]) -> None:
    assert branch(stage) == base
    assert stage.git("for-each-ref", "--format=%(refname)", at=stage.remote) == "refs/heads/main"
    check_no_lock(stage)
    assert working_tree(stage) == files
    assert stage.git("status", "--porcelain") == ""


def check_run_again(stage: Stage, base: str, tree: str, again: Run, expected: tuple[int, str]) -> None:
    """The second run ends in the same commit, and in one only."""
    assert again.code == expected[0], again.out + again.err
    assert expected[1] in again.out
    assert tree_of(stage) == tree
    assert stage.git("rev-list", "--count", f"{base}..main", at=stage.remote) == "1"
    check_no_lock(stage)
