"""A YAML file that was read: plain values, and where each of them stands. Knows no YAML library."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelpromote.core.diagnostics import Location

Scalar = str | int | float | bool | None
Value = Scalar | tuple["Value", ...] | dict[str, "Value"]
KeyPath = tuple[str | int, ...]
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """`data` is made of dict, tuple and scalars; `keys` and `values` give (line, column), from 1, by key path."""

    path: str
    data: Value
    keys: Mapping[KeyPath, Mark] = field(default_factory=dict)
    values: Mapping[KeyPath, Mark] = field(default_factory=dict)

    def locate(self, key_path: KeyPath, *, key: bool = False) -> Location:
        """Where a value stands, or its key; of what is not there, the nearest thing around it."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while True:
            mark = first.get(key_path) or second.get(key_path)
            if mark is not None:
                return Location(self.path, *mark, dotted(key_path))
            if not key_path:
                return Location(self.path)
            key_path = key_path[:-1]


def dotted(key_path: KeyPath) -> str:
    """`("gates", 0, "limit")` as `gates[0].limit`."""
    text = ""
    for part in key_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
