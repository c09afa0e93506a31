"""Writing files of the working tree: each is the old one or the new one, never half of it."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from modelpromote.failures import Failure


def write_atomically(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a root, each by renaming a finished one into place."""
    for path, content in files.items():
        place = root / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.parent.resolve().is_relative_to(root.resolve()):
                raise Failure(f"{path} would be written outside the repository", "remove the link on its way")
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=".promote-")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(place)
        except OSError as fault:
            raise Failure(f"cannot write {path}: {fault.strerror}", "check the folder's permissions") from fault


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a whole new folder: it is there with all its files, or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".promote-"))
    try:
        write_atomically(draft, files)
        draft.chmod(0o755)
        draft.rename(folder)
    except OSError as fault:
        raise Failure(f"cannot write {folder}: {fault.strerror}", "check the folder's permissions") from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)
