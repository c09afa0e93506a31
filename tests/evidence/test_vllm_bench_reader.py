"""`vllm bench serve`: every real result is read, every figure that cannot be is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from kept_evidence import needs_shared
from made_load_tests import PATH, SPEED, VLLM, content, said, vllm_with

from modelpromote.evidence import vllm_bench
from modelpromote.evidence.kinds import kinds_of

REAL = sorted(SPEED.glob("vllm_*.json"))


def test_what_a_result_says() -> None:
    reading = vllm_with({"artifact_sha256": "AB" * 32})
    (point,) = content(reading).points
    assert (reading.tool, str(reading.finished)) == ("vllm bench", "2026-11-24 03:15:00+00:00")
    assert reading.claims == {"ab" * 32}
    assert content(reading).hardware == "nvidia-l40s"
    assert (point.load, point.completed, point.errored) == ("rate inf, at most 4 at once", 200, 0)
    assert (point.output_tokens_per_second, point.requests_per_second) == (128.0, 4.0)
    assert (point.latencies["ttft"].p95, point.latencies["itl"].p50) == (30.0, 5.5)
    assert "e2e" not in point.latencies


@needs_shared
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_real_result_is_read(path: Path) -> None:
    assert kinds_of(path.read_bytes()) == ("vllm-bench",)
    (point,) = content(vllm_bench.read(PATH, {"r.json": path.read_bytes()})).points
    assert point.completed == 64
    assert point.latencies["e2e"].p99


@needs_shared
def test_real_results_that_were_appended_are_read_in_order() -> None:
    data = b"\n".join(path.read_bytes() for path in reversed(REAL[:3]))
    assert kinds_of(data) == ("vllm-bench",)
    test = content(vllm_bench.read(PATH, {"r.json": data}))
    assert len(test.points) == 3
    assert list(test.by_load()) == ["rate inf, at most 4 at once"]
    newest = json.loads(REAL[2].read_bytes())["duration"]
    assert test.by_load()["rate inf, at most 4 at once"].seconds == newest


BAD: list[tuple[dict[str, Any], str]] = [
    ({"duration": "50"}, "MP212 duration: duration is the text '50', expected a number"),
    ({"duration": -50.0}, "MP212 duration: duration is -50.0: below 0, or beyond all measure"),
    ({"duration": 0}, "MP212 duration: duration is 0: a run that did anything has more"),
    ({"completed": 199.5}, "MP212 completed: completed is 199.5, expected a whole number"),
    ({"mean_ttft_ms": 0.0}, "MP212 mean_ttft_ms: mean_ttft_ms is 0: a run that did anything has more"),
    ({"p95_itl_ms": [1]}, "MP212 p95_itl_ms: p95_itl_ms is a list, expected a number"),
    ({"output_throughput": 180.0}, "MP213 : output_throughput * duration is 9000, total_output_tokens give 6400"),
    ({"request_throughput": 8.0}, "MP213 : request_throughput * duration is 400, completed requests give 200"),
    ({"total_token_throughput": 300.0}, "MP213 : total_token_throughput * duration is 15000, the tokens give 16000"),
    ({"p50_ttft_ms": 12.0}, "MP213 : p50_ttft_ms is 12, median_ttft_ms give 19"),
    ({"p99_ttft_ms": 22.0}, "MP213 p99_ttft_ms: median and percentiles are not in rising order"),
    ({"completed": 0, "failed": 200}, "MP214 : rate inf, at most 4 at once: no request was answered, 200 failed"),
    ({"num_prompts": 500}, "MP215 : rate inf, at most 4 at once: 200 of 500 requests were made"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words[:40] for _, words in BAD])
def test_a_figure_that_cannot_be_is_named(change: dict[str, Any], words: str) -> None:
    assert words in said(vllm_with(change))


def test_in_a_file_of_several_runs_the_run_is_named() -> None:
    found = said(vllm_with({}, {"duration": "50", "date": "20261124-041500"}))
    assert found[0].startswith("MP212 1.duration:")


def test_runs_on_two_machines_are_not_one_run() -> None:
    found = said(vllm_with({}, {"hardware": "nvidia-h100", "date": "20261124-041500"}))
    assert found == ["MP216 : hardware is 'nvidia-l40s' in one run and 'nvidia-h100' in another"]


def test_before_vllm_counted_failures_what_was_not_completed_failed() -> None:
    (point,) = content(vllm_with({"failed": None, "num_prompts": 210})).points
    assert (point.completed, point.errored) == (200, 10)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "MP214"),
        (b"  \n", "MP214"),
        (b"[]", "MP216"),
        (b'{"duration": NaN}', "MP205"),
        (json.dumps(VLLM).encode() + b"\n{", "MP205"),
        (b"\xff", "MP205"),
        (b"[" * 100_000, "MP205"),
        (b'{"a":1,"a":2}', "MP205"),
        (b"{}\n" * 201, "MP205"),
    ],
)
def test_what_is_no_result_is_refused(data: bytes, code: str) -> None:
    assert [found.code for found in vllm_bench.read(PATH, {"r.json": data}).problems] == [code]


def test_a_date_that_is_none_gives_no_time() -> None:
    assert vllm_with({"date": "20261399-031500"}).finished is None
