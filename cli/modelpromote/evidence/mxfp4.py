"""MXFP4 as gpt-oss has it: fused experts in blocks of 32, and its `quantization_config`.

Stored: `<experts>_blocks` U8 [expert, out, in / 32, 16] with `<experts>_scales` U8 [expert, out, in / 32].
"""

import math
from collections.abc import Iterator, Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json
from modelpromote.evidence.layer import Layer, UnknownWidth
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.scheme import Scheme, texts
from modelpromote.evidence.shape import Dimensions
from modelpromote.evidence.skipped import all_but

METHOD = "mxfp4"
_BLOCKS, _SCALES = "_blocks", "_scales"
_PER_BYTE = 2
_PARTS = 4


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What it says: the method itself fixes bits and groups."""
    left_out = texts(block.get("modules_to_not_convert") or [], "modules_to_not_convert")
    group = WeightGroup(f"{source} quantization_config", 4, "float", "group", 32, symmetric=True)
    return Scheme(METHOD, "", (group,), left_out, METHOD, quantises=all_but(left_out), layers="experts")


def layers(tensors: Mapping[str, Tensor], dimensions: Dimensions) -> Iterator[Layer]:
    """The layers of this kind that a header has. UnknownWidth where one does not fit together."""
    for tensor in tensors.values():
        if tensor.part.endswith(_BLOCKS) and tensor.dtype == "U8":
            name = tensor.name.removesuffix(_BLOCKS)
            yield _layer(name, tensor, tensors.get(f"{name}{_SCALES}"), dimensions)


def _layer(name: str, blocks: Tensor, scales: Tensor | None, dimensions: Dimensions) -> Layer:
    if scales is None or len(blocks.shape) != _PARTS or scales.shape != blocks.shape[:-1] or not all(blocks.shape):
        raise UnknownWidth(f"{blocks.name} has no {_SCALES} with one scale per block")
    bytes_in = math.prod(blocks.shape[-2:])
    known = dimensions.all
    bits = 8 if known and bytes_in in known and bytes_in * _PER_BYTE not in known else 4
    size = blocks.shape[-1] * 8 // bits
    return Layer(name, blocks.module, bits, "float", size * blocks.shape[-2], "group", size, symmetric=True)
