"""What is kept of a GuideLLM report: figures, loads, labels and settings, and of each request its figures.

Prompts, answers, headers, keys and addresses are not kept. The same bytes every time; reducing twice changes nothing.
"""

import json

from modelpromote.evidence.json_text import Json, mapping

FIGURES = (
    "request_latency", "time_to_first_token_ms", "inter_token_latency_ms", "time_per_output_token_ms",
    "prompt_token_count", "output_token_count", "requests_per_second", "output_tokens_per_second",
)  # fmt: skip
OF_A_REQUEST = (
    "request_latency", "time_to_first_token_ms", "inter_token_latency_ms", "prompt_tokens", "output_tokens",
)  # fmt: skip
_STATISTICS = (
    "count", "total_sum", "mean", "median", "std_dev", "variance", "min", "max", "percentiles",
)  # fmt: skip
_OF_A_BENCHMARK = (
    "type_", "args", "request_loader", "extras", "start_time", "end_time", "duration", "request_totals",
    "warnings",
)  # fmt: skip
_OF_ITS_CONFIG = ("strategy", "constraints", "warmup", "cooldown")
_OF_THE_BACKEND = ("kind", "model", "request_format", "stream", "max_tokens")
_OF_THE_ARGUMENTS_NOT = frozenset(
    {
        "target", "backend", "backend_kwargs", "processor", "processor_args", "outputs", "output_dir", "output_path",
        "output_formats", "dataloader_kwargs", "data_collator", "data_num_workers",
    }
)  # fmt: skip
_SECRETS = frozenset({"api_key", "apikey", "authorization", "headers", "password", "secret", "token", "hf_token"})


def reduced(report: dict[str, Json]) -> bytes:
    """The kept form of a report."""
    kept: dict[str, Json] = {}
    if "metadata" in report:
        kept["metadata"] = report["metadata"]
    if isinstance(report.get("args"), dict):
        kept["args"] = {k: v for k, v in mapping(report["args"]).items() if k not in _OF_THE_ARGUMENTS_NOT}
    if "config" in report:
        kept["config"] = _config(mapping(report["config"]))
    if isinstance(listed := report.get("benchmarks"), list):
        kept["benchmarks"] = [_benchmark(mapping(one)) for one in listed]
    text = json.dumps(_without_secrets(kept), separators=(",", ":"), ensure_ascii=True)
    return f"{text}\n".encode("ascii")


def _config(config: dict[str, Json]) -> Json:
    """What is not there is not made up: its absence tells one form from another."""
    kept = _only(config, ("benchmarks",))
    if "metadata" in config:
        kept["metadata"] = _only(mapping(config["metadata"]), ("labels",))
    if isinstance(spec := config.get("spec"), dict):
        backend = {"backend": _only(mapping(spec["backend"]), _OF_THE_BACKEND)} if "backend" in spec else {}
        kept["spec"] = {**backend, **_only(spec, ("profile", "constraints", "data", "seed"))}
    return kept


def _benchmark(benchmark: dict[str, Json]) -> Json:
    kept = _only(benchmark, _OF_A_BENCHMARK)
    if "worker" in benchmark:
        kept["worker"] = _only(mapping(benchmark["worker"]), ("backend_type", "backend_model"))
    if "config" in benchmark:
        config = mapping(benchmark["config"])
        backend = {"backend": _only(mapping(config["backend"]), ("model",))} if "backend" in config else {}
        kept["config"] = {**_only(config, _OF_ITS_CONFIG), **backend}
    metrics = mapping(benchmark.get("metrics"))
    kept["metrics"] = {
        **_only(metrics, ("request_totals",)),
        **{name: _distribution(mapping(metrics[name])) for name in FIGURES if name in metrics},
    }
    rows = mapping(benchmark.get("requests")).get("successful")
    if isinstance(rows, list):
        kept["requests"] = {"successful": [_only(mapping(row), OF_A_REQUEST) for row in rows]}
    return kept


def _distribution(by_outcome: dict[str, Json]) -> Json:
    return {"successful": _only(mapping(by_outcome.get("successful")), _STATISTICS)}


def _only(values: dict[str, Json], names: tuple[str, ...]) -> dict[str, Json]:
    return {name: values[name] for name in names if name in values}


def _without_secrets(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_secrets(part) for key, part in value.items() if key.lower() not in _SECRETS}
    return [_without_secrets(part) for part in value] if isinstance(value, list) else value
