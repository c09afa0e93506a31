"""The header of a safetensors file: which tensors are in it. Knows no model.

Format: 8 bytes with the header's length (little endian), the header (JSON), then the bytes of all tensors
without a hole, https://huggingface.co/docs/safetensors
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from modelpromote.evidence.json_text import MAX_BYTES, Json, load, mapping, text, whole
from modelpromote.evidence.plain_text import printable

LENGTH_BYTES = 8
MAX_HEADER_BYTES = MAX_BYTES  # the format allows 100 MB; no model comes near it
_MAX_DIMENSIONS = 8
_OFFSETS = 2
# bits of one element
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16,
    "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64, "F4": 4,
}  # fmt: skip


class NotSafetensors(ValueError):
    """Bytes that are no safetensors file; the message says why."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: its name, data type and shape, and where its bytes end behind the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    end: int

    @property
    def total_bits(self) -> int:
        """Bits of all of its elements."""
        return math.prod(self.shape) * _BITS[self.dtype]

    @property
    def module(self) -> str:
        """The layer that it belongs to: `model.layers.0.mlp.up_proj` of `...up_proj.weight_packed`."""
        return self.name.rpartition(".")[0]

    @property
    def part(self) -> str:
        """What it is of its layer: `weight_packed`."""
        return self.name.rpartition(".")[2]


def header_length(head: bytes) -> int:
    """How many bytes the header has, from the first 8 bytes of the file. NotSafetensors beyond the limit."""
    if len(head) < LENGTH_BYTES:
        raise NotSafetensors(f"{len(head)} bytes, a safetensors file begins with {LENGTH_BYTES}")
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    if not 0 < length <= MAX_HEADER_BYTES:
        raise NotSafetensors(f"a header of {length} bytes, 1 to {MAX_HEADER_BYTES} are read")
    return length


def tensors(header: bytes) -> tuple[Tensor, ...]:
    """The tensors of a header. NotJson or NotSafetensors says what is wrong."""
    value = load(header)
    if not isinstance(value, dict):
        raise NotSafetensors("the header is not an object")
    return tuple(_tensors(value))


def _tensors(value: dict[str, Json]) -> Iterator[Tensor]:
    for name, given in value.items():
        if name == "__metadata__":
            continue
        fields = mapping(given)
        shape = _whole_numbers(fields.get("shape"), range(_MAX_DIMENSIONS + 1))
        offsets = _whole_numbers(fields.get("data_offsets"), range(_OFFSETS, _OFFSETS + 1))
        dtype = text(fields.get("dtype"))
        if shape is None or offsets is None or dtype not in _BITS:
            raise NotSafetensors(f"tensor {printable(name)!r} has no readable dtype, shape and data_offsets")
        begin, end = offsets
        if (end - begin) * 8 != math.prod(shape) * _BITS[dtype]:
            raise NotSafetensors(f"tensor {printable(name)!r}: its offsets do not fit its shape and dtype")
        yield Tensor(printable(name, 300), dtype, shape, end)


def _whole_numbers(value: Json, lengths: range) -> tuple[int, ...] | None:
    """A list of so many whole numbers from 0, or None."""
    if not isinstance(value, list) or len(value) not in lengths:
        return None
    numbers = [number for part in value if (number := whole(part)) is not None and number >= 0]
    return tuple(numbers) if len(numbers) == len(value) else None
