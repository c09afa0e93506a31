import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_evidence import SHARED, needs_shared
from made_runs import INT4, PATH, changed, lines, packed, task

from modelpromote.evidence.json_text import Json
from modelpromote.evidence.lm_eval import is_results, read


def test_a_genuine_run() -> None:
    reading = read(PATH, INT4)
    assert (reading.tool, reading.version, reading.problems) == ("lm-eval", "0.4.13", ())
    assert reading.claims == {"e5af124c70b0d7b57c63c549adbc1c86b73a624da7122b2c12e64906a0d6d70b"}
    assert reading.finished == datetime(2026, 11, 24, 2, 58, 14, 565592, UTC)
    found = task(reading)
    assert found.metrics["word_perplexity,none"] == 1.7765705061826178
    assert "word_perplexity_stderr,none" not in found.metrics
    assert (found.samples, len(found.items), found.shortfall) == (60, 60, "")
    assert found.items[0].metrics["word_perplexity"] == (-42.99658203125, 72.0)
    assert task(reading, "zoo_arith").items == ()


def test_the_settings_that_must_be_equal() -> None:
    assert task(read(PATH, INT4)).settings == {
        "lm_eval_version": '"0.4"',
        "version": "1",
        "n-shot": "0",
        "n-samples": "60",
        "task_hash": '"58cfbdb18cd6ff0c5cf2601f5906b03bd16595f1f87ab7b594848b4049ea199e"',
        "backend": '"hf"',
        "max_length": "512",
        "bos_token": '["<|bos|>","0"]',
        "eos_token": '["<|end|>","1"]',
        "metric_list": '[{"metric":"word_perplexity"},{"metric":"byte_perplexity"},{"metric":"bits_per_byte"}]',
        "random_seed": "1234",
        "numpy_seed": "1234",
        "torch_seed": "1234",
        "fewshot_seed": "1234",
        "dtype": '"float32"',
    }
    generated = task(read(PATH, INT4), "zoo_arith").settings
    assert '"max_gen_toks":40' in generated["generation_kwargs"]
    assert '"regex_pattern"' in generated["filter_list"]


def test_an_address_in_memory_is_no_setting() -> None:
    def function(results: Any) -> None:
        results["configs"]["zoo_ppl"]["metric_list"] = [{"metric": "<function m at 0xfb4c7ea0e5c0>"}]

    assert task(changed(function)).settings["metric_list"] == '[{"metric":"<function m>"}]'


def old(results: Any) -> None:
    """What 0.4.2 did not write yet."""
    for key in ("n-samples", "higher_is_better", "lm_eval_version", "task_hashes", "max_length"):
        del results[key]
    results["config"]["model_args"] = "pretrained=x,dtype=float32,max_length=512,trust_remote_code=True"


def test_a_file_of_an_old_version() -> None:
    reading = changed(old)
    found = task(reading)
    assert (reading.problems, reading.version, found.samples, found.shortfall) == ((), "", None, "")
    assert (found.settings["max_length"], found.settings["dtype"]) == ("512", '"float32"')
    assert found.settings["model_args.trust_remote_code"] == "true"
    assert "task_hash" not in found.settings


@pytest.mark.parametrize(
    ("change", "shortfall"),
    [
        (lambda r: r["n-samples"]["zoo_ppl"].update(effective=10), "10 of 60 documents"),
        (
            lambda r: (r["n-samples"]["zoo_ppl"].update(effective=10), r["config"].update(limit=10.0)),
            "10 of 60 documents, run with limit 10",
        ),
        (lambda r: (r.pop("n-samples"), r["config"].update(limit=0.5)), "run with limit 0.5"),
        (
            lambda r: r["n-samples"]["zoo_ppl"].update(effective=61, original=61),
            "samples of 60 documents, 61 were evaluated",
        ),
        (lambda r: r["n-samples"]["zoo_ppl"].update(effective=0, original=0), "no document"),
        (lambda r: r["config"].update(limit=1000.0), ""),
    ],
)
def test_what_a_whole_run_lacks(change: Any, shortfall: str) -> None:
    assert task(changed(change)).shortfall == shortfall


def test_a_document_twice_is_no_whole_run() -> None:
    rows = lines()
    rows[1] = {**rows[1], "doc_id": 0}
    assert task(changed(ppl=packed(rows))).shortfall == "samples with a document twice (filter none)"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda r: r.pop("date"), None),
        (lambda r: r.update(date=1e300), None),
        (
            lambda r: r.update(date=1795489070, total_evaluation_time_seconds="?"),
            datetime(2026, 11, 24, 2, 57, 50, tzinfo=UTC),
        ),
        (
            lambda r: r.update(date=1795489070, total_evaluation_time_seconds=10),
            datetime(2026, 11, 24, 2, 58, tzinfo=UTC),
        ),
        (lambda r: r.update(date=1795489070, total_evaluation_time_seconds="nan"), None),
    ],
)
def test_when_it_ended(change: Any, expected: datetime | None) -> None:
    assert changed(change).finished == expected


@needs_shared
@pytest.mark.parametrize("name", sorted(path.name for path in (SHARED / "real" / "lm-eval").glob("*.json")))
def test_real_files_of_others(name: str) -> None:
    data = (SHARED / "real" / "lm-eval" / name).read_bytes()
    assert is_results(data) is (name != "otg7b_paired_analysis.json")
    if is_results(data):
        reading = read(PATH, {"results_2026-01-01T00-00-00.json": data})
        assert (reading.problems, reading.claims, reading.version) == ((), frozenset(), "0.4.12")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["t", "t,none", "metadata", "limit", "model_args"]), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = ("results", "configs", "config", "versions", "n-shot", "n-samples", "task_hashes", "date", "max_length")


@settings(deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(KEYS, JSON)), JSON)
def test_nothing_makes_it_raise(data: dict[str, Json], any_value: Json) -> None:
    tables = {key: {"t": value, **(value if isinstance(value, dict) else {})} for key, value in data.items()}
    for value in (any_value, data, tables):
        reading = read(PATH, {"results_x.json": json.dumps(value).encode()})
        assert reading.content is not None or reading.problems
