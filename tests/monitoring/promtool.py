"""Runs the real promtool: the rendered rules, and what must come of made-up series."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool on PATH (.ci/run builds it)")
NAMESPACE, MODEL = "models-prod", "tiny-llama"
STABLE, CANARY = "v1.1-int8", "v1.3-int4-g64"
SCRAPE = 15  # seconds
MINUTES = 60

# the bucket edges of vLLM, in seconds (vllm/v1/metrics/loggers.py)
EDGES: Mapping[str, tuple[float, ...]] = {
    "e2e_request_latency": (
        0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
    ),
    "time_to_first_token": (
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
        2560,
    ),
    "inter_token_latency": (
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Pod:
    """A pod of a variant: what comes in each 15 s, how it fares, and who scrapes it."""

    variant: str = STABLE
    name: str = "pod-1"
    requests: float = 30  # every 15 s
    failed: float = 0  # of these, with a 503
    latency: float = 2
    first_token: float = 0.2
    between_tokens: float = 0.04
    tokens: float = 100  # of a request
    speed: float = 50  # tokens in a second of decoding
    waiting: int = 0
    kv_cache: float = 0.3
    up: bool = True
    namespace: str = NAMESPACE
    model: str = MODEL

    def series(self) -> dict[str, str]:
        """Its series over an hour, in promtool's notation."""
        found = {self._series("up"): _steady(int(self.up))}
        if not self.up:
            return found
        gauges = {"running": 1, "waiting": self.waiting}
        found |= {self._series(f"vllm:num_requests_{name}"): _steady(value) for name, value in gauges.items()}
        found[self._series("vllm:kv_cache_usage_perc")] = _steady(self.kv_cache)
        for status, count in (("2xx", self.requests - self.failed), ("5xx", self.failed)):
            labels = {"handler": "/v1/chat/completions", "method": "POST", "status": status}
            if count or status == "2xx":
                found[self._series("http_requests_total", **labels)] = _counting(count)
        # somebody who asks for the list of models ten times as often is no request
        listing = {"handler": "/v1/models", "method": "GET", "status": "2xx"}
        found[self._series("http_requests_total", **listing)] = _counting(300)
        return found | self._histograms() | self._speed()

    def _histograms(self) -> dict[str, str]:
        taken = {
            "e2e_request_latency": (self.latency, self.requests),
            "time_to_first_token": (self.first_token, self.requests),
            "inter_token_latency": (self.between_tokens, self.requests * self.tokens),
        }
        found = {}
        for name, (value, count) in taken.items():
            for edge in (*EDGES[name], float("inf")):
                le = "+Inf" if edge == float("inf") else str(float(edge))
                within = count if value <= edge else 0
                found[self._series(f"vllm:{name}_seconds_bucket", le=le)] = _counting(within)
            found[self._series(f"vllm:{name}_seconds_count")] = _counting(count)
        return found

    def _speed(self) -> dict[str, str]:
        tokens = self.requests * self.tokens
        return {
            self._series("vllm:generation_tokens_total"): _counting(tokens),
            self._series("vllm:request_generation_tokens_sum"): _counting(tokens),
            self._series("vllm:request_decode_time_seconds_sum"): _counting(tokens / self.speed),
        }

    def _series(self, metric: str, **labels: str) -> str:
        owner = {"namespace": self.namespace, "model": self.model, "variant": self.variant, "pod": self.name}
        served = {"model_name": MODEL, "engine": "0"} if metric.startswith("vllm:") else {}
        pairs = [f'{key}="{value}"' for key, value in (owner | served | labels).items()]
        return f"{metric}{{{','.join(pairs)}}}"


def _steady(value: float) -> str:
    return f"{value}x{MINUTES * 60 // SCRAPE}"


def _counting(each: float) -> str:
    return f"0+{each}x{MINUTES * 60 // SCRAPE}"


@dataclass(frozen=True)
class Fired:
    """An alert that is firing: its labels, and its summary."""

    labels: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Expect:
    """What must be firing of an alert after some time."""

    alert: str
    after: str
    fired: tuple[Fired, ...] = ()


@dataclass(frozen=True)
class Sample:
    """What a query must come to after some time; no value means no sample at all."""

    expr: str
    values: Mapping[str, float] = field(default_factory=dict)
    after: str = "20m"


def unit_test(folder: Path, spec: Any, series: Mapping[str, str], expected: list[Any]) -> str:
    """Run promtool on rules and series; what it says where it does not come out so, else nothing."""
    rules = {alert["alert"]: alert for group in spec["groups"] for alert in group["rules"] if "alert" in alert}
    test = {
        "interval": f"{SCRAPE}s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [_alert(rules, one) for one in expected if isinstance(one, Expect)],
        "promql_expr_test": [_sample(one) for one in expected if isinstance(one, Sample)],
    }
    (folder / "rules.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    whole = {"rule_files": ["rules.yaml"], "evaluation_interval": "30s", "tests": [test]}
    (folder / "test.yaml").write_text(yaml.safe_dump(whole), "utf-8")
    done = promtool(folder, "test", "rules", "test.yaml")
    return "" if done.returncode == 0 else done.stdout + done.stderr


def promtool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL
    return subprocess.run([PROMTOOL, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def _alert(rules: Mapping[str, Any], expect: Expect) -> dict[str, Any]:
    rule = rules[expect.alert]  # a name that there is not is never firing, which promtool would be content with
    fired = [
        {
            "exp_labels": {**rule["labels"], **one.labels},
            "exp_annotations": {**rule["annotations"], "summary": one.summary},
        }
        for one in expect.fired
    ]
    return {"eval_time": expect.after, "alertname": expect.alert, "exp_alerts": fired}


def _sample(expect: Sample) -> dict[str, Any]:
    samples = [
        {"labels": f'{{namespace="{NAMESPACE}",model="{MODEL}",variant="{variant}"}}', "value": value}
        for variant, value in expect.values.items()
    ]
    return {"expr": expect.expr, "eval_time": expect.after, "exp_samples": samples}
