"""The working tree as a Tree: nothing outside it is read, no link is followed."""

import os
from collections.abc import Mapping
from pathlib import Path

from modelpromote.core.tree import EntryKind
from modelpromote.failures import Failure

MAX_FILE = 64 * 1024 * 1024


class WorkingTree:
    """Files below a root on the disk. Folders are listed once: it shows the tree as it was then."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listings: dict[str, dict[str, EntryKind]] = {}

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none, or where a link is in the way."""
        folder, _, name = path.rpartition("/")
        if self._listing(folder).get(name) is not EntryKind.FILE:
            return None
        place = os.path.join(self.root, path)  # noqa: PTH118 - pathlib costs more than the reading
        try:
            with open(place, "rb") as file:  # noqa: PTH123
                content = file.read(MAX_FILE + 1)
        except OSError as fault:
            raise Failure(f"cannot read {path}: {fault.strerror}", "check the file's permissions") from fault
        if len(content) > MAX_FILE:
            raise Failure(f"{path} has more than {MAX_FILE} bytes", "the tool reads no file as large as that")
        return content

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name; the repository's own `.git` left out."""
        return self._listing(folder)

    def _listing(self, folder: str) -> dict[str, EntryKind]:
        known = self._listings.get(folder)
        if known is None:
            known = self._listings[folder] = self._read_listing(folder)
        return known

    def _read_listing(self, folder: str) -> dict[str, EntryKind]:
        if folder:
            above, _, name = folder.rpartition("/")
            if name in {"", ".", ".."} or self._listing(above).get(name) is not EntryKind.FOLDER:
                return {}
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:  # noqa: PTH118
                return {entry.name: _kind(entry) for entry in entries if entry.name != ".git"}
        except OSError as fault:
            raise Failure(f"cannot list {folder or self.root}: {fault.strerror}", "check its permissions") from fault


def _kind(entry: "os.DirEntry[str]") -> EntryKind:
    if entry.is_file(follow_symlinks=False):
        return EntryKind.FILE
    return EntryKind.FOLDER if entry.is_dir(follow_symlinks=False) else EntryKind.OTHER
