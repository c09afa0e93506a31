"""`evidence add` of load tests: found by what is in them, reduced, the original's digest kept; in doubt it asks."""

import hashlib
import json
from pathlib import Path

import pytest
from stage import PROJECT, Stage

from repo.acts import call

SHARED = PROJECT.parent / "shared"
ZOO = SHARED / "tiny-llama"
NAME = "v1.3-int4-g64"
REPORT = ZOO / "evidence" / NAME / "speed" / "guidellm.json"
BENCH = SHARED / "real" / "speed" / "vllm_bench_serve_thaillm30b_nvfp4_1024x128_c4_r1.json"
pytestmark = pytest.mark.skipif(not ZOO.is_dir(), reason="the real files (../shared) are not here")


def evidence(stage: Stage, kind: str) -> list[Path]:
    return sorted((stage.repo / f"models/tiny-llama/{NAME}/evidence").glob(f"{kind}-*"))


def test_a_report_is_reduced_once_and_its_original_is_named(stage: Stage) -> None:
    first = call(stage, "evidence", "add", NAME, str(REPORT), "--runner", "bench-1")
    assert (first.code, first.last) == (0, f"1 run added to tiny-llama/{NAME}")
    (folder,) = evidence(stage, "guidellm")
    kept = (folder / "guidellm.json").read_bytes()
    entry = (folder / "entry.yaml").read_text("utf-8")
    assert len(kept) < 40_000
    assert hashlib.sha256(kept).hexdigest() in entry
    assert hashlib.sha256(REPORT.read_bytes()).hexdigest() in entry
    assert 'finishedAt: "2026-11-24T03:15:00Z"' in entry
    again = call(stage, "evidence", "add", NAME, str(REPORT))
    assert (again.code, again.last) == (0, f"0 runs added to tiny-llama/{NAME}, 1 were there already")
    assert (folder / "guidellm.json").read_bytes() == kept
    assert call(stage, "validate", "--json").json["findings"] == []


def test_a_result_of_vllm_is_kept_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "r1.json").write_bytes(BENCH.read_bytes())
    (tmp_path / "bench" / "notes.json").write_text("{}", "utf-8")
    said = call(stage, "evidence", "add", NAME, str(tmp_path / "bench"), "--json")
    assert (said.code, said.json["leftOut"] if "leftOut" in said.json else said.json["left_out"]) == (
        0,
        ["bench/notes.json"],
    )
    (folder,) = evidence(stage, "vllm-bench")
    assert (folder / "r1.json").read_bytes() == BENCH.read_bytes()
    assert "original" not in (folder / "entry.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        (ZOO / "evidence" / "v1.4-int2-g64" / "speed" / "guidellm.json", "MP204", "is of artifact ff6f4ded2f01"),
        (SHARED / "real" / "speed" / "guidellm_0.8.1_mock_all_errored.json", "MP214", "no request was answered"),
    ],
)
def test_what_is_foreign_or_empty_is_refused(stage: Stage, path: Path, code: str, words: str) -> None:
    said = call(stage, "evidence", "add", NAME, str(path))
    assert (said.code, said.last) == (1, "refused: 1 finding; nothing was written")
    assert f"error[{code}]" in said.out
    assert words in said.out
    assert evidence(stage, "guidellm") == []


def doubtful(folder: Path) -> Path:
    """The genuine report with the keys of an lm-eval results file beside its own."""
    report = json.loads(REPORT.read_bytes())
    report |= {"results": {}, "configs": {}}
    path = folder / "report.json"
    path.write_text(json.dumps(report), "utf-8")
    return path


def test_in_doubt_it_asks_and_kind_answers(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    path = doubtful(folder)
    said = call(stage, "evidence", "add", NAME, str(path))
    assert said.code == 2
    assert "may be of several kinds: lm-eval, guidellm" in said.out + said.err
    assert "--kind lm-eval or --kind guidellm" in said.out + said.err
    assert evidence(stage, "guidellm") == []
    inside = call(stage, "evidence", "add", NAME, str(folder), "--kind", "guidellm")
    assert (inside.code, len(evidence(stage, "guidellm"))) == (0, 1)
    assert call(stage, "evidence", "add", NAME, str(path), "--kind", "guidellm").code == 0


def test_a_kind_that_is_wrong_is_refused_by_its_reader(stage: Stage) -> None:
    said = call(stage, "evidence", "add", NAME, str(REPORT), "--kind", "vllm-bench", "--json")
    assert (said.code, said.codes) == (1, ["MP216"])


def test_json_that_is_broken_says_why_it_is_of_no_kind(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "guidellm.json"
    path.write_text(REPORT.read_text("utf-8").replace('"duration": 20.0', '"duration": NaN'), "utf-8")
    said = call(stage, "evidence", "add", NAME, str(path))
    assert said.code == 1
    assert "error[MP209] is of no known kind: NaN is not a number" in said.out
