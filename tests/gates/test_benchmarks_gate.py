import json
import time
from dataclasses import replace
from typing import Any

import pytest
from builders import (
    BASELINE,
    INT2,
    INT4,
    NEGATIVE,
    NOON,
    SHARED,
    case,
    codes,
    digest_of,
    needs_shared,
    reduced,
    run,
    subject,
)
from pydantic import ValidationError

from modelpromote.core.evidence import Evaluation, Item, Run, TaskResult
from modelpromote.core.gates.benchmarks import Settings, judge
from modelpromote.core.gates.gate import Case, Outcome, Profile, Subject, Verdict
from modelpromote.core.quantities import Percentage

REAL = SHARED / "real" / "lm-eval"
ZOO = SHARED / "tiny-llama" / "evidence"
pytestmark = needs_shared


def limits(average: str = "5%", metrics: dict[str, str] | None = None, **tasks: str) -> Settings:
    named = {"gate": "benchmarks", "tasks": tasks, "average": average, "metrics": metrics or {}}
    return Settings.model_validate(named)


BOTH = limits(zoo_arith="2%", zoo_mc="3%", metrics={"zoo_mc": "acc,none"})


def zoo(name: str) -> Subject:
    """A variant with its lm-eval run and every sample of it."""
    return subject(name, run("lm-eval", reduced(ZOO / name / "lm_eval"), digest_of(name)))


def judged(name: str, settings: Settings = BOTH) -> Verdict:
    return judge(settings, case(zoo(name), zoo(BASELINE)))


def with_files(name: str, files: dict[str, bytes]) -> Subject:
    return subject(name, run("lm-eval", files, digest_of(name)))


def real(name: str, scheme: str) -> Subject:
    """A real run by others, filed under a variant."""
    return with_files(name, {"results_2026-01-01T00-00-00.json": (REAL / f"{scheme}.json").read_bytes()})


def edited(name: str, change: Any) -> Subject:
    """The results of a variant without samples, after `change` worked on them."""
    files = reduced(ZOO / name / "lm_eval")
    [path] = [path for path in files if path.endswith(".json")]
    data = json.loads(files[path])
    change(data)
    return with_files(name, {path: json.dumps(data).encode()})


def test_four_bits_lose_nothing_that_the_samples_could_show() -> None:
    verdict = judged(INT4)
    assert verdict.outcome is Outcome.PASS
    assert verdict.figure == "zoo_arith loses 0.00% [-1.92%, 1.88%]"
    assert verdict.limit == "loss at most zoo_arith 2%, zoo_mc 3%, average 5%"
    assert (verdict.samples, verdict.marks, verdict.findings) == (400, (), ())
    assert len(verdict.evidence) == 2
    assert verdict.details[0] == (
        "zoo_arith exact_match,get-sum: 1.0000 -> 1.0000, loss 0.00% [-1.92%, 1.88%], at most 2%: pass; "
        "0 right -> wrong, 0 wrong -> right of 200; p = 1 (Holm); would show a loss of 2.69%"
    )


def test_two_bits_lose_their_arithmetic() -> None:
    verdict = judged(INT2)
    assert verdict.outcome is Outcome.FAIL
    assert (verdict.value, verdict.bound) == (pytest.approx(31.0), 2.0)
    assert verdict.figure == "zoo_arith loses 31.00% [25.00%, 37.72%]"
    assert codes(verdict.findings) == ["MP362", "MP364"]
    assert verdict.findings[0].detail == (
        "zoo_arith loses 31.00% [25.00%, 37.72%] of the baseline's exact_match,get-sum, at most 2% is asked"
    )
    assert "62 right -> wrong, 0 wrong -> right of 200" in verdict.details[0]


def test_the_interval_across_the_limit_is_inconclusive() -> None:
    verdict = judged(INT4, limits(zoo_arith="1.5%"))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP363"])


def test_a_metric_is_named_where_the_results_have_several() -> None:
    verdict = judged(INT4, limits(zoo_mc="3%"))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP361"] * 2)
    assert "zoo_mc: it has the metrics acc,none, acc_norm,none: name one" in verdict.findings[0].detail


@pytest.mark.parametrize(
    ("metric", "code", "words"),
    [
        ("byte_perplexity,none", "MP361", "lower is better"),
        ("acc,strict", "MP360", "no complete lm-eval run of zoo_ppl with acc,strict"),
    ],
)
def test_a_metric_that_is_no_score_is_refused(metric: str, code: str, words: str) -> None:
    verdict = judged(INT4, limits(zoo_ppl="3%", metrics={"zoo_ppl": metric}))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert (verdict.findings[0].code, words in verdict.findings[0].detail) == (code, True)


def test_a_task_that_was_not_run_is_inconclusive() -> None:
    verdict = judged(INT4, limits(zoo_arith="2%", gsm8k="2%"))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP360", "MP360"])
    assert verdict.figure.startswith("zoo_arith loses")  # what there is, is shown


def test_the_baseline_passes_on_its_own_runs() -> None:
    verdict = judge(BOTH, case(zoo(BASELINE)))
    assert (verdict.outcome, verdict.figure) == (Outcome.PASS, "zoo_arith 1.0000, zoo_mc 0.9950")
    assert verdict.marks == ("is the baseline",)
    verdict = judge(BOTH, case(subject(BASELINE)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP360"] * 2)


def test_a_baseline_that_cannot_be_read_is_named() -> None:
    verdict = judge(BOTH, replace(case(zoo(INT4), zoo(BASELINE)), baseline=None))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP360"])


def test_without_samples_the_point_decides() -> None:
    verdict = judge(BOTH, case(edited(INT2, lambda _: None), zoo(BASELINE)))
    assert verdict.marks == ("aggregate only",)
    assert codes(verdict.findings) == ["MP362", "MP364"]  # zoo_mc, 0.995 on both sides, passes
    assert verdict.details[1].endswith("aggregate only")


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        ("limited", INT4, ["MP360", "MP206", "MP360", "MP206"]),
        ("swapped", INT4, ["MP360", "MP204", "MP360", "MP204"]),
        ("older-artifact", INT2, ["MP360", "MP204", "MP360", "MP204"]),
    ],
)
def test_bad_evidence_is_refused(folder: str, name: str, expected: list[str]) -> None:
    verdict = judge(BOTH, case(with_files(name, reduced(NEGATIVE / folder)), zoo(BASELINE)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, expected)


def test_runs_with_other_settings_are_not_compared() -> None:
    verdict = judge(BOTH, case(with_files(INT4, reduced(NEGATIVE / "other-settings")), zoo(BASELINE)))
    assert (verdict.outcome, set(codes(verdict.findings))) == (Outcome.INCONCLUSIVE, {"MP322"})
    assert "zoo_arith: max_length: 64 here, 512 in the baseline" in [found.detail for found in verdict.findings]


def test_a_run_without_samples_is_only_an_aggregate() -> None:
    verdict = judge(BOTH, case(with_files(INT4, reduced(NEGATIVE / "no-samples")), zoo(BASELINE)))
    assert (verdict.outcome, verdict.marks) == (Outcome.PASS, ("aggregate only",))


def test_better_than_the_baseline_is_an_alarm_and_no_refusal() -> None:
    better = subject(INT4, *zoo(BASELINE).runs, digest=digest_of(BASELINE))
    worse = subject(BASELINE, *zoo(INT2).runs, digest=digest_of(INT2))
    verdict = judge(limits(zoo_arith="2%"), case(better, worse))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.PASS, ["MP365"])
    assert not verdict.findings[0].is_error


def test_openthaigpt() -> None:
    """NVFP4 against BF16, by others: the exam of five parts is a group, belebele loses 2.55%."""
    tasks = limits(belebele_tha_Thai="3%", thai_exam="3%", metrics={
        "belebele_tha_Thai": "acc,none", "thai_exam": "acc,none"})  # fmt: skip
    verdict = judge(tasks, case(real(INT4, "otg7b_nvfp4_suite0"), real(BASELINE, "otg7b_bf16_suite0")))
    assert (verdict.outcome, verdict.marks) == (Outcome.PASS, ("aggregate only",))
    assert codes(verdict.findings) == ["MP366"]
    assert verdict.value == pytest.approx(100 * (1 - 689 / 707))
    strict = limits(belebele_tha_Thai="2%", metrics={"belebele_tha_Thai": "acc,none"})
    verdict = judge(strict, case(real(INT4, "otg7b_nvfp4_suite0"), real(BASELINE, "otg7b_bf16_suite0")))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.FAIL, ["MP362"])


def test_openthaigpts_mmlu_was_run_with_a_limit() -> None:
    verdict = judge(limits(mmlu="3%"), case(real(INT4, "otg7b_nvfp4_mmlu"), real(BASELINE, "otg7b_bf16_mmlu")))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert [found.detail for found in verdict.findings if found.code == "MP206"] == ["mmlu: run with limit 50"] * 2


def test_a_group_names_the_tasks_that_differ() -> None:
    source = json.loads((REAL / "otg7b_nvfp4_thai_exam_v2.json").read_bytes())
    for name in ("thai_exam_v2_ic", "thai_exam_v2_onet"):
        source["n-shot"][name] = 3
    other = with_files(INT4, {"results_2026-01-01T00-00-00.json": json.dumps(source).encode()})
    verdict = judge(limits(thai_exam_v2="3%"), case(other, real(BASELINE, "otg7b_bf16_thai_exam_v2")))
    assert [found.detail for found in verdict.findings] == [
        "thai_exam_v2: thai_exam_v2_ic and 1 more tasks: n-shot: 3 here, 0 in the baseline"
    ]


def with_profile(name: str, **tasks: str) -> Case:
    asked = {task: Percentage.parse(limit) for task, limit in tasks.items()}
    return replace(case(zoo(name), zoo(BASELINE)), profile=Profile("maths-tutoring", asked))


def test_a_profile_tightens_a_limit_and_adds_a_task() -> None:
    loose = limits(zoo_arith="40%", average="50%")
    assert judge(loose, case(zoo(INT2), zoo(BASELINE))).outcome is Outcome.PASS
    verdict = judge(loose, with_profile(INT2, zoo_arith="2%"))
    assert (verdict.outcome, verdict.limit) == (Outcome.FAIL, "loss at most zoo_arith 2% (profile maths-tutoring)")
    assert "at most 2% (profile maths-tutoring) is asked" in verdict.findings[0].detail
    assert (
        judge(limits(zoo_mc="3%", metrics={"zoo_mc": "acc,none"}), with_profile(INT2, zoo_arith="2%")).outcome
        is Outcome.FAIL
    )


def test_a_profile_loosens_nothing() -> None:
    verdict = judge(limits(zoo_arith="2%"), with_profile(INT2, zoo_arith="90%"))
    assert (verdict.outcome, verdict.limit) == (Outcome.FAIL, "loss at most zoo_arith 2%")


@pytest.mark.parametrize("given", [{"tasks": {}}, {"tasks": {"gsm8k": 2}}, {"average": "five"}, {"task": "gsm8k"}])
def test_settings_that_are_none(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"gate": "benchmarks", **given})


def test_the_defaults_are_those_of_the_design() -> None:
    default = Settings.model_validate({"gate": "benchmarks"})
    assert {task: str(limit) for task, limit in default.tasks.items()} == {
        "gsm8k": "2%", "humaneval": "2%", "mmlu": "3%",
    }  # fmt: skip
    assert (str(default.average), default.metrics) == ("5%", {"gsm8k": "exact_match,strict-match"})


def large(name: str, stride: int) -> Subject:
    """Five tasks of 20,000 documents each; every `stride`-th answer is wrong."""

    def task(label: str) -> TaskResult:
        scores = [0.0 if index % stride == 0 else 1.0 for index in range(20_000)]
        items = tuple(Item(i, f"{i:064}", "p", "t", "none", {"acc": score}) for i, score in enumerate(scores))
        return TaskResult(label, {"acc,none": sum(scores) / len(scores)}, {}, len(items), "h", items)

    known = zoo(name).runs[0]
    tasks = {f"task{n}": task(f"task{n}") for n in range(5)}
    made = Run(known.path, known.digest, known.entry, Evaluation(tasks))
    return replace(zoo(name), runs=(made,))


def test_a_verdict_on_100_000_samples() -> None:
    settings = limits(**{f"task{n}": "2%" for n in range(5)})
    asked = Case("staging", large(INT4, 40), large(BASELINE, 50), NOON)
    start = time.perf_counter()
    verdict = judge(settings, asked)
    print(f"{time.perf_counter() - start:.3f} s")  # noqa: T201 - shown with -s; timings are no test
    assert verdict.outcome is Outcome.PASS
    assert verdict.samples == 100_000
