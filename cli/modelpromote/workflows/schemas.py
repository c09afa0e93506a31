"""`promote schema`: the JSON Schemas of the manifests as files, for editors."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelpromote.adapters.files import Writer
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.manifest_schemas import SCHEMAS, file_name, json_schema


@dataclass(frozen=True, slots=True)
class Written:
    """Which files were written, and which were as they should be."""

    written: tuple[str, ...]
    current: tuple[str, ...]


def schema_text(kind: str) -> str:
    """The schema of `promote`, `environment` or `variant`, as a file has it."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def schema_files(kinds: Sequence[str] = tuple(SCHEMAS)) -> Mapping[str, bytes]:
    """The files by name."""
    return {file_name(kind): schema_text(kind).encode() for kind in kinds}


def write_schemas(folder: Path, kinds: Sequence[str]) -> Written:
    """Bring the files in a folder up to date; the folder is made where there is none."""
    files = schema_files(kinds)
    there = WorkingTree(folder.resolve())
    stale = {name: text for name, text in files.items() if not folder.is_dir() or there.read(name) != text}
    with tempfile.TemporaryDirectory(prefix="modelpromote-") as scratch:
        Writer(folder, Path(scratch)).write(stale)
    return Written(tuple(stale), tuple(name for name in files if name not in stale))
