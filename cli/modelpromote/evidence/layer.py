"""One quantised layer as a safetensors header shows it, whatever the format."""

from dataclasses import dataclass


class UnknownWidth(ValueError):
    """Packed weights whose width nothing explains; the message names the layer."""


@dataclass(frozen=True, slots=True)
class Layer:
    """`module` is the name that its tensors share; `inputs` the number of input features, 0 where not known.

    `symmetric` is None where the header does not tell; `block` are rows and columns per scale, `layout` is set
    where the same tensors' names stand for two ways of packing.
    """

    name: str
    module: str
    bits: int
    type: str
    inputs: int
    strategy: str
    group_size: int | None
    symmetric: bool | None
    block: tuple[int, int] | None = None
    layout: str = ""
