"""How GPTQ and AWQ store weights: both as `qweight`, with `scales`, `qzeros` and (GPTQ) `g_idx`.

GPTQ packs along the inputs: qweight I32 [in * bits / 32, out]. AWQ (GEMM) packs along the outputs:
qweight I32 [in, out * bits / 32]. Both have scales [groups, out] and qzeros [groups, out * bits / 32].
"""

import math
from collections.abc import Iterator, Mapping

from modelpromote.evidence.layer import Layer, UnknownWidth
from modelpromote.evidence.safetensors import Tensor

_WORD = 32
_MATRIX = 2
_BITS = (2, 3, 4, 8)


def layers(tensors: Mapping[str, Tensor]) -> Iterator[Layer]:
    """The layers of this kind that a header has. UnknownWidth where one does not fit together."""
    for tensor in tensors.values():
        if tensor.part == "qweight":
            yield _layer(tensors, tensor)


def _layer(tensors: Mapping[str, Tensor], packed: Tensor) -> Layer:
    name = packed.module
    scales, zeros, order = (tensors.get(f"{name}.{part}") for part in ("scales", "qzeros", "g_idx"))
    if packed.dtype != "I32" or scales is None or not len(packed.shape) == len(scales.shape) == _MATRIX:
        raise UnknownWidth(f"{packed.name} is not in words of 32 bits with a matrix of scales")
    groups, outputs = scales.shape
    if not groups or not outputs or (zeros is not None and zeros.shape[:1] != (groups,)):
        raise UnknownWidth(f"{name}: scales and qzeros do not have the same number of groups")
    along_inputs = packed.shape[1] == outputs
    bits = _bits(packed, outputs, zeros, order) if along_inputs else _fitting(outputs, packed.shape[1], packed.name)
    if zeros is not None and zeros.shape != (groups, math.ceil(outputs * bits / _WORD)):
        raise UnknownWidth(f"{name}: qweight has {bits} bits, qzeros has another number")
    inputs = packed.shape[0] * _WORD // bits if along_inputs else packed.shape[0]
    if order is not None and order.shape != (inputs,):
        raise UnknownWidth(f"{name}: qweight has {inputs} inputs, g_idx has {math.prod(order.shape)}")
    size = math.ceil(inputs / groups)
    strategy = "group" if groups > 1 else "channel"
    layout = "gptq" if along_inputs else "awq"
    return Layer(name, name, bits, "int", inputs, strategy, size if groups > 1 else None, None, layout=layout)


def _bits(packed: Tensor, outputs: int, zeros: Tensor | None, order: Tensor | None) -> int:
    """Bits of weights that are packed along the inputs: the zeros or the order tell them."""
    if zeros is not None and len(zeros.shape) == _MATRIX:
        return _fitting(outputs, zeros.shape[1], zeros.name)
    if order is not None:
        return _fitting(math.prod(order.shape), packed.shape[0], packed.name)
    raise UnknownWidth(f"{packed.name} has neither qzeros nor g_idx: its bits are not known")


def _fitting(values: int, words: int, name: str) -> int:
    """How many bits each of so many values has in so many words."""
    found = [bits for bits in _BITS if math.ceil(values * bits / _WORD) == words]
    if len(found) != 1:
        raise UnknownWidth(f"{name}: {values} values in {words} words have no known number of bits")
    return found[0]
