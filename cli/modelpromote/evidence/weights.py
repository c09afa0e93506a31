"""How the weights of an artifact are stored, from its safetensors headers, whatever the format.

Here are the layouts of compressed-tensors and of 8-bit floats:
`weight_packed` I32 [out, ceil(in / (32 // bits))]; `weight` I8 or F8;
`weight_packed` U8 [out, in / 2] for 4-bit floats; `weight_scale` [out, groups], [out, 1] or [1].
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence import bitsandbytes, modelopt, mxfp4, qweight
from modelpromote.evidence.layer import Layer, UnknownWidth
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.shape import Dimensions, shown

HEADER = "safetensors header"
PACKED_BITS = (2, 3, 4, 8)
_WORD = 32
_MATRIX = 2
_EIGHT_BITS = {"I8": "int", "F8_E4M3": "float", "F8_E5M2": "float"}
_BUFFERS = frozenset({"BOOL", "I64"})


@dataclass(frozen=True, slots=True)
class Measured:
    """The quantised weights of a header: their kinds, and the names that their tensors share."""

    groups: tuple[WeightGroup, ...]
    modules: frozenset[str]
    layouts: frozenset[str]


def _plain_layers(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensor with the quantised weights of each layer of compressed-tensors and of 8-bit floats."""
    found: dict[str, Tensor] = {}
    for tensor in tensors.values():
        is_scaled = any(f"{tensor.module}.{scale}" in tensors for scale in ("weight_scale", "weight_scale_inv"))
        is_plain = tensor.part == "weight" and tensor.dtype in _EIGHT_BITS and is_scaled
        if len(tensor.shape) == _MATRIX and (tensor.part == "weight_packed" or is_plain):
            found[tensor.module] = tensor
    return found


def stored_types(tensors: Iterable[Tensor], quantised: frozenset[str]) -> tuple[str, ...]:
    """Data types of the matrices that are not quantised; masks and indices are no weights."""
    types = {
        tensor.dtype
        for tensor in tensors
        if len(tensor.shape) >= _MATRIX and tensor.dtype not in _BUFFERS and tensor.module not in quantised
    }
    return tuple(sorted(types))


def measured(tensors: Mapping[str, Tensor], dimensions: Dimensions, configured: Iterable[WeightGroup]) -> Measured:
    """The kinds of quantised weights, with the number of layers of each.

    `dimensions` are those that config.json states; what the header shows by itself goes before them. What it leaves
    open (a group as wide as the layer is the same as none) is settled by the other layers, then by `configured`.
    Raises UnknownWidth.
    """
    known = tuple(configured)
    dimensions = shown(dimensions, tensors.values())
    blocks = {group.block for group in known if group.block}
    found = [
        *(_layers_of_words(tensors, dimensions, {group.bits for group in known}, blocks)),
        *qweight.layers(tensors),
        *bitsandbytes.layers(tensors),
        *modelopt.layers(tensors),
        *mxfp4.layers(tensors, dimensions),
    ]
    sizes = {layer.group_size for layer in found} | {group.group_size for group in known}
    counted = Counter(_group(layer, sizes) for layer in found)
    groups = tuple(replace(group, layers=count) for group, count in sorted(counted.items(), key=str))
    modules, layouts = ({layer.module for layer in found}, {layer.layout for layer in found if layer.layout})
    return Measured(groups, frozenset(modules), frozenset(layouts))


def _layers_of_words(
    tensors: Mapping[str, Tensor], dimensions: Dimensions, bits: set[int], blocks: set[tuple[int, int]]
) -> Iterator[Layer]:
    """The layers of compressed-tensors and of 8-bit floats."""
    layers = _plain_layers(tensors)
    packed = {name: tensor for name, tensor in layers.items() if tensor.dtype == "I32"}
    widths = _packed_bits(packed, dimensions, bits)
    for name, tensor in layers.items():
        yield _layer(tensors, name, tensor, widths.get(name), blocks)


def _packed_bits(
    packed: Mapping[str, Tensor], dimensions: Dimensions, configured: set[int]
) -> dict[str, tuple[int, int]]:
    """(bits, inputs) of each packed layer: what explains all of them at once, else what explains each."""
    ways = {name: _explanations(name, tensor, dimensions, packed) for name, tensor in packed.items()}
    common = set.intersection(*(set(way) for way in ways.values())) if ways else set()
    chosen: dict[str, tuple[int, int]] = {}
    for name, way in ways.items():
        possible = common or set(way)
        bits = min(possible & configured or possible)
        chosen[name] = (bits, way[bits])
    return chosen


def _explanations(name: str, tensor: Tensor, dimensions: Dimensions, packed: Mapping[str, Tensor]) -> dict[int, int]:
    """Input features by bits: the known dimensions that, packed with so many bits, give this width."""
    widths = tensor.shape[1]
    outputs = {other.shape[0] for other in packed.values()}
    for known in (*dimensions.of_input(name), outputs):
        found = {
            bits: inputs
            for bits in PACKED_BITS
            for inputs in sorted(known)
            if math.ceil(inputs / (_WORD // bits)) == widths
        }
        if found:
            return found
    raise UnknownWidth(f"{name}.weight_packed is {widths} words wide, which no dimension of the model explains")


def _layer(
    tensors: Mapping[str, Tensor],
    name: str,
    tensor: Tensor,
    packed: tuple[int, int] | None,
    blocks: set[tuple[int, int]],
) -> Layer:
    bits, inputs, kind = _width(tensor, packed)
    scale = tensors.get(f"{name}.weight_scale") or tensors.get(f"{name}.weight_scale_inv")
    shape = scale.shape if scale else ()
    strategy, group_size, block = _grouping(tensor, inputs, shape, blocks)
    if strategy == "group" and f"{name}.weight_global_scale" in tensors:
        strategy = "tensor_group"
    symmetric = f"{name}.weight_zero_point" not in tensors
    return Layer(name, name, bits, kind, inputs, strategy, group_size, symmetric, block)


def _width(tensor: Tensor, packed: tuple[int, int] | None) -> tuple[int, int, str]:
    if packed is not None:
        return (*packed, "int")
    if tensor.part == "weight_packed":
        return 4, 2 * tensor.shape[1], "float"
    return 8, tensor.shape[1], _EIGHT_BITS.get(tensor.dtype, "int")


def _grouping(
    tensor: Tensor, inputs: int, scale: tuple[int, ...], blocks: set[tuple[int, int]]
) -> tuple[str, int | None, tuple[int, int] | None]:
    """Strategy, weights per scale and block, from the scale's shape; one of `blocks` where it explains the shape."""
    rows = tensor.shape[0]
    for high, wide in sorted(blocks):
        if scale == (math.ceil(rows / high), math.ceil(inputs / wide)):
            return "block", None, (high, wide)
    if math.prod(scale) <= 1:
        return "tensor", None, None
    columns = scale[1] if len(scale) == _MATRIX else 1
    if scale[0] != rows:
        return "block", None, (math.ceil(rows / max(scale[0], 1)), math.ceil(inputs / max(columns, 1)))
    return ("channel", None, None) if columns <= 1 else ("group", math.ceil(inputs / columns), None)


def _group(layer: Layer, sizes: set[int | None]) -> WeightGroup:
    """One scale per row is a group as wide as the row, where such groups are there."""
    strategy, size = layer.strategy, layer.group_size
    if strategy == "channel" and layer.inputs in sizes:
        strategy, size = "group", layer.inputs
    return WeightGroup(HEADER, layer.bits, layer.type, strategy, size, layer.symmetric, block=layer.block)
