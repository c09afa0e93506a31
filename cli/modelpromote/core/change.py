"""A change: what differs between a commit and the working tree, and which kind of change that makes it. Pure.

Every touched file says which kinds of change may touch it so; the change is of the one kind that explains all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelpromote.core.change_rooms import Room


class Kind(StrEnum):
    """The kinds of change; the first that explains all files is the change's own."""

    CARD = "card"
    EVIDENCE = "evidence"
    VARIANT = "variant"
    ENVIRONMENT = "environment"
    PROMOTION = "promotion"
    STEP = "step"
    ROLLBACK = "rollback"
    RETIRE = "retire"
    RENDER = "render"
    OTHER = "other"
    MIXED = "mixed"
    NONE = "none"


class Action(StrEnum):
    """What was done to a file; a link or submodule counts as `changed`."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TouchedFile:
    """A file that differs. `kinds` are the kinds of change that it may belong to; none where it may go with any."""

    path: str
    action: Action
    room: Room
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from a commit, `base`; `kinds` has each file's own kind by path, `subject` says it in words."""

    base: str
    kind: Kind
    touched: tuple[TouchedFile, ...]
    kinds: Mapping[str, Kind]
    subject: str = ""

    @property
    def headline(self) -> str:
        """`change: promotion of llama/v1.3-int4-g64 to test, 2 files`."""
        if self.kind is Kind.NONE:
            return f"change: none, nothing differs from {self.base[:10]}"
        judged = sum(kind is not Kind.OTHER for kind in self.kinds.values())
        rest = len(self.touched) - judged
        counts = [_files(judged), *([f"{_files(rest)} beside it"] if rest else [])] if judged else [_files(rest)]
        return f"change: {self.subject or self.kind}, {', '.join(counts)}"


def classify(base: str, touched: Iterable[TouchedFile]) -> Change:
    """The kind of a change, and of each of its files."""
    files = tuple(sorted(touched, key=lambda file: file.path))
    judged = [file for file in files if file.kinds]
    if not judged:
        kind = Kind.OTHER if files else Kind.NONE
        return Change(base, kind, files, {file.path: Kind.OTHER for file in files})
    common = set(judged[0].kinds).intersection(*(file.kinds for file in judged))
    kind = _first(common) if common else Kind.MIXED
    certain = {file.kinds[0] for file in judged if len(file.kinds) == 1}
    own = {file.path: _own(file, kind, certain) for file in files}
    return Change(base, kind, files, own)


def _own(file: TouchedFile, kind: Kind, certain: set[Kind]) -> Kind:
    """What a file belongs to; where it could be several, what other files are for certain."""
    if not file.kinds:
        return Kind.OTHER
    if kind in file.kinds:
        return kind
    return _first(certain.intersection(file.kinds) or set(file.kinds))


def _first(kinds: set[Kind]) -> Kind:
    return next(kind for kind in Kind if kind in kinds)


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"
