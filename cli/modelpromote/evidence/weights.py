"""How the weights of an artifact are stored, from its safetensors headers. Knows no config of a quantiser.

Layouts of compressed-tensors: `weight_packed` I32 [out, ceil(in / (32 // bits))]; `weight` I8 or F8;
`weight_packed` U8 [out, in / 2] for 4-bit floats; `weight_scale` [out, groups], [out, 1] or [1].
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.shape import Dimensions

HEADER = "safetensors header"
PACKED_BITS = (2, 3, 4, 8)
_WORD = 32
_MATRIX = 2
_EIGHT_BITS = {"I8": "int", "F8_E4M3": "float", "F8_E5M2": "float"}
_BUFFERS = frozenset({"BOOL", "I64"})


class UnknownWidth(ValueError):
    """Packed weights whose width no dimension of the model explains; the message names the layer."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One quantised layer: `inputs` is the number of its input features, where the bits are known."""

    bits: int
    type: str
    inputs: int
    strategy: str
    group_size: int | None
    symmetric: bool


def quantised_layers(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensor with the quantised weights of each layer, by the layer's name."""
    found: dict[str, Tensor] = {}
    for tensor in tensors.values():
        is_scaled = any(f"{tensor.module}.{scale}" in tensors for scale in ("weight_scale", "weight_scale_inv"))
        is_plain = tensor.part == "weight" and tensor.dtype in _EIGHT_BITS and is_scaled
        if len(tensor.shape) == _MATRIX and (tensor.part == "weight_packed" or is_plain):
            found[tensor.module] = tensor
    return found


def stored_types(tensors: Iterable[Tensor], quantised: Iterable[str]) -> tuple[str, ...]:
    """Data types of the matrices that are not quantised; masks and indices are no weights."""
    packed = set(quantised)
    types = {
        tensor.dtype
        for tensor in tensors
        if len(tensor.shape) >= _MATRIX and tensor.dtype not in _BUFFERS and tensor.module not in packed
    }
    return tuple(sorted(types))


def measured_groups(
    tensors: Mapping[str, Tensor], dimensions: Dimensions, configured: Iterable[WeightGroup]
) -> tuple[WeightGroup, ...]:
    """The kinds of quantised weights, with the number of layers of each.

    `dimensions` are the model's own. What the header leaves open (a group as wide as the layer
    is the same as none) is settled by the other layers, then by `configured`. Raises UnknownWidth.
    """
    layers = quantised_layers(tensors)
    packed = {name: tensor for name, tensor in layers.items() if tensor.dtype == "I32"}
    bits = _packed_bits(packed, dimensions, {group.bits for group in configured})
    found = [_layer(tensors, name, tensor, bits.get(name)) for name, tensor in layers.items()]
    groups = {layer.group_size for layer in found} | {group.group_size for group in configured}
    counted = Counter(_group(layer, groups) for layer in found)
    return tuple(
        WeightGroup(HEADER, *key, layers=count) for key, count in sorted(counted.items(), key=lambda pair: str(pair[0]))
    )


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


def _layer(tensors: Mapping[str, Tensor], name: str, tensor: Tensor, packed: tuple[int, int] | None) -> _Layer:
    bits, inputs, kind = _width(tensor, packed)
    scale = tensors.get(f"{name}.weight_scale") or tensors.get(f"{name}.weight_scale_inv")
    shape = scale.shape if scale else ()
    strategy, group_size = _grouping(tensor, inputs, shape)
    if strategy == "group" and f"{name}.weight_global_scale" in tensors:
        strategy = "tensor_group"
    return _Layer(bits, kind, inputs, strategy, group_size, f"{name}.weight_zero_point" not in tensors)


def _width(tensor: Tensor, packed: tuple[int, int] | None) -> tuple[int, int, str]:
    if packed is not None:
        return (*packed, "int")
    if tensor.part == "weight_packed":
        return 4, 2 * tensor.shape[1], "float"
    return 8, tensor.shape[1], _EIGHT_BITS.get(tensor.dtype, "int")


def _grouping(tensor: Tensor, inputs: int, scale: tuple[int, ...]) -> tuple[str, int | None]:
    """Strategy and weights per scale, from the scale's shape."""
    if math.prod(scale) == 1:
        return "tensor", None
    if scale[0] != tensor.shape[0]:
        return "block", None
    columns = scale[1] if len(scale) == _MATRIX else 1
    return ("channel", None) if columns <= 1 else ("group", math.ceil(inputs / columns))


def _group(layer: _Layer, groups: set[int | None]) -> tuple[int, str, str, int | None, bool]:
    """One scale per row is a group as wide as the row, where such groups are there."""
    strategy, size = layer.strategy, layer.group_size
    if strategy == "channel" and layer.inputs in groups:
        strategy, size = "group", layer.inputs
    return layer.bits, layer.type, strategy, size, layer.symmetric
