"""bitsandbytes: its `quantization_config`, and how it stores weights (4 bits in blocks, or 8 bits per channel).

Stored: `weight` [values, 1] with `weight.absmax` (one per block), `weight.quant_map` (the 16 values that 4 bits
stand for) and `weight.quant_state.bitsandbytes__nf4`; or `weight` I8 [out, in] with `SCB` [out].
"""

import math
from collections.abc import Iterator, Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, text
from modelpromote.evidence.layer import Layer, UnknownWidth
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.scheme import Scheme, UnreadableScheme, flag, texts
from modelpromote.evidence.skipped import HEADS, all_but

METHOD = "bitsandbytes"
_TYPES = {"nf4": "nf", "fp4": "float"}
_STATE = "weight.quant_state.bitsandbytes__"
_MATRIX = 2


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What it says. Block sizes are not in it: the header has them."""
    four = flag(block.get("load_in_4bit", block.get("_load_in_4bit")), "load_in_4bit", unset=False)
    eight = flag(block.get("load_in_8bit", block.get("_load_in_8bit")), "load_in_8bit", unset=False)
    if four == eight:
        raise UnreadableScheme("exactly one of load_in_4bit and load_in_8bit must be true")
    left_out = texts(block.get("llm_int8_skip_modules") or [], "llm_int8_skip_modules")
    place = f"{source} quantization_config"
    return Scheme(
        METHOD,
        "",
        (_four(block, place) if four else _eight(place),),
        left_out,
        "4-bit" if four else "8-bit",
        quantises=all_but(left_out or sorted(HEADS)),
    )


def _four(block: Mapping[str, Json], place: str) -> WeightGroup:
    kind = text(block.get("bnb_4bit_quant_type") or "fp4")
    if kind not in _TYPES:
        raise UnreadableScheme("bnb_4bit_quant_type is not nf4 or fp4")
    return WeightGroup(place, 4, _TYPES[kind], "group", None, symmetric=None)


def _eight(place: str) -> WeightGroup:
    return WeightGroup(place, 8, "int", "channel", None, symmetric=True, activations="dynamic", activation_bits=8)


def layers(tensors: Mapping[str, Tensor]) -> Iterator[Layer]:
    """The layers of this kind that a header has. UnknownWidth where one does not fit together."""
    for tensor in tensors.values():
        if tensor.part != "weight":
            continue
        if f"{tensor.name}.absmax" in tensors and f"{tensor.name}.quant_map" in tensors:
            yield _stored_in_blocks(tensors, tensor)
        elif tensor.dtype == "I8" and len(tensor.shape) == _MATRIX and f"{tensor.module}.SCB" in tensors:
            yield Layer(tensor.module, tensor.module, 8, "int", tensor.shape[1], "channel", None, symmetric=True)


def _stored_in_blocks(tensors: Mapping[str, Tensor], weight: Tensor) -> Layer:
    known = math.prod(tensors[f"{weight.name}.quant_map"].shape)
    blocks = math.prod(tensors[f"{weight.name}.absmax"].shape)
    bits = known.bit_length() - 1
    kinds = [kind for kind in _TYPES if f"{weight.module}.{_STATE}{kind}" in tensors]
    if known != 2**bits or bits not in {4, 8} or not blocks or (bits == 4) != (len(kinds) == 1):  # noqa: PLR2004
        raise UnknownWidth(f"{weight.name} is in blocks, but its absmax, quant_map and quant_state do not fit")
    size = math.ceil(weight.total_bits / bits / blocks)
    kind = _TYPES[kinds[0]] if kinds else "int"
    return Layer(weight.module, weight.module, bits, kind, 0, "group", size, symmetric=None)
