"""evidence add, render and retire, killed before each of their writes: every file is the old or the new one."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from stage import Stage

from crashes.conftest import Tracer
from crashes.places import check_no_lock, digest, make_place, working_tree
from repo.acts import call

MODEL = "models/tiny-llama"


def lost_evidence(stage: Stage) -> tuple[str, ...]:
    """Two runs of v1.3-int4-g64 are not in the repository yet."""
    kept = stage.root / "runs"
    folders = sorted((stage.repo / MODEL / "v1.3-int4-g64/evidence").glob("*-*"))
    kept.mkdir()
    for folder in (one for one in folders if not one.name.startswith("artifact")):
        folder.rename(kept / folder.name)
        (kept / folder.name / "entry.yaml").unlink()
    stage.publish("Without the runs of v1.3-int4-g64")
    return ("evidence", "add", "v1.3-int4-g64", str(kept))


def changed_environment(stage: Stage) -> tuple[str, ...]:
    """The namespace of test was edited, and nothing is rendered yet."""
    manifest = stage.repo / "environments/test/environment.yaml"
    text = manifest.read_text("utf-8")
    assert "namespace: models-test" in text
    manifest.write_text(text.replace("namespace: models-test", "namespace: models-trial"), "utf-8")
    return ("render",)


def nobody_needs_it(stage: Stage) -> tuple[str, ...]:
    """v1.2-int4-g128 was never promoted; it has overlays in every environment."""
    return ("retire", "v1.2-int4-g128")


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [lost_evidence, changed_environment, nobody_needs_it])
def test_killed_before_each_write(
    zoo_template: Stage,
    tmp_path: Path,
    tracer: Tracer,
    totals: Callable[[str, int], None],
    prepare: Callable[[Stage], tuple[str, ...]],
) -> None:
    template = zoo_template.copy(tmp_path / "prepared")
    arguments = prepare(template)
    place = make_place(template, tmp_path / "stage")
    stage, old = place.stage, working_tree(place.stage)
    whole = tracer(stage, *arguments)
    assert whole.code == 0, whole.out + whole.err
    new, refs = working_tree(stage), stage.git("for-each-ref")
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    assert len(changed) >= 4
    assert len(whole.points) >= len(changed), whole.points
    seen: set[str] = set()
    for number in range(1, len(whole.points) + 1):
        place.put_back()
        assert tracer(stage, *arguments, kill_at=number).code == -9, whole.points[number - 1]
        between = working_tree(stage)
        check_old_or_new(old, between, new)
        check_evidence_is_whole(between, new)
        check_no_lock(stage)
        assert stage.git("for-each-ref") == refs
        if digest(between) not in seen:
            seen.add(digest(between))
            check_validate_can_judge(stage)
        again = tracer(stage, *arguments)
        # a variant that is gone entirely is no variant any more
        gone = arguments[0] == "retire" and between == new and "there is no variant" in again.err
        assert again.code == (3 if gone else 0), whole.points[number - 1] + again.out + again.err
        assert working_tree(stage) == new
    totals(f"{' '.join(arguments[:2])}, {len(changed)} files, {len(seen)} states between", len(whole.points))


def check_old_or_new(old: Mapping[str, bytes], between: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    for path in {*old, *between, *new}:
        assert between.get(path) in {old.get(path), new.get(path)}, path


def check_evidence_is_whole(between: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """A folder of evidence is there with all its files, or not at all."""
    folders = {path.split("/")[4] for path in between if path.startswith(f"{MODEL}/") and "/evidence/" in path}
    for folder in folders:
        whole = {path for path in new if f"/evidence/{folder}/" in path}
        assert {path for path in between if f"/evidence/{folder}/" in path} == whole or not whole


def check_validate_can_judge(stage: Stage) -> None:
    """`validate` finds what is not rendered yet, and nothing that it trips over."""
    said = call(stage, "validate", "--json")
    assert said.code in {0, 1}, said.out + said.err
    stage.git("status", "--porcelain")


def test_drafts_of_killed_runs_are_cleared(zoo_template: Stage, tmp_path: Path, tracer: Tracer) -> None:
    """What a killed run leaves lies in the git directory, out of sight, until the next run an hour later."""
    stage = zoo_template.copy(tmp_path / "stage")
    arguments = changed_environment(stage)
    kills = (tracer(stage, *arguments, kill_at=number).code for number in range(1, 200))
    assert any(code == -9 and drafts(stage) for code in kills)
    for draft in drafts(stage):
        os.utime(draft, (time.time() - 4000,) * 2)
    assert tracer(stage, *arguments).code == 0
    assert list(drafts(stage)) == []


def drafts(stage: Stage) -> list[Path]:
    return [path for path in (stage.repo / ".git/modelpromote").glob("*") if path.is_dir()]
