"""The gate `speed`: genuine load tests of the zoo and of vLLM, and the same with something changed."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import BASELINE, INT4, SHARED, case, codes, digest_of, kept, needs_shared, run, subject
from pydantic import ValidationError

from modelpromote.core.evidence import Run
from modelpromote.core.gates.gate import Outcome, Subject, Verdict
from modelpromote.core.gates.speed import Settings, judge
from modelpromote.evidence.guidellm import reduce_report

REAL = SHARED / "real" / "speed"
ERRORED = SHARED / "tiny-llama" / "evidence-negative" / "errored-speed" / "guidellm.json"


def settings(**given: Any) -> Settings:
    return Settings.model_validate({"gate": "speed", "minimum": 50, **given})


def zoo(name: str, **labels: str) -> Run:
    """The zoo's own load test, with other labels where they are given."""
    report = json.loads(kept(name, "guidellm")["guidellm.json"])
    report["config"]["metadata"]["labels"] |= labels
    return run("guidellm", {"guidellm.json": json.dumps(report).encode()}, digest_of(name))


def figures(hour: int = 3, duration: float = 50.0, **changes: Any) -> bytes:
    """A vllm bench result: 200 requests of 32 tokens each; a figure that is None is left out."""
    given = {
        "date": f"20261124-{hour:02}0000", "backend": "openai", "model_id": "tiny", "num_prompts": 200,
        "request_rate": "inf", "max_concurrency": 4, "duration": duration, "completed": 200, "failed": 0,
        "total_input_tokens": 9600, "total_output_tokens": 6400, "request_throughput": 200 / duration,
        "output_throughput": 6400 / duration, "mean_ttft_ms": 20.0, "median_ttft_ms": 19.0, "p95_ttft_ms": 30.0,
        "p99_ttft_ms": 40.0, "mean_itl_ms": 6.0, "median_itl_ms": 5.5, "p95_itl_ms": 7.0, "p99_itl_ms": 9.0,
        "hardware": "nvidia-l40s", "image": "vllm:0.11",
    }  # fmt: skip
    return json.dumps({key: value for key, value in (given | changes).items() if value is not None}).encode()


def bench(name: str, hour: int = 3, **changes: Any) -> Run:
    """A run of it; those of two variants are never the same file."""
    return run("vllm-bench", {"r.json": figures(hour, **{"model_id": name, **changes})}, digest_of(name), hour)


def judged(own: Run | list[Run], base: Run | list[Run] | None = None, **given: Any) -> Verdict:
    def side(name: str, runs: Run | list[Run] | None) -> Subject:
        return subject(name, *(runs if isinstance(runs, list) else [runs] if runs else []))

    return judge(settings(**given), case(side(INT4, own), side(BASELINE, base)))


def details(verdict: Verdict) -> list[str]:
    return [f"{found.code} {found.detail}" for found in verdict.findings]


def test_a_win_is_shown() -> None:
    own = bench(INT4, duration=35.0, p95_ttft_ms=24.0, p95_itl_ms=5.6)
    verdict = judged(own, bench(BASELINE))
    assert (verdict.outcome, verdict.figure) == (Outcome.PASS, "1.43x tokens/s, TTFT p95 -20%, ITL p95 -20%")
    assert verdict.limit == "at worst tokens/s -5%, TTFT +10%, ITL +10%"
    assert (verdict.samples, verdict.unit, verdict.bound) == (200, "x", 0.95)
    assert verdict.value == pytest.approx(50 / 35)
    assert len(verdict.evidence) == 2


def test_the_zoo_was_measured_where_nothing_is_won_and_the_gate_says_so() -> None:
    verdict = judged(zoo(INT4), zoo(BASELINE))
    assert (verdict.outcome, verdict.figure) == (Outcome.FAIL, "0.82x tokens/s, TTFT p95 +21%, ITL p95 +35%")
    assert verdict.marks == ("the worst of each", "load generator warns: generation_delay_ttft")
    assert details(verdict)[0] == (
        "MP353 concurrent 1: tokens/s 137.6 here, 158.4 in the baseline (-13%), at most 5% worse is asked"
    )
    assert set(codes(verdict.findings)) == {"MP353"}


def test_within_the_tolerance_is_a_pass_and_beyond_it_is_none() -> None:
    loose = {"throughput": "19%"}
    assert judged(zoo(INT4), zoo(BASELINE), tolerance=loose).passes
    assert judged(zoo(INT4), zoo(BASELINE), tolerance={"throughput": "18%"}).outcome is Outcome.FAIL
    assert judged(zoo(INT4), zoo(BASELINE), tolerance={**loose, "latency": "32%"}).passes
    assert judged(zoo(INT4), zoo(BASELINE), tolerance={**loose, "latency": "30%"}).outcome is Outcome.FAIL


def test_exactly_the_tolerance_passes() -> None:
    assert judged(bench(INT4, p95_ttft_ms=33.0), bench(BASELINE)).passes
    assert not judged(bench(INT4, p95_ttft_ms=33.1), bench(BASELINE)).passes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hardware": "nvidia-h100"}, "hardware: nvidia-h100 here, nvidia-l40s in the baseline"),
        ({"hardware": None}, "hardware: not named here, nvidia-l40s in the baseline"),
        ({"image": "vllm:0.12"}, "image: vllm:0.12 here, vllm:0.11 in the baseline"),
        ({"burstiness": 2.0}, "rate inf, at most 4 at once: burstiness: 2 here, not named in the baseline"),
        ({"tokenizer_id": "t"}, 'rate inf, at most 4 at once: tokenizer_id: "t" here, not named in the baseline'),
        (
            {"max_concurrency": 8},
            "loads: rate inf, at most 8 at once here, rate inf, at most 4 at once in the baseline",
        ),
        (
            {"total_output_tokens": 3200, "output_throughput": 64.0},
            "rate inf, at most 4 at once: output tokens of a request: 16.0 here, 32.0 in the baseline",
        ),
    ],
)
def test_what_differs_is_named_with_both_values(changes: dict[str, Any], words: str) -> None:
    verdict = judged(bench(INT4, **changes), bench(BASELINE))
    assert (verdict.outcome, verdict.figure) == (Outcome.INCONCLUSIVE, "not comparable")
    assert details(verdict) == [f"MP352 {words}"]


def test_hardware_that_neither_names_is_not_known_to_be_the_same() -> None:
    verdict = judged(bench(INT4, hardware=None), bench(BASELINE, hardware=None))
    assert details(verdict) == ["MP352 hardware: not named here, not named in the baseline"]


def test_a_load_that_one_side_lacks_is_named() -> None:
    report = json.loads(kept(INT4, "guidellm")["guidellm.json"])
    report["config"]["benchmarks"] = report["config"]["benchmarks"][:1]
    report["benchmarks"] = report["benchmarks"][:1]
    one = run("guidellm", {"guidellm.json": json.dumps(report).encode()}, digest_of(INT4))
    verdict = judged(one, zoo(BASELINE))
    assert details(verdict) == ["MP352 loads: concurrent 1 here, concurrent 1, concurrent 4 in the baseline"]


def test_the_hardware_that_is_asked_for() -> None:
    assert judged(bench(INT4), bench(BASELINE), hardware="nvidia-l40s").passes
    verdict = judged(zoo(INT4), zoo(BASELINE), hardware="nvidia-l40s")
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert details(verdict)[0] == "MP356 the candidate was measured on 2-core-cpu, nvidia-l40s is asked"
    assert "MP353" in codes(verdict.findings)


def test_too_few_requests_tell_nothing_even_where_it_is_slower() -> None:
    verdict = judged(zoo(INT4), zoo(BASELINE), minimum=80)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert details(verdict)[0] == (
        "MP355 concurrent 4: 72 requests were answered for the candidate, at least 80 are asked"
    )


def test_failed_requests_of_the_candidate_fail_those_of_the_baseline_tell_nothing() -> None:
    some = {"failed": 10, "num_prompts": 210}
    verdict = judged(bench(INT4, **some), bench(BASELINE, num_prompts=210, failed=10), errors="10%")
    assert verdict.passes
    verdict = judged(bench(INT4, failed=10), bench(BASELINE))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.FAIL, ["MP354"])
    assert "10 of 210 requests failed (4.8%) for the candidate, at most 1% are accepted" in verdict.findings[0].detail
    verdict = judged(bench(INT4), bench(BASELINE, failed=10))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP354"])


@needs_shared
def test_the_run_whose_server_failed_is_refused() -> None:
    files = {"guidellm.json": reduce_report(ERRORED.read_bytes())}
    verdict = judged(run("guidellm", files, digest_of(INT4)), zoo(BASELINE), minimum=1)
    assert not verdict.passes
    assert any("17 of 87 requests failed (19.5%) for the candidate" in line for line in details(verdict))


def test_a_percentile_that_was_not_measured_is_named() -> None:
    verdict = judged(bench(INT4, p95_itl_ms=None), bench(BASELINE))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP357"])
    assert "ITL p95 is not there on both sides" in verdict.findings[0].detail
    assert judged(bench(INT4, p95_itl_ms=None), bench(BASELINE), percentile="p99").passes
    whole = judged(bench(INT4), bench(BASELINE), tolerance={"latency": "5%"})
    assert codes(whole.findings) == ["MP357"]


def test_the_newest_run_decides_and_the_others_are_listed() -> None:
    slow, fast = {"duration": 80.0}, {"duration": 40.0}
    verdict = judged([bench(INT4, 3, **slow), bench(INT4, 4, **fast)], [bench(BASELINE, 3), bench(BASELINE, 2)])
    assert (verdict.outcome, verdict.figure.split(",")[0]) == (Outcome.PASS, "1.25x tokens/s")
    assert len(verdict.others) == 2
    assert not judged([bench(INT4, 4, **slow), bench(INT4, 3, **fast)], bench(BASELINE)).passes


def test_the_newest_of_appended_runs_decides() -> None:
    files = {"r.json": figures(4, 40.0) + b"\n" + figures(3, 80.0)}
    own = run("vllm-bench", files, digest_of(INT4))
    verdict = judged(own, bench(BASELINE))
    assert verdict.passes
    assert verdict.marks == ("newest of repeated loads",)


def test_without_a_run_it_is_inconclusive_on_either_side() -> None:
    assert details(judged([], bench(BASELINE))) == [
        f"MP351 candidate tiny-llama/{INT4} has no load test that can be read (guidellm or vllm-bench)"
    ]
    verdict = judged(bench(INT4), zoo(BASELINE))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert details(verdict) == [f"MP351 baseline tiny-llama/{BASELINE} has no load test that can be read (vllm-bench)"]


def test_a_run_that_cannot_be_read_is_none_and_says_why() -> None:
    broken = run("vllm-bench", {"r.json": b"{}"}, digest_of(INT4))
    assert codes(judged(broken, bench(BASELINE)).findings) == ["MP351", "MP216"]


def test_a_run_of_another_artifact_is_none() -> None:
    verdict = judged(zoo(INT4, artifact_sha256="0" * 64), zoo(BASELINE))
    assert codes(verdict.findings) == ["MP351", "MP204"]


def test_a_copy_of_the_baselines_file_is_no_win() -> None:
    files = {"r.json": figures()}
    own, base = (run("vllm-bench", files, digest_of(name)) for name in (INT4, BASELINE))
    assert details(judged(own, base)) == [
        "MP352 candidate and baseline have the same files: one is a copy of the other"
    ]


def test_the_baseline_passes_by_its_own_run() -> None:
    verdict = judge(settings(), case(subject(BASELINE, zoo(BASELINE))))
    assert (verdict.outcome, verdict.figure) == (Outcome.PASS, "158.4 tokens/s at most")
    assert verdict.marks == ("is the baseline",)
    few = judge(settings(minimum=100), case(subject(BASELINE, zoo(BASELINE))))
    assert (few.outcome, codes(few.findings)) == (Outcome.INCONCLUSIVE, ["MP355", "MP355"])
    assert codes(judge(settings(), case(subject(BASELINE))).findings) == ["MP351"]


@needs_shared
def test_a_real_win_shows_once_hardware_and_image_are_named() -> None:
    def labelled(path: Path, name: str) -> Run:
        data = json.loads(path.read_bytes()) | {"hardware": "dgx-spark", "image": "vllm"}
        return run("vllm-bench", {"r.json": json.dumps(data).encode()}, digest_of(name))

    bare = [REAL / f"vllm_bench_serve_thaillm30b_{kind}_1024x128_c4_r1.json" for kind in ("nvfp4", "bf16")]
    own, base = (labelled(path, name) for path, name in zip(bare, (INT4, BASELINE), strict=True))
    verdict = judged(own, base, percentile="p99")
    assert (verdict.outcome, verdict.figure) == (Outcome.PASS, "2.45x tokens/s, TTFT p99 -58%, ITL p99 -61%")
    unnamed = [
        run("vllm-bench", {"r.json": path.read_bytes()}, digest_of(name))
        for path, name in zip(bare, (INT4, BASELINE), strict=True)
    ]
    assert set(codes(judged(*unnamed).findings)) == {"MP352"}


@pytest.mark.parametrize(
    "bad",
    [{"tolerance": {}}, {"tolerance": {"tokens": "5%"}}, {"percentile": "p90"}, {"minimum": 0}, {"errors": "0.01"}],
)
def test_settings_are_strict(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**bad)
