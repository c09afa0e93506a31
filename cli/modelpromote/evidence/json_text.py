"""JSON from strangers: what is accepted of it, and up to which limits. Knows no format."""

import json
import math
from typing import NoReturn, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 64
MAX_DIGITS = 30
_EXACT = 2**53  # up to here a float holds every whole number


class NotJson(ValueError):
    """Text that is not accepted as JSON; the message says why."""


def load(data: bytes, limit: int = MAX_BYTES) -> Json:
    """The value of strict JSON: UTF-8, each key once, finite numbers. NotJson says what is wrong."""
    if len(data) > limit:
        raise NotJson(f"{len(data)} bytes, at most {limit} are read")
    try:
        value: Json = _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise NotJson(f"not UTF-8 at byte {fault.start}") from fault
    except json.JSONDecodeError as fault:
        raise NotJson(f"not JSON: line {fault.lineno}, column {fault.colno}: {fault.msg}") from fault
    except RecursionError as fault:
        raise NotJson(f"nested more than {MAX_DEPTH} deep") from fault
    _check(value)
    return value


def canonical(value: Json) -> str:
    """One text for one value: keys sorted, whole numbers without a point, ASCII only."""
    return json.dumps(_whole_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def mapping(value: Json) -> dict[str, Json]:
    """The value, where it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def number(value: Json) -> float | None:
    """The value as a float, where it is a number; else None."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole(value: Json) -> int | None:
    """The value, where it is a whole number; else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(value: Json) -> str:
    """The value, where it is text; else empty."""
    return value if isinstance(value, str) else ""


def is_unset(value: Json) -> bool:
    """Whether a setting says nothing: what one version leaves out, another writes so."""
    return value is None or value is False or value in ("", [], {})


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotJson(f"key {twice[:100]!r} is given twice")
    return unique


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotJson(f"{digits[:40]} is too large a number")
    return value


def _int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotJson(f"a number of {len(digits)} digits, at most {MAX_DIGITS} are read")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)


def _check(value: Json) -> None:
    """Refuse what is nested too deep, and text that cannot be written as UTF-8."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise NotJson(f"nested more than {MAX_DEPTH} deep")
        below: list[Json] = []
        for node in level:
            if isinstance(node, dict):
                below += node.keys()
                below += node.values()
            elif isinstance(node, list):
                below += node
            elif isinstance(node, str) and not node.isascii():
                _check_text(node)
        level = below


def _check_text(node: str) -> None:
    try:
        node.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise NotJson("text with half of a surrogate pair") from fault


def _whole_numbers(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, list):
        return [_whole_numbers(part) for part in value]
    if isinstance(value, dict):
        return {key: _whole_numbers(part) for key, part in value.items()}
    return value
