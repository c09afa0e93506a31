"""What a quantiser's config says of the weights, whatever its format: one value for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, mapping, text, whole
from modelpromote.evidence.plain_text import printable

MAX_GROUPS = 100
LARGEST_GROUP = 65_536
LARGEST_BITS = 32


class UnreadableScheme(ValueError):
    """A quantisation config that is none; the message names the key."""


def nothing(_: str) -> bool:
    """Of no layer is it said that it is quantised."""
    return False


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is quantised, and how; `method` is empty where nothing is said, and `groups` where it is not read.

    `format` is the layout of the weights as the config names it, `kv_cache` the form of the KV cache where it is
    quantised too (`fp8`), `quantises` says of a layer's name whether it is meant. `layers` are what the method
    quantises: Linear layers, or the fused experts of a mixture.
    """

    method: str
    version: str = ""
    groups: tuple[WeightGroup, ...] = ()
    ignore: tuple[str, ...] = ()
    format: str = ""
    kv_cache: str = ""
    quantises: Callable[[str], bool] = nothing
    layers: Literal["linear", "experts"] = "linear"


def bits_of(value: Json, key: str) -> int:
    """A number of bits."""
    bits = whole(value)
    if bits is None or not 1 <= bits <= LARGEST_BITS:
        raise UnreadableScheme(f"{key} is not a number of bits")
    return bits


def size_of(value: Json, key: str) -> int | None:
    """A number of weights per scale; None where there is one scale per channel (-1), or none is stated."""
    size = whole(value)
    if value is not None and (size is None or not -1 <= size <= LARGEST_GROUP or size == 0):
        raise UnreadableScheme(f"{key} is not a number of weights")
    return None if size == -1 else size


def flag(value: Json, key: str, *, unset: bool) -> bool:
    """True or false; `unset` where the key is not there."""
    if value is None:
        return unset
    if not isinstance(value, bool):
        raise UnreadableScheme(f"{key} is not true or false")
    return value


def texts(value: Json, key: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise UnreadableScheme(f"{key} is not a list of names")
    return tuple(text(part) for part in value)


def kv_cache(value: Json) -> str:
    """The form of a quantised KV cache, from `{num_bits, type}` or a name such as FP8; else empty."""
    if isinstance(value, str):
        return printable(value.lower(), 40)
    given = mapping(value)
    bits, kind = whole(given.get("num_bits")), text(given.get("type"))
    return f"{'fp' if kind == 'float' else printable(kind, 20)}{bits}" if bits is not None else ""
