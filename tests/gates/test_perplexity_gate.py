import json
from dataclasses import replace
from typing import Any

import pytest
from builders import (
    BASELINE,
    INT2,
    INT4,
    NEGATIVE,
    SHARED,
    case,
    codes,
    digest_of,
    genuine,
    kept,
    needs_shared,
    reduced,
    run,
    subject,
)
from pydantic import ValidationError

from modelpromote.core.gates.gate import Outcome, Subject
from modelpromote.core.gates.perplexity import Settings, judge

WORDS = Settings.model_validate({"gate": "perplexity", "task": "zoo_ppl", "metric": "word_perplexity", "limit": "3%"})
REAL = SHARED / "real" / "lm-eval"


def limited_to(percentage: str, metric: str = "word_perplexity", task: str = "zoo_ppl") -> Settings:
    return Settings.model_validate({"gate": "perplexity", "task": task, "metric": metric, "limit": percentage})


def with_lm_eval(name: str, files: dict[str, bytes]) -> Subject:
    return subject(name, run("lm-eval", files, digest_of(name)))


def results_of(name: str) -> tuple[str, Any]:
    """The results file of a variant: its name and its content."""
    [(file, data)] = [(file, data) for file, data in kept(name, "lm-eval").items() if file.endswith(".json")]
    return file, json.loads(data)


def figures(name: str) -> Any:
    return results_of(name)[1]["results"]["zoo_ppl"]


def arguments(results: Any) -> Any:
    return results["config"]["model_args"]


def changed(name: str, change: Any) -> dict[str, bytes]:
    """The lm-eval files of a variant, without samples, after `change` worked on the results."""
    file, results = results_of(name)
    results["task_hashes"] = {}
    change(results)
    return {file: json.dumps(results).encode()}


def test_four_bits_lose_almost_nothing() -> None:
    verdict = judge(WORDS, case(genuine(INT4)))
    assert verdict.outcome is Outcome.PASS
    assert verdict.figure == "+0.02% [+0.01%, +0.04%]"
    assert verdict.limit == "at most +3%"
    assert verdict.samples == 60
    assert verdict.marks == ()
    assert len(verdict.evidence) == 2


def test_two_bits_lose_more_but_within_the_limit() -> None:
    verdict = judge(WORDS, case(genuine(INT2)))
    assert verdict.passes
    assert verdict.value == pytest.approx(0.6918, abs=1e-4)
    assert verdict.interval == pytest.approx((0.4720, 0.9130), abs=0.01)


def test_the_point_beyond_the_limit_fails() -> None:
    verdict = judge(limited_to("0.5%"), case(genuine(INT2)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.FAIL, ["MP323"])


def test_the_interval_across_the_limit_is_inconclusive() -> None:
    verdict = judge(limited_to("0.8%"), case(genuine(INT2)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP324"])


@pytest.mark.parametrize(("metric", "percent"), [("byte_perplexity", 0.1365), ("bits_per_byte", 1.2001)])
def test_other_metrics_have_other_changes(metric: str, percent: float) -> None:
    verdict = judge(limited_to("3%", metric), case(genuine(INT2)))
    before, after = (figures(name)[f"{metric},none"] for name in (BASELINE, INT2))
    assert verdict.value == pytest.approx(100 * (after / before - 1), rel=1e-9)
    assert verdict.value == pytest.approx(percent, abs=1e-3)
    assert verdict.interval is not None
    assert verdict.interval[0] < percent < verdict.interval[1]


def test_the_baseline_passes_on_its_own_evidence() -> None:
    verdict = judge(WORDS, case(genuine(BASELINE)))
    assert (verdict.outcome, verdict.marks) == (Outcome.PASS, ("is the baseline",))


def test_the_baseline_needs_evidence_too() -> None:
    verdict = judge(WORDS, case(subject(BASELINE)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP321"])


def test_whose_run_is_missing_is_said() -> None:
    verdict = judge(WORDS, case(genuine(INT4), subject(BASELINE)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert [found.detail for found in verdict.findings] == [
        "baseline tiny-llama/v1.0-fp16 has no complete lm-eval run of zoo_ppl with word_perplexity,none"
    ]
    verdict = judge(WORDS, case(subject(INT4)))
    assert verdict.findings[0].detail.startswith("candidate tiny-llama/v1.3-int4-g64 has no complete")
    assert verdict.findings[0].location.path == "models/tiny-llama/v1.3-int4-g64/variant.yaml"


def test_a_baseline_that_cannot_be_read_is_named() -> None:
    verdict = judge(WORDS, replace(case(genuine(INT4)), baseline=None))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "the baseline v1.0-fp16 cannot be read" in verdict.findings[0].detail


def test_a_task_that_was_not_run_is_missing() -> None:
    verdict = judge(limited_to("3%", task="wikitext"), case(genuine(INT4)))
    assert codes(verdict.findings) == ["MP321", "MP321"]


def test_a_filter_that_was_not_run_is_named() -> None:
    settings = WORDS.model_copy(update={"filter": "strict-match"})
    verdict = judge(settings, case(genuine(INT4)))
    assert "no figure word_perplexity,strict-match" in verdict.findings[1].detail


def test_without_samples_the_point_decides() -> None:
    verdict = judge(WORDS, case(with_lm_eval(INT4, changed(INT4, lambda _: None))))
    assert verdict.outcome is Outcome.PASS
    assert verdict.figure == "+0.02%"
    assert verdict.interval is None
    assert verdict.marks == ("aggregate only", "prompts not compared")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda r: r.update(max_length=64), "max_length: 64 here, 512 in the baseline"),
        (lambda r: r.update(lm_eval_version="0.5.0"), 'lm_eval_version: "0.5" here, "0.4" in the baseline'),
        (lambda r: r["versions"].update(zoo_ppl=2.0), "version: 2 here, 1 in the baseline"),
        (lambda r: r["config"].update(limit=60), "limit: 60 here, not set in the baseline"),
        (lambda r: r["config"].update(model="vllm"), 'backend: "vllm" here, "hf" in the baseline'),
        (lambda r: r["config"].update(random_seed=1), "random_seed: 1 here, 1234 in the baseline"),
        (lambda r: arguments(r).update(dtype="float16"), 'dtype: "float16" here, "float32" in the baseline'),
        (lambda r: arguments(r).update(add=True), "model_args.add: true here, not set in the baseline"),
        (lambda r: r.update(chat_template_sha="ab"), 'chat_template_sha: "ab" here, not set in the baseline'),
        (lambda r: r.update(tokenizer_bos_token=["<s>"]), 'bos_token: ["<s>"] here, ["<|bos|>","0"] in the baseline'),
    ],
)
def test_runs_with_other_settings_are_not_compared(change: Any, text: str) -> None:
    verdict = judge(WORDS, case(with_lm_eval(INT4, changed(INT4, change))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert [(found.code, found.detail) for found in verdict.findings] == [("MP322", text)]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(lm_eval_version="0.4.2"),
        lambda r: r["config"].update(model_args="pretrained=x,dtype=float32,add_bos_token=False,max_length=512"),
        lambda r: r["config"]["model_args"].update(pretrained="elsewhere", tokenizer="elsewhere"),
        lambda r: r.pop("max_length"),
        lambda r: r.pop("higher_is_better"),
        lambda r: r.pop("fewshot_as_multiturn"),
        lambda r: r.update(fewshot_as_multiturn=False),
    ],
)
def test_what_makes_no_difference_is_compared(change: Any) -> None:
    assert judge(WORDS, case(with_lm_eval(INT4, changed(INT4, change)))).passes


def test_an_artifact_is_not_compared_with_itself() -> None:
    same = subject(INT4, run("lm-eval", kept(INT4, "lm-eval"), digest_of(INT4)))
    baseline = subject(BASELINE, *same.runs, digest=digest_of(INT4))
    verdict = judge(WORDS, case(same, baseline))
    assert "candidate and baseline are the same artifact" in [found.detail for found in verdict.findings]


def test_a_copy_of_the_baselines_files_is_not_compared() -> None:
    files = changed(BASELINE, lambda r: [c["metadata"].pop("artifact_sha256") for c in r["configs"].values()])
    verdict = judge(WORDS, case(with_lm_eval(INT4, files), with_lm_eval(BASELINE, files)))
    assert [found.code for found in verdict.findings] == ["MP322"]
    assert "one is a copy of the other" in verdict.findings[0].detail


def test_other_runs_of_the_task_are_listed() -> None:
    older = run("lm-eval", kept(INT4, "lm-eval"), digest_of(INT4), hour=1, path="older")
    newer = run("lm-eval", kept(INT4, "lm-eval"), digest_of(INT4), hour=2, path="newer")
    verdict = judge(WORDS, case(subject(INT4, older, newer)))
    assert verdict.others == (older.path,)
    assert newer.digest in verdict.evidence


@needs_shared
def test_a_limited_run_is_not_complete() -> None:
    verdict = judge(WORDS, case(with_lm_eval(INT4, reduced(NEGATIVE / "limited"))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert codes(verdict.findings) == ["MP321", "MP206"]
    assert "10 of 60 documents, run with limit 10" in verdict.findings[1].detail


@needs_shared
def test_a_run_without_samples_is_aggregate_only() -> None:
    verdict = judge(WORDS, case(with_lm_eval(INT4, reduced(NEGATIVE / "no-samples"))))
    assert verdict.passes
    assert "aggregate only" in verdict.marks


@needs_shared
def test_a_run_with_another_max_length_is_not_compared() -> None:
    verdict = judge(WORDS, case(with_lm_eval(INT4, reduced(NEGATIVE / "other-settings"))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert set(codes(verdict.findings)) == {"MP322"}
    assert "max_length: 64 here, 512 in the baseline" in [found.detail for found in verdict.findings]


@needs_shared
@pytest.mark.parametrize(("folder", "name"), [("swapped", INT4), ("older-artifact", INT2)])
def test_a_run_of_another_artifact_shows_why_it_is_no_evidence(folder: str, name: str) -> None:
    verdict = judge(WORDS, case(with_lm_eval(name, reduced(NEGATIVE / folder))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert codes(verdict.findings) == ["MP321", "MP204"]


@needs_shared
@pytest.mark.parametrize(("scheme", "figure"), [("nvfp4", "+12.65%"), ("nvfp4a16", "+5.12%")])
def test_openthaigpt_in_four_bits_fails(scheme: str, figure: str) -> None:
    before, after = (
        {"results_2026-01-01T00-00-00.json": (REAL / f"otg7b_{name}_ppl.json").read_bytes()}
        for name in ("bf16", scheme)
    )
    verdict = judge(limited_to("3%", task="wikitext"), case(with_lm_eval(INT4, after), with_lm_eval(BASELINE, before)))
    assert (verdict.outcome, verdict.figure) == (Outcome.FAIL, figure)
    assert verdict.marks == ("aggregate only",)
    assert codes(verdict.findings) == ["MP323"]


@pytest.mark.parametrize("metric", ["acc", "perplexity", "word_perplexity,none"])
def test_only_metrics_where_lower_is_better(metric: str) -> None:
    with pytest.raises(ValidationError):
        limited_to("3%", metric)
