import gzip
import json
from typing import Any

import pytest
from made_runs import INT4, PATH, PPL, RESULTS, changed, lines, packed

from modelpromote.evidence.lm_eval import read


def set_figure(name: str, key: str, value: float) -> Any:
    return lambda results: results["results"][name].update({key: value})


@pytest.mark.parametrize(
    ("change", "code", "key", "word"),
    [
        (
            set_figure("zoo_ppl", "word_perplexity,none", 1.7),
            "MP207",
            "results.zoo_ppl.word_perplexity,none",
            "its samples give 1.77657",
        ),
        (set_figure("zoo_mc", "acc,none", 1.0), "MP207", "results.zoo_mc.acc,none", "its samples give 0.995"),
        (set_figure("zoo_mc", "acc_norm,none", 0.9), "MP207", "results.zoo_mc.acc_norm,none", "its samples give 1.0"),
        (
            set_figure("zoo_ppl", "word_perplexity,none", 0.5),
            "MP205",
            "results.zoo_ppl.word_perplexity,none",
            "a perplexity is at least 1",
        ),
        (lambda r: r["task_hashes"].update(zoo_ppl="0" * 64), "MP207", "task_hashes.zoo_ppl", "another task hash"),
    ],
)
def test_figures_that_their_samples_do_not_give(change: Any, code: str, key: str, word: str) -> None:
    problem = changed(change).problems[0]
    assert (problem.code, problem.location.key) == (code, key)
    assert problem.location.path == f"{PATH}/{RESULTS}"
    assert word in problem.detail


@pytest.mark.parametrize("value", [0.0, -1.0, 0.99])
def test_perplexities_that_no_run_gives(value: float) -> None:
    codes = [found.code for found in changed(set_figure("zoo_ppl", "byte_perplexity,none", value)).problems]
    assert "MP205" in codes


def test_bits_and_bytes_must_agree_without_samples_too() -> None:
    results = json.loads(INT4[RESULTS])
    results["results"]["zoo_ppl"]["bits_per_byte,none"] = 0.16
    [problem] = read(PATH, {RESULTS: json.dumps(results).encode()}).problems
    assert (problem.code, problem.location.key) == ("MP207", "results.zoo_ppl.bits_per_byte,none")


@pytest.mark.parametrize(
    ("ppl", "detail"),
    [
        (b"", "gzip that is cut off, or with something behind it"),
        (b"plain", "not gzip"),
        (INT4[PPL][:-9], "gzip that is cut off, or with something behind it"),
        (INT4[PPL] + b"more", "gzip that is cut off, or with something behind it"),
        (gzip.compress(b" " * (33 * 2**20), mtime=0), "unpacks to more than 33554432 bytes, which is the limit"),
        (packed([], b"{}\n"), "line 1: not a sample of lm-eval"),
        (packed([], b"{\n"), "not the reduced samples that `promote evidence add` keeps"),
        (packed([], b"[" * 100_000 + b"\n"), "not the reduced samples that `promote evidence add` keeps"),
        (packed([], b'{"a":NaN}\n'), "not the reduced samples that `promote evidence add` keeps"),
        (packed([], b"1," * 2), "not the reduced samples that `promote evidence add` keeps"),
        (
            packed([], b'{"a":1,"a":1}\n'),
            "not the reduced samples that `promote evidence add` keeps: keys, order or spaces differ",
        ),
        (packed([{**lines()[0], "doc_id": "0"}]), "line 1: doc_id is not a whole number"),
        (packed([*lines()[:2], {**lines()[2], "doc_hash": "short"}]), "line 3: doc_hash is not a sha256 in hex"),
        (
            packed([{**lines()[0], "metrics": {"word_perplexity": [1, 2, 3]}}]),
            "line 1: a metric is neither a number nor a pair of numbers",
        ),
        (
            packed([{**lines()[0], "metrics": {"word_perplexity": 1e200}}]),
            "line 1: a metric is neither a number nor a pair of numbers",
        ),
    ],
)
def test_samples_that_are_not_read(ppl: bytes, detail: str) -> None:
    problem = next(found for found in changed(ppl=ppl).problems if found.code == "MP205")
    assert (problem.detail, problem.location.path) == (detail, f"{PATH}/{PPL}")


def test_a_sample_that_was_changed_shows_in_the_figure() -> None:
    rows = lines()
    rows[7]["metrics"]["word_perplexity"][0] += 1
    assert [found.code for found in changed(ppl=packed(rows)).problems] == ["MP207"]


def test_words_that_sum_to_nothing_give_no_figure() -> None:
    rows = [{**row, "metrics": {**row["metrics"], "word_perplexity": [-1.0, 0]}} for row in lines()]
    assert "its samples give nan" in changed(ppl=packed(rows)).problems[0].detail


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({}, "0 JSON files, expected one results_*.json"),
        ({"a.json": b"{}", "b.json": b"{}"}, "2 JSON files, expected one results_*.json"),
        ({"a.json": b"{"}, "not JSON: line 1, column 2: Expecting property name enclosed in double quotes"),
        ({"a.json": b"[]"}, "not a results file of lm-eval: it needs results, configs and config"),
        ({"a.json": b'{"results": {}, "results": {}}'}, "key 'results' is given twice"),
    ],
)
def test_results_that_are_not_read(files: dict[str, bytes], detail: str) -> None:
    reading = read(PATH, files)
    [problem] = reading.problems
    assert (reading.content, problem.code, problem.detail) == (None, "MP205", detail)


@pytest.mark.parametrize(
    "name", ["notes.txt", PPL.replace("T02", "T03"), PPL.replace("zoo_ppl", "other"), PPL.removesuffix(".gz")]
)
def test_a_file_of_another_run(name: str) -> None:
    [problem] = read(PATH, {**INT4, name: b"x"}).problems
    assert (problem.code, problem.location.path) == ("MP205", f"{PATH}/{name}")


def test_a_run_without_a_figure_is_not_complete() -> None:
    reading = read(PATH, {"a.json": b'{"results": {}, "configs": {}, "config": {}}'})
    assert [found.code for found in reading.problems] == ["MP206"]


def test_a_claim_is_text() -> None:
    def number(results: Any) -> None:
        results["configs"]["zoo_ppl"]["metadata"]["artifact_sha256"] = 5

    [problem] = changed(number).problems
    assert problem.location.key == "configs.zoo_ppl.metadata.artifact_sha256"
