"""ModelOpt: hf_quant_config.json or the same in config.json, and how it stores NVFP4.

Stored: `weight` U8 [out, in / 2] with `weight_scale` F8_E4M3 [out, in / 16] and `weight_scale_2`; its FP8 is stored
as others store it.
"""

import math
from collections.abc import Iterator, Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.compressed_tensors import timing
from modelpromote.evidence.json_text import Json, mapping, text, whole
from modelpromote.evidence.layer import Layer, UnknownWidth
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.scheme import MAX_GROUPS, Scheme, UnreadableScheme, bits_of, kv_cache, size_of, texts
from modelpromote.evidence.skipped import all_but

METHOD, FILE = "modelopt", "hf_quant_config.json"
_NVFP4_GROUP = 16
_MATRIX = 2
# algorithm -> bits, strategy, group size, activations, their bits
_ALGORITHMS: dict[str, tuple[int, str, int | None, str, int | None]] = {
    "FP8": (8, "tensor", None, "static", 8),
    "FP8_PER_CHANNEL_PER_TOKEN": (8, "channel", None, "dynamic", 8),
    "NVFP4": (4, "tensor_group", _NVFP4_GROUP, "dynamic", 4),
    "NVFP4_AWQ": (4, "tensor_group", _NVFP4_GROUP, "dynamic", 4),
    "W4A16_NVFP4": (4, "tensor_group", _NVFP4_GROUP, "", None),
}


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What it says; an algorithm that is not read is named in the method."""
    given = mapping(block.get("quantization")) or block
    algorithm = printable(text(given.get("quant_algo")), 40)
    if algorithm not in _ALGORITHMS:
        return Scheme(f"{METHOD} {algorithm or 'without quant_algo'}")
    left_out = texts(given.get("exclude_modules") or given.get("ignore") or [], "exclude_modules")
    producer = mapping(block.get("producer"))
    return Scheme(
        METHOD,
        printable(text(producer.get("version")), 40),
        (_group(given, algorithm, source), *_stated(given, source)),
        left_out,
        algorithm,
        kv_cache(given.get("kv_cache_quant_algo") or given.get("kv_cache_scheme")),
        all_but(left_out),
    )


def _group(given: Mapping[str, Json], algorithm: str, source: str) -> WeightGroup:
    bits, strategy, size, activations, activation_bits = _ALGORITHMS[algorithm]
    stated = size_of(given.get("group_size"), "group_size")
    return WeightGroup(
        f"{source} quant_algo",
        bits,
        "float",
        strategy,
        size if size is None or stated is None else stated,
        symmetric=True,
        activations=activations,
        activation_bits=activation_bits,
    )


def _stated(given: Mapping[str, Json], source: str) -> Iterator[WeightGroup]:
    """The groups that newer exports state besides; they have no `strategy`."""
    groups = mapping(given.get("config_groups"))
    if len(groups) > MAX_GROUPS:
        raise UnreadableScheme(f"config_groups has {len(groups)} groups, at most {MAX_GROUPS} are read")
    for name, group in groups.items():
        weights, activations = (mapping(mapping(group).get(key)) for key in ("weights", "input_activations"))
        if not weights:
            continue
        place = f"config_groups.{printable(name, 60)}"
        bits = bits_of(weights.get("num_bits"), f"{place}.weights.num_bits")
        size = size_of(weights.get("group_size"), f"{place}.weights.group_size")
        yield WeightGroup(
            f"{source} {place}",
            bits,
            printable(text(weights.get("type") or "float"), 20),
            "tensor_group" if size is not None else _ALGORITHMS[text(given.get("quant_algo"))][1],
            size,
            symmetric=True,
            activations=timing(activations),
            activation_bits=whole(activations.get("num_bits")),
        )


def layers(tensors: Mapping[str, Tensor]) -> Iterator[Layer]:
    """The layers of NVFP4 that a header has. UnknownWidth where one does not fit together."""
    for tensor in tensors.values():
        if tensor.part == "weight" and tensor.dtype == "U8" and f"{tensor.module}.weight_scale_2" in tensors:
            yield _nvfp4(tensor, tensors.get(f"{tensor.module}.weight_scale"))


def _nvfp4(weight: Tensor, scale: Tensor | None) -> Layer:
    fits = scale is not None and len(weight.shape) == len(scale.shape) == _MATRIX
    if scale is None or not fits or scale.shape[0] != weight.shape[0] or not scale.shape[1] or scale.dtype != "F8_E4M3":
        raise UnknownWidth(f"{weight.name} has a weight_scale_2, but no weight_scale of 8-bit floats per group")
    inputs = 2 * weight.shape[1]
    size = math.ceil(inputs / scale.shape[1])
    return Layer(weight.module, weight.module, 4, "float", inputs, "tensor_group", size, symmetric=True)
