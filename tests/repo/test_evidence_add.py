"""`evidence add`: the real files of the zoo go in once, foreign ones never."""

import shutil
from pathlib import Path

import pytest
from stage import PROJECT, Stage

from repo.acts import call, done

ZOO = PROJECT.parent / "shared" / "tiny-llama"
NAME = "v1.3-int4-g64"
pytestmark = pytest.mark.skipif(not ZOO.is_dir(), reason="the zoo's original files (../shared/tiny-llama) are not here")


@pytest.fixture
def bare(stage: Stage) -> Stage:
    """v1.3 without its evidence."""
    stage.git("rm", "-rq", f"models/tiny-llama/{NAME}/evidence")
    stage.publish("Take the evidence away")
    return stage


def committed(stage: Stage) -> dict[str, bytes]:
    root = PROJECT / f"models/tiny-llama/{NAME}/evidence"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def added(stage: Stage) -> dict[str, bytes]:
    root = stage.repo / f"models/tiny-llama/{NAME}/evidence"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_files_and_folders_become_one_folder_per_run_and_twice_changes_nothing(bare: Stage) -> None:
    single = sorted((ZOO / "evidence" / NAME / "lm_eval").iterdir())
    sources = [str(ZOO / "artifacts" / NAME), *map(str, single), str(ZOO / "evidence" / NAME / "system" / "junit.xml")]
    first = done_in_the_clone(bare, "evidence", "add", NAME, *sources)
    assert first.last == "3 runs added to tiny-llama/v1.3-int4-g64"
    files = added(bare)
    # the artifact's entry says when its files were written, which a copy of them does not keep
    expected = committed(bare)
    assert {path for path in files if path not in expected} == set()
    assert {path for path in files if files[path] != expected[path]} <= {
        path for path in expected if path.startswith("artifact-") and path.endswith("entry.yaml")
    }
    again = done_in_the_clone(bare, "evidence", "add", NAME, *sources)
    assert again.last == "0 runs added to tiny-llama/v1.3-int4-g64, 3 were there already"
    assert added(bare) == files
    assert call(bare, "validate", "--deep", "--json").json["findings"] == []


def done_in_the_clone(stage: Stage, *arguments: str):
    said = call(stage, *arguments)
    assert said.code == 0, said.out + said.err
    return said


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("evidence-negative/swapped", "MP204"),
        ("evidence-negative/older-artifact", "MP204"),
        ("evidence-negative/empty-tests/junit.xml", "MP206"),
        ("evidence-negative/crashed/lm_eval.log", "MP209"),
        ("evidence-negative/crashed", "MP209"),
        ("artifacts/v1.1-int8", "MP204"),
        (f"evidence/{NAME}/lm_eval/samples_zoo_mc_2026-11-24T02-58-05.232018.jsonl", "MP210"),
    ],
)
def test_what_is_foreign_or_nothing_is_refused_and_nothing_is_written(bare: Stage, path: str, code: str) -> None:
    good = str(ZOO / "evidence" / NAME / "system" / "junit.xml")
    said = call(bare, "evidence", "add", NAME, good, str(ZOO / path), "--json")
    assert said.code == 1
    assert code in said.codes
    assert not Path(bare.repo, f"models/tiny-llama/{NAME}/evidence").exists()


def test_a_run_from_the_future_is_refused(bare: Stage) -> None:
    text = (ZOO / "evidence" / NAME / "system" / "junit.xml").read_text("utf-8")
    later = bare.root / "later.xml"
    later.write_text(text.replace('timestamp="2026', 'timestamp="2099'), "utf-8")
    said = call(bare, "evidence", "add", NAME, str(later), "--json")
    assert (said.code, said.codes) == (1, ["MP217"])
    assert added(bare) == {}


@pytest.mark.parametrize(("name", "words"), [("a\\b.txt", "rename it"), ("a\nb.txt", "rename it")])
def test_a_file_name_that_cannot_be_kept_is_named(bare: Stage, name: str, words: str) -> None:
    folder = bare.root / "artifact"
    shutil.copytree(ZOO / "artifacts" / NAME, folder)
    (folder / name).touch()
    said = call(bare, "evidence", "add", NAME, str(folder))
    assert (said.code, words in said.err) == (3, True)


def test_what_is_neither_file_nor_folder_is_named(bare: Stage) -> None:
    said = call(bare, "evidence", "add", NAME, "/dev/null")
    assert (said.code, "neither a file nor a folder" in said.err) == (3, True)


def test_a_variant_with_no_evidence_is_promoted_nowhere(bare: Stage) -> None:
    done(bare, "v1.0-fp16", "--to", "test", "--yes")
    said = call(bare, NAME, "--to", "test", "--yes", "--json")
    assert said.code == 1
    assert {"MP302", "MP311", "MP321"} <= set(said.codes)
    assert {one["outcome"] for one in said.json["verdicts"]} == {"inconclusive"}
