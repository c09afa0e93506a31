"""Figures edited by hand are found without any sample; real files raise no alarm."""

import json
from pathlib import Path
from typing import Any

import pytest
from kept_evidence import kept
from made_runs import RESULTS

from modelpromote.core.evidence import Evaluation, Reading
from modelpromote.evidence.lm_eval import read

SHARED = Path(__file__).parents[2].parent / "shared"
REAL = SHARED / "real" / "lm-eval"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not here")


def results(change: Any = lambda _: None, source: bytes | None = None) -> Reading:
    """The results alone, after `change` worked on them."""
    data = json.loads(source or kept("v1.4-int2-g64", "lm-eval")[INT2_RESULTS])
    data["task_hashes"] = {} if source is None else data["task_hashes"]
    change(data)
    return read("models/m/v/evidence/lm-eval-1", {RESULTS: json.dumps(data).encode()})


[INT2_RESULTS] = [name for name in kept("v1.4-int2-g64", "lm-eval") if name.endswith(".json")]
ARITH = "exact_match,get-sum"


def edited(**figures: float) -> Any:
    named = {key.replace("__", ","): value for key, value in figures.items()}
    return lambda data: data["results"]["zoo_arith"].update(
        {k.replace("get_sum", "get-sum"): v for k, v in named.items()}
    )


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (edited(exact_match__get_sum=0.993), "MP220", f"{ARITH} is 0.993: 198.6000 right answers of 200 documents"),
        (edited(exact_match__get_sum=1.5), "MP220", f"{ARITH} is 1.5, not between 0 and 1"),
        (
            edited(exact_match__get_sum=0.99),
            "MP221",
            f"{ARITH} 0.99 of 200 documents has stderr 0.007053278933842969, not 0.032785276754349606",
        ),
    ],
)
def test_an_accuracy_edited_by_hand(change: Any, code: str, words: str) -> None:
    found = results(change).problems
    assert (code, words) in [(one.code, one.detail) for one in found]
    assert {one.location.key for one in found} == {f"results.zoo_arith.{ARITH}"}


def test_an_accuracy_with_its_standard_error_edited_too_is_only_found_by_its_samples() -> None:
    both = edited(exact_match__get_sum=0.99, exact_match_stderr__get_sum=0.007053278933842969)
    assert results(both).problems == ()


def test_a_task_that_scores_in_its_own_code_may_have_fractions_but_no_larger_error() -> None:
    def fractions(data: Any) -> None:
        data["configs"]["zoo_arith"]["process_results"] = "def process_results_mc2(doc, results): ..."
        edited(exact_match__get_sum=0.4567, exact_match_stderr__get_sum=0.02)(data)

    assert results(fractions).problems == ()
    wide = results(lambda data: (fractions(data), edited(exact_match_stderr__get_sum=0.2)(data)))
    assert [one.code for one in wide.problems] == ["MP221"]
    assert "has stderr at most 0.0353" in wide.problems[0].detail


@needs_shared
def test_a_group_is_the_mean_of_its_tasks() -> None:
    source = (REAL / "otg7b_nvfp4_thai_exam_v2.json").read_bytes()
    found = results(lambda d: d["results"]["thai_exam_v2"].update({"acc,none": 0.52}), source).problems
    assert [(one.code, one.detail) for one in found] == [
        ("MP222", "acc,none is 0.52, its 5 tasks give 0.4761061946902655")
    ]
    part = results(lambda d: d["results"].pop("thai_exam_v2_ic"), source).content
    assert isinstance(part, Evaluation)
    assert part.tasks["thai_exam_v2"].shortfall == "1 of its 5 tasks have no results"


@needs_shared
def test_perplexities_of_wikitext_belong_together() -> None:
    source = (REAL / "otg7b_nvfp4_ppl.json").read_bytes()
    found = results(lambda d: d["results"]["wikitext"].update({"word_perplexity,none": 10.2}), source).problems
    assert [one.code for one in found] == ["MP223"]
    assert "gives 11.4386" in found[0].detail


@needs_shared
def test_a_group_of_limited_tasks_is_not_complete() -> None:
    def unlimited(data: Any) -> None:
        data["config"]["limit"] = None

    content = results(unlimited, (REAL / "otg7b_nvfp4_mmlu.json").read_bytes()).content
    assert isinstance(content, Evaluation)
    assert content.tasks["mmlu"].samples == 2850
    assert content.tasks["mmlu"].shortfall == "mmlu_abstract_algebra: 50 of 100 documents"


@needs_shared
def test_real_files_raise_no_alarm() -> None:
    paths = [path for path in REAL.glob("*.json") if "paired_analysis" not in path.name]
    paths += (SHARED / "tiny-llama").glob("evidence*/**/results_*.json")
    assert len(paths) >= 30
    figures = 0
    for path in paths:
        reading = read("models/m/v/evidence/lm-eval-1", {RESULTS: path.read_bytes()})
        assert reading.problems == (), path.name
        assert isinstance(reading.content, Evaluation)
        figures += sum(len(task.metrics) for task in reading.content.tasks.values())
    assert figures >= 1000
