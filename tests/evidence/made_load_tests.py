"""Genuine load tests, and the same with something changed."""

import copy
import json
from collections.abc import Callable
from typing import Any

from kept_evidence import SHARED, kept

from modelpromote.core.evidence import Reading
from modelpromote.core.speed import LoadTest
from modelpromote.evidence import guidellm, vllm_bench

PATH = "models/m/v/evidence/guidellm-1"
INT4: dict[str, Any] = json.loads(kept("v1.3-int4-g64", "guidellm")["guidellm.json"])
SPEED = SHARED / "real" / "speed"

# what `vllm bench serve` 0.11 writes, with figures that give each other
VLLM: dict[str, Any] = {
    "date": "20261124-031500", "endpoint_type": "openai", "backend": "openai", "label": None, "model_id": "tiny",
    "tokenizer_id": "example/tiny", "num_prompts": 200, "request_rate": "inf", "burstiness": 1.0,
    "max_concurrency": 4, "duration": 50.0, "completed": 200, "failed": 0, "total_input_tokens": 9600,
    "total_output_tokens": 6400, "request_throughput": 4.0, "output_throughput": 128.0,
    "total_token_throughput": 320.0, "mean_ttft_ms": 20.0, "median_ttft_ms": 19.0, "p50_ttft_ms": 19.0,
    "p95_ttft_ms": 30.0, "p99_ttft_ms": 40.0, "mean_itl_ms": 6.0, "median_itl_ms": 5.5, "p95_itl_ms": 7.0,
    "p99_itl_ms": 9.0, "hardware": "nvidia-l40s", "image": "registry.example.com/vllm:0.11",
}  # fmt: skip


def content(reading: Reading) -> LoadTest:
    assert reading.problems == ()
    assert isinstance(reading.content, LoadTest)
    return reading.content


def guidellm_with(change: Callable[[dict[str, Any]], object]) -> Reading:
    """The genuine report after `change` worked on it."""
    report = copy.deepcopy(INT4)
    change(report)
    return guidellm.read(PATH, {"guidellm.json": json.dumps(report).encode()})


def vllm_with(*changes: dict[str, Any]) -> Reading:
    """One run for each set of changed keys, one after the other in one file; None takes a key away."""
    made = [{key: value for key, value in {**VLLM, **change}.items() if value is not None} for change in changes]
    return vllm_bench.read(PATH, {"result.json": "\n".join(json.dumps(one) for one in made).encode()})


def said(reading: Reading) -> list[str]:
    return [f"{found.code} {found.location.key}: {found.detail}" for found in reading.problems]
