"""Every alert, by the real promtool: it fires for the variant that is at fault, and for nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core.environment import Environment, read_environment
from modelpromote.core.render import Renderer
from modelpromote.targets.monitoring import monitoring
from monitoring.promtool import (
    CANARY,
    MODEL,
    NAMESPACE,
    STABLE,
    Expect,
    Fired,
    Pod,
    Sample,
    needs_promtool,
    promtool,
    unit_test,
)

PATH = "environments/prod/environment.yaml"
WITHOUT = """apiVersion: modelpromote/v1
kind: Environment
name: prod
target: kserve
cluster: {server: "https://kubernetes.default.svc", namespace: models-prod, kserve: "0.17"}
replicas: 1
gates: []
"""
ALERTS = """alerts:
  errorRatio: 2%
  latencyP95: 5s
  ttftP95: 1s
  itlP95: 100ms
  tokensPerSecond: 15
  queue: 10
  kvCache: 95%
  absent: 20m
  for: {errorRatio: 3m, latencyP95: 10m, ttftP95: 10m, itlP95: 10m, tokensPerSecond: 10m, queue: 5m, kvCache: 10m}
"""
GOOD = Pod(STABLE)
# alert -> (a canary at fault, one within the limit, minutes until it fires, what its summary shows)
FAULTS: dict[str, tuple[Pod, Pod, int, str]] = {
    "LLMVariantHighErrorRate": (
        Pod(CANARY, failed=3), Pod(CANARY, requests=100, failed=2), 3, "error ratio 10% (limit 2%)",
    ),
    "LLMVariantHighLatencyP95": (Pod(CANARY, latency=6), Pod(CANARY, latency=5), 10, "p95 latency 9.75s (limit 5s)"),
    "LLMVariantHighTTFTP95": (
        Pod(CANARY, first_token=1.2), Pod(CANARY, first_token=1), 10, "p95 time to first token 2.425s (limit 1s)",
    ),
    "LLMVariantHighITLP95": (
        Pod(CANARY, between_tokens=0.12), Pod(CANARY, between_tokens=0.1), 10,
        "p95 time between tokens 147.5ms (limit 100ms)",
    ),
    "LLMVariantLowTokenThroughput": (
        Pod(CANARY, speed=8), Pod(CANARY, speed=16), 10, "tokens per decode-second 8 (limit at least 15)",
    ),
    "LLMVariantQueueing": (Pod(CANARY, waiting=11), Pod(CANARY, waiting=10), 5, "requests waiting 11 (limit 10)"),
    "LLMVariantKVCachePressure": (
        Pod(CANARY, kv_cache=0.97), Pod(CANARY, kv_cache=0.95), 10, "KV cache in use 97% (limit 95%)",
    ),
    "LLMVariantMetricsAbsent": (Pod(CANARY, up=False), Pod(CANARY), 20, "no pod answers the scrape"),
}  # fmt: skip
OF_MODEL = "LLMModelMetricsAbsent"
each_fault = pytest.mark.parametrize("alert", FAULTS)
pytestmark = needs_promtool


def environment(text: str) -> Environment:
    found, problems = read_environment(read_yaml(PATH, text.encode())[0])
    assert found is not None, problems
    return found


def rendered(text: str = WITHOUT + ALERTS) -> Any:
    """The spec of the rendered PrometheusRule: what a file of rules consists of."""
    files = monitoring(Renderer(load_templates()), MODEL, environment(text))
    return yaml.safe_load(files["prometheusrule.yaml"])["spec"]


def names(spec: Any) -> list[str]:
    return [rule["alert"] for group in spec["groups"] for rule in group["rules"] if "alert" in rule]


def silent(after: str = "50m") -> list[Expect]:
    return [Expect(alert, after) for alert in (*FAULTS, OF_MODEL)]


def of_canary(alert: str) -> tuple[Fired, ...]:
    shown = FAULTS[alert][3]
    owner = {"namespace": NAMESPACE, "model": MODEL, "variant": CANARY}
    return (Fired(owner, f"{CANARY} of {MODEL} in prod: {shown}"),)


def run(folder: Path, pods: list[Pod], expected: list[Any]) -> str:
    series = {name: values for pod in pods for name, values in pod.series().items()}
    return unit_test(folder, rendered(), series, expected)


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rendered()), "utf-8")
    done = promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "21 rules found" in done.stdout


def test_every_alert_is_tried_here() -> None:
    assert names(rendered()) == [*FAULTS, OF_MODEL]


def test_a_healthy_stable_and_canary_are_silent(tmp_path: Path) -> None:
    assert run(tmp_path, [GOOD, Pod(CANARY)], silent()) == ""


@each_fault
def test_a_bad_canary_fires_by_name_and_nothing_else_does(alert: str, tmp_path: Path) -> None:
    others = [one for one in silent() if one.alert != alert]
    assert run(tmp_path, [GOOD, FAULTS[alert][0]], [Expect(alert, "50m", of_canary(alert)), *others]) == ""


@each_fault
def test_it_is_silent_at_the_limit_and_until_its_time_has_passed(alert: str, tmp_path: Path) -> None:
    bad, within, minutes, _ = FAULTS[alert]
    assert run(tmp_path, [GOOD, within], silent()) == ""
    early = Expect(alert, f"{minutes - 1}m")
    assert run(tmp_path, [GOOD, bad], [early, Expect(alert, f"{minutes + 2}m", of_canary(alert))]) == ""


@each_fault
def test_the_same_fault_in_another_namespace_or_model_is_not_of_this_one(alert: str, tmp_path: Path) -> None:
    bad = FAULTS[alert][0]
    strangers = [replace(bad, namespace="models-test"), replace(bad, model="tiny-llama-b")]
    assert run(tmp_path, [GOOD, Pod(CANARY), *strangers], silent()) == ""


def test_without_traffic_nothing_fires_and_no_ratio_is_recorded(tmp_path: Path) -> None:
    idle = [replace(GOOD, requests=0), Pod(CANARY, requests=0, latency=100, first_token=100, speed=1)]
    ratios = (
        "variant:vllm_request_error_ratio:rate5m", "variant:vllm_tokens_per_decode_second:rate5m",
        "variant:vllm_e2e_request_latency_seconds:p95_5m", "variant:vllm_time_to_first_token_seconds:p95_5m",
        "variant:vllm_inter_token_latency_seconds:p95_5m",
    )  # fmt: skip
    expected = [*silent(), *(Sample(f"{name} or vector(1) < 0") for name in ratios)]
    assert run(tmp_path, idle, expected) == ""


@pytest.mark.parametrize(("requests", "fires"), [(0.9, False), (1.1, True)])
def test_fewer_than_twenty_requests_in_five_minutes_say_nothing(requests: float, fires: bool, tmp_path: Path) -> None:
    bad = Pod(CANARY, requests=requests, failed=requests / 10, latency=6, first_token=1.2, between_tokens=0.12, speed=8)
    tried = list(FAULTS)[:5]
    expected = [Expect(alert, "50m", of_canary(alert) if fires else ()) for alert in tried]
    assert run(tmp_path, [GOOD, bad], expected) == ""


def test_nothing_heard_of_the_model_at_all(tmp_path: Path) -> None:
    everybody = [Expect(alert, "50m") for alert in FAULTS]
    gone = Fired({"namespace": NAMESPACE, "model": MODEL}, f"{MODEL} in prod: no metrics of vLLM")
    assert run(tmp_path, [], [*everybody, Expect(OF_MODEL, "19m"), Expect(OF_MODEL, "21m", (gone,))]) == ""


def test_one_pod_of_a_variant_that_does_not_answer_is_no_absence(tmp_path: Path) -> None:
    assert run(tmp_path, [GOOD, Pod(CANARY), Pod(CANARY, name="pod-2", up=False)], silent()) == ""


def test_what_is_recorded_of_several_pods(tmp_path: Path) -> None:
    pods = [
        GOOD,
        Pod(CANARY, failed=3, waiting=3, kv_cache=0.2, speed=20),
        Pod(CANARY, name="pod-2", waiting=4, kv_cache=0.6, speed=20, requests=60),
    ]
    both = {
        "variant:http_requests:rate5m": (2, 6),
        "variant:vllm_request_error_ratio:rate5m": (0, 3 / 90),
        "variant:vllm_generation_tokens:rate5m": (200, 600),
        "variant:vllm_tokens_per_decode_second:rate5m": (50, 20),
        "variant:vllm_requests_finished:increase5m": (600, 1800),
        "variant:vllm_requests_started:increase5m": (600, 1800),
        "variant:vllm_num_requests_waiting:sum": (0, 7),
        "variant:vllm_kv_cache_usage:max": (0.3, 0.6),
        "variant:pods_up:sum": (1, 2),
        "variant:vllm_e2e_request_latency_seconds:p95_5m": (1.975, 1.975),
        "variant:vllm_time_to_first_token_seconds:p95_5m": (0.2425, 0.2425),
        "variant:vllm_inter_token_latency_seconds:p95_5m": (0.04875, 0.04875),
    }
    # promtool compares to the last bit; what is divided and interpolated is rounded first
    expected = [
        Sample(f"round(last_over_time({name}[1m]), 1e-6)", {STABLE: round(stable, 6), CANARY: round(canary, 6)})
        for name, (stable, canary) in both.items()
    ]
    assert run(tmp_path, pods, expected) == ""


def test_the_test_itself_notices_a_limit_that_moved(tmp_path: Path) -> None:
    spec = rendered(WITHOUT + ALERTS.replace("latencyP95: 5s", "latencyP95: 15s"))
    series = {name: values for pod in (GOOD, Pod(CANARY, latency=6)) for name, values in pod.series().items()}
    alert = "LLMVariantHighLatencyP95"
    assert "FAILED" in unit_test(tmp_path, spec, series, [Expect(alert, "50m", of_canary(alert))])


@pytest.mark.parametrize(
    ("line", "alert"),
    [(line, [alert]) for line, alert in zip(ALERTS.splitlines()[1:8], FAULTS, strict=False)]
    + [("  absent: 20m", ["LLMVariantMetricsAbsent", OF_MODEL])],
)
def test_what_is_not_asked_for_is_not_watched(line: str, alert: list[str]) -> None:
    left = names(rendered(WITHOUT + ALERTS.replace(f"{line}\n", "")))
    assert left == [name for name in (*FAULTS, OF_MODEL) if name not in alert]


def test_without_alerts_there_are_recordings_alone(tmp_path: Path) -> None:
    spec = rendered(WITHOUT)
    assert [group["name"] for group in spec["groups"]] == [f"{MODEL}.recording"]
    assert rendered(WITHOUT + "alerts: {}\n") == spec
    series = GOOD.series()
    assert unit_test(tmp_path, spec, series, [Sample("sum(variant:pods_up:sum)")]) != ""


def test_holds_that_are_not_given_have_their_defaults() -> None:
    spec = rendered(WITHOUT + "".join(f"{line}\n" for line in ALERTS.splitlines() if "for:" not in line))
    holds = {rule["alert"]: rule["for"] for group in spec["groups"] for rule in group["rules"] if "alert" in rule}
    slow = dict.fromkeys(FAULTS, "10m")
    errors, queue, absent = "LLMVariantHighErrorRate", "LLMVariantQueueing", "LLMVariantMetricsAbsent"
    assert holds == slow | {errors: "5m", queue: "5m", absent: "20m", OF_MODEL: "20m"}
