"""Several YAML documents in one file, each with its places in the file. For what people write beside the models."""

import re

from modelpromote.adapters.yaml_reader import MAX_BYTES, read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document

MAX_DOCUMENTS = 100
_BREAK = re.compile(rb"(?m)^---(?=[ \t\r\n]|\Z)[^\n]*\n?")


def read_stream(path: str, content: bytes) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """The documents in order; `---` at the start of a line parts them."""
    parts = _parts(content) if len(content) <= MAX_BYTES else [content]
    if len(parts) > MAX_DOCUMENTS:
        detail = f"{len(parts)} documents, at most {MAX_DOCUMENTS} are read"
        return (), (Diagnostic(rules.TOO_LARGE, Location(path), detail),)
    read = [read_yaml(path, part) for part in parts]
    return tuple(document for document, _ in read), tuple(found for _, problems in read for found in problems)


def _parts(content: bytes) -> list[bytes]:
    """Each document that has any text, below as many empty lines as there are lines above it."""
    found: list[bytes] = []
    start = 0
    for mark in [*_BREAK.finditer(content), None]:
        end = mark.start() if mark else len(content)
        if content[start:end].strip():
            found.append(b"\n" * content.count(b"\n", 0, start) + content[start:end])
        start = mark.end() if mark else end
    return found
