"""Writing files of the working tree: each is the old one or the new one, never half of it.

Drafts lie in a scratch folder inside the git directory, so that a run that was killed leaves nothing where
`validate` and git look; the next run clears it.
"""

import errno
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from modelpromote.failures import Failure

_STALE = 3600  # seconds after which a draft belongs to nobody any more


class Writer:
    """Writes below a root, by way of a scratch folder."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self._root = root.resolve()
        self._scratch = scratch
        try:
            scratch.mkdir(parents=True, exist_ok=True)
            for draft in scratch.iterdir():
                if draft.is_dir() and time.time() - draft.stat().st_mtime > _STALE:
                    _remove(draft)
        except OSError as fault:
            raise Failure(f"cannot write to {scratch}: {fault.strerror}", "check the folder's permissions") from fault

    def keep(self, name: str, content: bytes) -> None:
        """Keep a file of the tool's own in the scratch folder: whole, or as it was."""
        draft = Path(tempfile.mkdtemp(dir=self._scratch)) / name
        try:
            draft.write_bytes(content)
            draft.replace(self._scratch / name)
        except OSError as fault:
            raise Failure(f"cannot write {name}: {fault.strerror}", "check the folder's permissions") from fault
        finally:
            _remove(draft.parent)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files, each by renaming a finished one into place."""
        for path, content in files.items():
            place = self._place(path)
            draft = Path(tempfile.mkdtemp(dir=self._scratch)) / place.name
            try:
                draft.write_bytes(content)
                _move(draft, place)
            except OSError as fault:
                raise Failure(f"cannot write {path}: {fault.strerror}", "check the folder's permissions") from fault
            finally:
                _remove(draft.parent)

    def write_folder(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write a whole new folder: it is there with all its files, or not at all."""
        place = self._place(folder)
        draft = Path(tempfile.mkdtemp(dir=self._scratch)) / place.name
        try:
            for path, content in files.items():
                file = draft / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            _move(draft, place)
        except OSError as fault:
            raise Failure(f"cannot write {folder}: {fault.strerror}", "check the folder's permissions") from fault
        finally:
            _remove(draft.parent)

    def remove(self, folders: Iterable[str]) -> None:
        """Remove whole folders: each is moved away at once, then deleted."""
        for folder in folders:
            place = self._place(folder)
            if place.is_dir():
                grave = Path(tempfile.mkdtemp(dir=self._scratch))
                shutil.move(place, grave / place.name)
                _remove(grave)

    def _place(self, path: str) -> Path:
        place = self._root / path
        between = [part for part in (place, *place.parents) if part != self._root and part.is_relative_to(self._root)]
        if ".." in place.parts or any(part.is_symlink() for part in between):
            raise Failure(f"{path} would be written outside the repository", "remove the link on its way")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Failure(f"cannot write {path}: {fault.strerror}", "remove the file on its way") from fault
        return place


def _move(draft: Path, place: Path) -> None:
    """Rename; across file systems copy beside the place first."""
    try:
        draft.replace(place)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        beside = place.parent / f".promote-{draft.parent.name}"
        shutil.move(draft, beside)
        beside.replace(place)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
