"""GuideLLM's report: every form is read, every figure that cannot be is named, nothing private is kept."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kept_evidence import SHARED, needs_shared
from made_load_tests import INT4, PATH, SPEED, content, guidellm_with, said

from modelpromote.evidence import guidellm
from modelpromote.evidence.kinds import kinds_of

REAL = sorted(SPEED.glob("guidellm_*.json")) + sorted((SHARED / "tiny-llama").glob("evidence*/*/speed/*.json"))
ERRORED = SHARED / "tiny-llama" / "evidence-negative" / "errored-speed" / "guidellm.json"
RAW = SHARED / "tiny-llama" / "evidence" / "v1.3-int4-g64" / "speed" / "guidellm.json"
FIRST = "benchmarks.0"
E2E = f"{FIRST}.metrics.request_latency.successful"


def first(report: dict[str, Any]) -> dict[str, Any]:
    return report["benchmarks"][0]


def figure(report: dict[str, Any], metric: str) -> dict[str, Any]:
    return first(report)["metrics"][metric]["successful"]


def test_what_a_report_says() -> None:
    reading = guidellm_with(lambda _: None)
    test = content(reading)
    assert (reading.tool, reading.version, str(reading.finished)[:19]) == ("guidellm", "0.8.1", "2026-11-24 03:15:00")
    assert [claim[:12] for claim in reading.claims] == ["e5af124c70b0"]
    assert (test.hardware, test.image, test.model) == ("2-core-cpu", "tiny-llama-serve:1.0", "tiny-llama-v1.3-int4-g64")
    assert test.warnings == ("generation_delay_ttft",)
    one, four = test.points
    assert (one.load, one.completed, one.errored, one.incomplete, one.seconds) == ("concurrent 1", 86, 0, 1, 20.0)
    assert (four.load, four.output_tokens, four.output_tokens_per_second) == ("concurrent 4", 2304, 115.2)
    assert four.latencies["ttft"].p95 == pytest.approx(97.31554985)  # milliseconds
    assert four.latencies["e2e"].p50 == pytest.approx(1060, rel=0.01)  # seconds in the file


@needs_shared
@pytest.mark.parametrize("path", [*REAL, ERRORED], ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_every_real_report_is_read_and_keeps_its_figures(path: Path) -> None:
    data = path.read_bytes()
    assert kinds_of(data) == ("guidellm",)
    reading = guidellm.read(PATH, {"r.json": data})
    if "all_errored" in path.name:
        assert said(reading) == ["MP214 benchmarks.0: concurrent 2: no request was answered, 10 failed"]
    else:
        assert content(reading).points
    kept = guidellm.reduce_report(data)
    assert guidellm.reduce_report(kept) == kept
    assert guidellm.read(PATH, {"r.json": kept}) == reading


@needs_shared
def test_the_kept_report_is_the_committed_one_and_has_no_prompt() -> None:
    kept = guidellm.reduce_report(RAW.read_bytes())
    assert json.loads(kept) == INT4
    assert len(kept) < 0.05 * RAW.stat().st_size
    for private in (b'\\"prompt\\"', b'"output":', b"127.0.0.1", b"api_key", b"request_args"):
        assert private in RAW.read_bytes()
        assert private not in kept


def test_keys_and_headers_are_not_kept_wherever_they_are() -> None:
    report = {**INT4, "args": {"data": [{"load_kwargs": {"token": "hf_secret"}}], "backend_kwargs": {"api_key": "k"}}}
    report["metadata"] = {"version": 1, "headers": {"Authorization": "Bearer secret"}}
    kept = guidellm.reduce_report(json.dumps(report).encode())
    assert b"secret" not in kept
    assert b"api_key" not in kept


def as_arguments(report: dict[str, Any]) -> None:
    """The form of 0.4 to 0.6, as guidellm/benchmark/schemas of 0.6.0 has it."""
    spec = report.pop("config")["spec"]
    report["metadata"] = {"version": 1, "guidellm_version": "0.6.0"}
    report["args"] = {"data": ["prompt_tokens=48"], "model": spec["backend"]["model"], "max_seconds": 20}


def test_reports_of_04_to_06_are_read() -> None:
    test = content(guidellm_with(as_arguments))
    assert [point.load for point in test.points] == ["concurrent 1", "concurrent 4"]
    assert (test.model, test.hardware) == ("tiny-llama-v1.3-int4-g64", "")
    assert test.points[0].settings["max_seconds"] == "20"


BAD_FIGURES: list[tuple[Any, str]] = [
    ("12", "expected a number"),
    (True, "true or false, expected a number"),
    (-1, "-1: below 0"),
    (1e300, "beyond all measure"),
    (None, "is missing"),
    (0, "total_sum is 0: a run that did anything has more"),
    ({}, "an object, expected a number"),
]


@pytest.mark.parametrize(("value", "words"), BAD_FIGURES, ids=[repr(value) for value, _ in BAD_FIGURES])
def test_a_figure_that_cannot_be_is_named(value: Any, words: str) -> None:
    reading = guidellm_with(lambda report: figure(report, "output_token_count").update(total_sum=value))
    found = [line for line in said(reading) if line.startswith("MP212")]
    assert found
    assert f"{FIRST}.metrics.output_token_count.successful.total_sum" in found[0]
    assert words in found[0]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("NaN", "NaN is not a number"),
        ("-Infinity", "-Infinity is not a number"),
        ("1e999", "1e999 is too large a number"),
    ],
)
def test_what_is_no_number_of_json_is_refused(number: str, words: str) -> None:
    text = json.dumps(INT4).replace('"duration": 20.0', f'"duration": {number}')
    (problem,) = guidellm.read(PATH, {"r.json": text.encode()}).problems
    assert (problem.code, problem.detail) == ("MP205", words)


EDITS: list[tuple[str, Any, str]] = [
    ("mean", lambda r: figure(r, "request_latency").update(mean=0.1), "total_sum is"),
    ("p95", lambda r: figure(r, "time_to_first_token_ms")["percentiles"].update(p95=20.0), "p95 is 20, but"),
    ("order", lambda r: figure(r, "inter_token_latency_ms")["percentiles"].update(p95=1.0), "not in rising order"),
    ("itl", lambda r: figure(r, "inter_token_latency_ms")["percentiles"].update(p95=6.9), "p95 is 6.9, but"),
    ("median", lambda r: figure(r, "request_latency").update(median=0.2), "median is 0.2, the percentiles give"),
    ("tokens", lambda r: first(r).update(duration=10.0, end_time=first(r)["start_time"] + 10), "tokens and duration"),
    ("duration", lambda r: first(r).update(duration=10.0), "its start and end give 20"),
    ("requests", lambda r: first(r)["metrics"]["request_totals"].update(successful=200), "the request totals give 200"),
    ("deviation", lambda r: figure(r, "request_latency").update(std_dev=0.5), "the deviation give"),
]


@pytest.mark.parametrize(("change", "words"), [edit[1:] for edit in EDITS], ids=[edit[0] for edit in EDITS])
def test_an_edited_figure_contradicts_the_others(change: Any, words: str) -> None:
    found = said(guidellm_with(change))
    assert any(line.startswith(f"MP213 {FIRST}") and words in line for line in found), found


def test_a_consistent_edit_contradicts_the_requests() -> None:
    def change(report: dict[str, Any]) -> None:
        values = figure(report, "request_latency")
        for name in ("mean", "total_sum"):
            values[name] *= 0.8

    found = said(guidellm_with(change))
    assert len(found) == 1
    assert found[0].startswith(f"MP213 {E2E}: total_sum is")
    assert "the requests give" in found[0]


def test_nothing_measured_nothing_answered_and_cut_short_each_have_their_words() -> None:
    def one_of_two(report: dict[str, Any]) -> None:
        report["benchmarks"].pop()

    def stopped(report: dict[str, Any]) -> None:
        limit = {"max_requests": {"type_": "max_requests", "args": {"count": 500}}}
        first(report)["config"]["constraints"] = limit

    assert said(guidellm_with(lambda r: r.update(benchmarks=[])))[0] == "MP214 benchmarks: no load was measured"
    assert said(guidellm_with(one_of_two)) == ["MP215 benchmarks: 1 of 2 planned loads were measured"]
    assert said(guidellm_with(stopped)) == [f"MP215 {FIRST}: concurrent 1: 87 of 500 requests were made"]


def test_a_form_that_is_not_known_is_not_guessed() -> None:
    newer = said(guidellm_with(lambda report: report["metadata"].update(version=3)))
    assert newer == ["MP216 : its schema is version 3, known are 1 and 2"]
    assert said(guidellm_with(lambda report: report.pop("config")))[0].startswith("MP216 : not a report of GuideLLM")
    loadless = said(guidellm_with(lambda report: first(report)["config"].pop("strategy")))
    assert loadless == [f"MP216 {FIRST}.strategy: says not which load it is"]


def test_answers_that_were_not_streamed_have_no_first_token() -> None:
    def change(report: dict[str, Any]) -> None:
        for one in report["benchmarks"]:
            values = one["metrics"]["time_to_first_token_ms"]["successful"]
            values.update({key: 0.0 for key in values if key not in {"count", "percentiles"}})
            values["percentiles"] = dict.fromkeys(values["percentiles"], 0.0)
            one["requests"] = {}

    assert "ttft" not in content(guidellm_with(change)).points[0].latencies


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the report, of long lists the first."""
    parts = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


ODD: tuple[Any, ...] = (None, True, "x", "", [], {}, -1, 0, 1e308, 10**29, [None], {"a": 1}, [[]])


@pytest.mark.parametrize("seed", range(2))
def test_whatever_stands_where_it_is_read_or_refused_and_the_kept_form_says_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same places every time
    for path in random.sample(sorted(places(INT4), key=str), 60):
        report = copy.deepcopy(INT4)
        node: Any = report
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = random.choice(ODD)
        data = json.dumps(report).encode()
        kept = guidellm.reduce_report(data)
        assert guidellm.reduce_report(kept) == kept, path
        assert guidellm.read(PATH, {"r.json": kept}) == guidellm.read(PATH, {"r.json": data}), path
