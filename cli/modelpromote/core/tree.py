"""A tree of files as the tool sees one: the working tree, a commit, or a mapping in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class EntryKind(Enum):
    """What lies behind a name; OTHER is a symbolic link, a submodule, a device: never followed."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


class Tree(Protocol):
    """Read-only files by path relative to the root, parts joined by `/`; the root is the empty path."""

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none."""

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name; empty where there is no such folder."""


@dataclass(frozen=True, slots=True)
class MemoryTree:
    """A tree that is a mapping from path to content."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """The content of a file; None where there is none."""
        return self.files.get(path)

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name."""
        prefix = f"{folder}/" if folder else ""
        found: dict[str, EntryKind] = {}
        for path in self.files:
            if path.startswith(prefix):
                name, slash, _ = path[len(prefix) :].partition("/")
                found[name] = EntryKind.FOLDER if slash else EntryKind.FILE
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A tree with files put over it; where both have a folder, what lies in either."""

    below: Tree
    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """The content of a file."""
        return self.files[path] if path in self.files else self.below.read(path)

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name."""
        return {**self.below.entries(folder), **MemoryTree(self.files).entries(folder)}


def walk(tree: Tree, folder: str) -> Iterator[tuple[str, EntryKind]]:
    """Every file below a folder, and everything that is neither file nor folder, in sorted order."""
    for name, kind in sorted(tree.entries(folder).items()):
        path = f"{folder}/{name}" if folder else name
        if kind is EntryKind.FOLDER:
            yield from walk(tree, path)
        else:
            yield path, kind


def folders(tree: Tree, folder: str) -> list[str]:
    """The names of the folders directly in a folder, sorted."""
    return sorted(name for name, kind in tree.entries(folder).items() if kind is EntryKind.FOLDER)


def read_together(path: str) -> tuple[str, ...]:
    """What a job that reads a file will read beside it, as git's pathspecs: a variant, an overlay, the settings."""
    parts = path.split("/")
    match parts:
        case ["models", model, variant, *_]:
            return (f"models/{model}/{variant}",)
        case ["environments", environment, model, room, _, *_]:
            folder = f"environments/{environment}/{model}"
            return (f":(glob){folder}/*", f"{folder}/common", f"{folder}/idle", f"{folder}/{room}")
        case ["environments", _, _, _]:
            return (f":(glob){path.rpartition('/')[0]}/*",)
        case _:
            return ("promote.yaml", ":(glob)environments/*/environment.yaml")
