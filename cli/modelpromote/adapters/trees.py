"""The working tree as a Tree: nothing outside it is read, no link is followed."""

from collections.abc import Mapping
from pathlib import Path

from modelpromote.core.tree import EntryKind
from modelpromote.failures import Failure

MAX_FILE = 64 * 1024 * 1024


class WorkingTree:
    """Files below a root on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none, or where a link is in the way."""
        place = self._inside(path)
        if place is None or place.is_symlink() or not place.is_file():
            return None
        if place.stat().st_size > MAX_FILE:
            raise Failure(f"{path} has more than {MAX_FILE} bytes", "the tool reads no file as large as that")
        try:
            return place.read_bytes()
        except OSError as fault:
            raise Failure(f"cannot read {path}: {fault.strerror}", "check the file's permissions") from fault

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name; the repository's own `.git` left out."""
        place = self._inside(folder) if folder else self.root
        if place is None or place.is_symlink() or not place.is_dir():
            return {}
        return {entry.name: _kind(entry) for entry in place.iterdir() if entry.name != ".git"}

    def _inside(self, path: str) -> Path | None:
        place = self.root
        for part in path.split("/"):
            if part in {"", ".", ".."}:
                return None
            if place.is_symlink() and place != self.root:
                return None
            place /= part
        return place


def _kind(entry: Path) -> EntryKind:
    if entry.is_symlink():
        return EntryKind.OTHER
    if entry.is_file():
        return EntryKind.FILE
    return EntryKind.FOLDER if entry.is_dir() else EntryKind.OTHER
