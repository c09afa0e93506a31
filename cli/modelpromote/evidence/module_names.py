"""Which layers a `targets` or `ignore` entry of compressed-tensors means. Knows no tensor.

An entry is a class (`Linear`), a layer's full name, or `re:` and a pattern that must match from the start of
the name. Patterns come from strangers, so they are not given to `re`, which may take for ever on them: this
reads the part of the syntax that recipes use (literals, `.`, `\\d`, `\\w`, classes, `*`, `+`, `?`, `^`, `$`,
groups with `|` and without a repetition) and follows all ways through the pattern at once, in time linear in
the name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_PATTERN = 300
MAX_ALTERNATIVES = 64
MAX_NESTING = 10
_CLASS = r"\[\^?(?:[A-Za-z0-9_.]|[A-Za-z0-9]-[A-Za-z0-9]){1,60}\]"
_TOKEN = re.compile(rf"\\[dw.\-_/]|{_CLASS}|[A-Za-z0-9_./\-]|\(\?:|[()|*+?^$]")
_OPEN = frozenset({"(", "(?:"})
_REPEATS = frozenset({"*", "+", "?"})
_KINDS = {".": "[^\n]", "\\d": "[0-9]", "\\w": "[A-Za-z0-9_]"}


class UnreadablePattern(ValueError):
    """A pattern outside the part of the syntax that is read; the message names it."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """One character of a kind; `skip`: it may be missing, `repeat`: it may come again."""

    accepts: Callable[[str], object]
    skip: bool = False
    repeat: bool = False


Entry = Callable[[str], bool]


def entries(given: tuple[str, ...]) -> tuple[Entry, ...]:
    """A test of a Linear layer's name per entry. UnreadablePattern where one cannot be read."""
    return tuple(_entry(text) for text in given)


def _entry(text: str) -> Entry:
    if text == "Linear":
        return lambda _: True
    if not text.startswith("re:"):
        return lambda name: name == text
    ways = _ways(text.removeprefix("re:"))
    return lambda name: any(_matches(way, name) for way in ways)


def _ways(pattern: str) -> list[list[_Atom]]:
    """The pattern's alternatives, each a row of atoms that must match the whole name."""
    tokens = _TOKEN.findall(pattern)
    if len(pattern) > MAX_PATTERN or "".join(tokens) != pattern:
        raise UnreadablePattern(f"pattern {pattern[:80]!r} is outside of what is read")
    if pattern.startswith("^"):
        tokens = tokens[1:]
    rows, rest = _alternatives(tokens, pattern)
    if rest:
        raise UnreadablePattern(f"pattern {pattern[:80]!r}: a bracket too many")
    return [list(_atoms(row, pattern)) for row in rows]


def _alternatives(tokens: list[str], pattern: str, depth: int = 0) -> tuple[list[list[str]], list[str]]:
    """The rows of tokens that a group stands for, up to its closing bracket, and what follows it."""
    done: list[list[str]] = []
    rows: list[list[str]] = [[]]
    while tokens and tokens[0] != ")":
        first, *tokens = tokens
        if first in _OPEN:
            inner, tokens = _group(tokens, pattern, depth + 1)
            rows = [row + way for row in rows for way in inner]
        elif first == "|":
            done, rows = done + rows, [[]]
        else:
            rows = [[*row, first] for row in rows]
        if len(done) + len(rows) > MAX_ALTERNATIVES:
            raise UnreadablePattern(f"pattern {pattern[:80]!r}: more than {MAX_ALTERNATIVES} alternatives")
    return done + rows, tokens


def _group(tokens: list[str], pattern: str, depth: int) -> tuple[list[list[str]], list[str]]:
    if depth > MAX_NESTING:
        raise UnreadablePattern(f"pattern {pattern[:80]!r}: groups nested more than {MAX_NESTING} deep")
    inner, rest = _alternatives(tokens, pattern, depth)
    if rest[:1] != [")"] or rest[1:2] in (["*"], ["+"], ["?"]):
        raise UnreadablePattern(f"pattern {pattern[:80]!r}: a group that is open or repeated")
    return inner, rest[1:]


def _atoms(row: list[str], pattern: str) -> Iterator[_Atom]:
    anchored = row[-1:] == ["$"]
    parts = row[:-1] if anchored else [*row, ".", "*"]
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if part in {"^", "$"} or (part in _REPEATS and before in {"", *_REPEATS}):
            raise UnreadablePattern(f"pattern {pattern[:80]!r}: {part} in a place where it is not read")
        if part not in _REPEATS:
            yield _Atom(_accepts(part, pattern), skip=after in {"*", "?"}, repeat=after in {"*", "+"})


def _accepts(part: str, pattern: str) -> Callable[[str], object]:
    """Whether one character is of the kind; a class of one character cannot take long."""
    try:
        return re.compile(_KINDS.get(part, part if len(part) > 1 else re.escape(part))).fullmatch
    except re.error as fault:
        raise UnreadablePattern(f"pattern {pattern[:80]!r}: {fault}") from fault


def _matches(atoms: list[_Atom], name: str) -> bool:
    places = _skipping(atoms, {0})
    for character in name:
        fitting = {place for place in places if place < len(atoms) and atoms[place].accepts(character)}
        places = _skipping(atoms, {place + 1 for place in fitting} | {p for p in fitting if atoms[p].repeat})
    return len(atoms) in places


def _skipping(atoms: list[_Atom], places: set[int]) -> set[int]:
    """The places, and those that are reached by leaving atoms out."""
    reached = set(places)
    for place in range(len(atoms)):
        if place in reached and atoms[place].skip:
            reached.add(place + 1)
    return reached
