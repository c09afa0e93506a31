"""Files that a user names, anywhere on the disk: listed, hashed and read in pieces, links refused."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from modelpromote.failures import Failure

_PIECE = 1024 * 1024
MAX_INPUT = 64 * 1024 * 1024
MAX_INPUTS = 20_000


@dataclass(frozen=True, slots=True)
class Input:
    """A file: `name` relative to what was named, size in bytes."""

    name: str
    place: Path
    size: int
    modified: datetime

    def read(self, limit: int = MAX_INPUT) -> bytes:
        """The whole content, of at most `limit` bytes."""
        if self.size > limit:
            raise Failure(
                f"{self.place} has {self.size} bytes, at most {limit} are read", "name the tool's own output file"
            )
        return self.place.read_bytes()

    def head(self, count: int) -> bytes:
        """The first bytes."""
        with self.place.open("rb") as file:
            return file.read(count)

    def lines(self) -> Iterator[bytes]:
        """The lines, one at a time."""
        with self.place.open("rb") as file:
            yield from file

    def sha256(self) -> str:
        """The digest in hex, read in pieces."""
        digest = hashlib.sha256()
        with self.place.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()


def list_inputs(path: Path) -> list[Input]:
    """A file, or every file below a folder, sorted by name; `.git*` is left out, as model-signing does."""
    if not path.exists():
        raise Failure(f"{path} is not there", "name a file or a folder")
    if path.is_file():
        return [_input(path, path.name)]
    if not path.is_dir():
        raise Failure(f"{path} is neither a file nor a folder", "name a file or a folder")
    try:
        return _below(path)
    except OSError as fault:
        raise Failure(
            f"cannot list {path}: {fault.strerror}", "check its permissions, and that nothing changes it"
        ) from fault


def _below(path: Path) -> list[Input]:
    found: list[Input] = []
    for place in sorted(path.rglob("*")):
        name = place.relative_to(path).as_posix()
        if any(part.startswith(".git") for part in name.split("/")):
            continue
        if "\\" in name or not name.isprintable():
            raise Failure(f"{path} has a file named {name!r}", "rename it: no control characters, no backslash")
        if place.is_symlink():
            raise Failure(f"{place} is a link", f"copy the folder without links: cp -rL {path} COPY")
        if place.is_file():
            found.append(_input(place, name))
        if len(found) > MAX_INPUTS:
            raise Failure(f"{path} has more than {MAX_INPUTS} files", "name the files, or a smaller folder")
    return found


def _input(place: Path, name: str) -> Input:
    status = place.stat()
    return Input(name, place, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
