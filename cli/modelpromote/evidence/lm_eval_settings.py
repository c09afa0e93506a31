"""Which settings of an lm-eval run must be equal before its figures are compared. Knows no other file.

lm-eval 0.4.2 to 0.4.13. A field that one version leaves out and another writes as null is the same field.
"""

import re
from collections.abc import Iterator, Mapping

from modelpromote.evidence.json_text import Json, canonical, is_unset, mapping, text
from modelpromote.evidence.plain_text import printable

# which model was asked, and through which door: these differ between any two variants
IDENTITY_ARGUMENTS = frozenset(
    {
        "pretrained", "model", "path", "engine", "peft", "delta", "revision", "base_url", "tokenizer",
        "num_concurrent", "max_retries", "port", "timeout",
    }
)  # fmt: skip
# how a model of another size is fitted onto the machine; `quantization` names what the artifact is anyway
PLACEMENT_ARGUMENTS = frozenset(
    {"quantization", "tensor_parallel_size", "data_parallel_size", "gpu_memory_utilization", "parallelize"}
)
_SEPARATE_ARGUMENTS = frozenset({"dtype", "max_length", "max_model_len"})
_ADDRESS = re.compile(r" at 0x[0-9a-f]{1,16}")
_SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
_OF_THE_FILE = {
    "chat_template_sha": "chat_template_sha",
    "system_instruction_sha": "system_instruction_sha",
    "fewshot_as_multiturn": "fewshot_as_multiturn",
    "tokenizer_bos_token": "bos_token",
    "tokenizer_eos_token": "eos_token",
}


def settings_of(data: Mapping[str, Json], task: str) -> dict[str, str]:
    """The settings of one task by name, as canonical JSON; those that are not set are left out."""
    fields = (*_of_the_task(data, task), *_of_the_file(data), *_of_the_model(data))
    return {name: _ADDRESS.sub("", canonical(value)) for name, value in fields if not is_unset(value)}


def model_arguments(config: Mapping[str, Json]) -> dict[str, Json]:
    """`config.model_args`: a text `a=b,c=d` up to lm-eval 0.4.9, an object since."""
    given = config.get("model_args")
    if isinstance(given, str):
        pairs = (part.partition("=") for part in given.split(",") if part)
        return {key.strip(): _typed(value.strip()) for key, _, value in pairs}
    return mapping(given)


def _of_the_task(data: Mapping[str, Json], task: str) -> Iterator[tuple[str, Json]]:
    config = mapping(mapping(data.get("configs")).get(task))
    yield "version", _as_number(mapping(data.get("versions")).get(task))
    yield "n-shot", mapping(data.get("n-shot")).get(task)
    yield "n-samples", mapping(mapping(data.get("n-samples")).get(task)).get("effective")
    yield "task_hash", mapping(data.get("task_hashes")).get(task)
    for name in ("generation_kwargs", "metric_list", "filter_list"):
        yield name, config.get(name)


def _of_the_file(data: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    config = mapping(data.get("config"))
    yield "lm_eval_version", ".".join(text(data.get("lm_eval_version")).split(".")[:2])
    for key, name in _OF_THE_FILE.items():
        yield name, data.get(key)
    for name in ("limit", "gen_kwargs", *_SEEDS):
        yield name, config.get(name)


def _of_the_model(data: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    config = mapping(data.get("config"))
    arguments = model_arguments(config)
    yield "backend", config.get("model")
    lengths = (data.get("max_length"), arguments.get("max_length"), arguments.get("max_model_len"))
    yield "max_length", next((length for length in lengths if length is not None), None)
    yield "dtype", text(arguments.get("dtype") or config.get("model_dtype")).removeprefix("torch.")
    apart = IDENTITY_ARGUMENTS | PLACEMENT_ARGUMENTS | _SEPARATE_ARGUMENTS
    for key in sorted(arguments.keys() - apart):
        yield f"model_args.{printable(key, 60)}", arguments[key]


def _as_number(value: Json) -> Json:
    """A version is a number for tasks, and a text for groups."""
    return _typed(value) if isinstance(value, str) else value


def _typed(value: str) -> Json:
    """A value of `a=b,c=d` as lm-eval itself reads it."""
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if value.lower() == "none":
        return None
    if re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return float(value) if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", value) else value
