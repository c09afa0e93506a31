"""YAML text to a Document: strict, with the place of every value. The only importer of ruamel.yaml.

Reads the parser's events (libyaml, which does not recurse) and builds plain values from them, so that anchors,
tags, merge keys, duplicate keys and deep nesting never get as far as a loader. Scalars follow the core schema of
YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema); what YAML 1.1 reads differently must be quoted, since
clusters read that.
"""

import math
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.core.document import Document, KeyPath, Mark, Scalar, Value

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 18

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")
# plain scalars that are text in 1.2 and something else in 1.1, or numbers that the two count differently
_AMBIGUOUS = re.compile(
    r"y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
    r"|[-+]?0[0-9_]+|0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+|[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?"
    r"|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?[0-9.]+[eE][0-9]+"
    r"|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


def read_yaml(path: str, content: bytes) -> tuple[Document, tuple[Diagnostic, ...]]:
    """The document, and every fault of its text; with a fault of syntax the document is empty."""
    text, problem = _decode(path, content)
    if problem is not None:
        return Document(path, None), (problem,)
    builder = _Builder(path)
    try:
        for event in _parser().parse(text):
            builder.take(event)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
        return Document(path, None), (
            *builder.problems,
            Diagnostic(rules.NOT_YAML, place, str(fault.problem)),
        )
    except _TooDeep as fault:
        return Document(path, None), (Diagnostic(rules.TOO_LARGE, fault.place, f"nested deeper than {MAX_DEPTH}"),)
    except YAMLError as fault:
        return Document(path, None), (Diagnostic(rules.NOT_YAML, Location(path), str(fault).splitlines()[0]),)
    return Document(path, builder.result, builder.keys, builder.values), tuple(builder.problems)


@cache
def _parser() -> YAML:
    """One for all: making it looks for plug-ins on the disk."""
    return YAML(typ="safe")


def read_objects(path: str, content: bytes) -> tuple[tuple[Value, ...], tuple[Diagnostic, ...]]:
    """The documents of a stream that Kustomize built, in order; `---` at the start of a line parts them."""
    parts = re.split(rb"(?m)^---[ \t]*\r?\n", content)
    documents = [read_yaml(path, part) for part in parts if part.strip()]
    return tuple(document.data for document, _ in documents), tuple(found for _, more in documents for found in more)


def check_both_readings(path: str, content: bytes) -> None:
    """Raise where a YAML 1.1 reader, as clusters are, gets other values than we meant: our own bug."""
    meant, problems = read_objects(path, content)
    if problems:
        raise AssertionError(f"{path} would not be read as it was meant: {problems[0].detail}")
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    read = tuple(_frozen(document) for document in yaml.load_all(content.decode()))
    if read != meant:
        raise AssertionError(f"{path} would not be read as it was meant by a YAML 1.1 reader")


def _frozen(value: Any) -> Value:
    if isinstance(value, dict):
        return {str(key): _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _decode(path: str, content: bytes) -> tuple[str, Diagnostic | None]:
    if len(content) > MAX_BYTES:
        detail = f"{len(content)} bytes, at most {MAX_BYTES} are read"
        return "", Diagnostic(rules.TOO_LARGE, Location(path), detail)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        before = content[content.rfind(b"\n", 0, fault.start) + 1 : fault.start]
        column = len(before.decode("utf-8-sig")) + 1
        return "", Diagnostic(rules.BAD_ENCODING, Location(path, line, column), f"byte {fault.start} is not UTF-8")
    control = _CONTROL.search(text)
    if control is not None:
        start = control.start()
        place = Location(path, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
        return "", Diagnostic(rules.BAD_ENCODING, place, f"control character {control[0]!r}")
    return text, None


class _TooDeep(Exception):
    def __init__(self, place: Location) -> None:
        self.place = place


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been read yet."""

    path: KeyPath
    items: dict[str, Value] | list[Value]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Makes values of events, and remembers where each stood."""

    path: str
    result: Value = None
    problems: list[Diagnostic] = field(default_factory=list)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def take(self, event: Event) -> None:
        """One event of the parser."""
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._start(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            closed = self.stack.pop()
            self._put(closed.items if isinstance(closed.items, dict) else tuple(closed.items))
        elif isinstance(event, AliasEvent):
            self._refuse(rules.YAML_FEATURE, event, f"alias *{event.anchor}")
            self._put(None)
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:  # noqa: PLR2004
                self._refuse(rules.YAML_FEATURE, event, "a second document")

    def _start(self, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _TooDeep(self._place(event))
        self._plain_only(event)
        if self._awaits_key():
            self._refuse(rules.YAML_FEATURE, event, "a mapping or list as a key")
        path = self._path()
        self.values.setdefault(path, _mark(event))
        self.stack.append(_Open(path, {} if isinstance(event, MappingStartEvent) else []))

    def _scalar(self, event: Any) -> None:
        self._plain_only(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.items, dict) and top.key is None:
            self._key(event, top)
            return
        self.values.setdefault(self._path(), _mark(event))
        self._put(self._resolve(event))

    def _key(self, event: Any, top: _Open) -> None:
        top.key = str(event.value)
        place = (*top.path, top.key)
        if top.key == "<<" and event.implicit[0]:
            self._refuse(rules.YAML_FEATURE, event, "merge key <<")
        elif isinstance(top.items, dict) and top.key in top.items:
            line, column = self.keys[place]
            self._refuse(rules.DUPLICATE_KEY, event, f"{top.key!r} is given at {line}:{column} already")
        self.keys.setdefault(place, _mark(event))

    def _resolve(self, event: Any) -> Scalar:
        """The value of a scalar: quoted ones are text, plain ones follow the core schema."""
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if _NULL.fullmatch(text):
            return None
        if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
            return text.lower() == "true"
        if _AMBIGUOUS.fullmatch(text):
            self._refuse(rules.AMBIGUOUS_SCALAR, event, f"{text} means one thing to YAML 1.1 and another to 1.2")
            return text
        number = int if _INTEGER.fullmatch(text) else float if _FLOAT.fullmatch(text) else None
        if number is None:
            return text
        if len(text) > MAX_DIGITS:
            self._refuse(rules.TOO_LARGE, event, f"number of {len(text)} characters, at most {MAX_DIGITS}")
            return None
        value = number(text)
        if value in {math.inf, -math.inf}:
            self._refuse(rules.TOO_LARGE, event, f"{text} is beyond a double")
        return value

    def _plain_only(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(rules.YAML_FEATURE, event, f"anchor &{event.anchor}")
        if event.tag is not None and str(event.tag) != "!":
            self._refuse(rules.YAML_FEATURE, event, f"tag {event.tag}")

    def _put(self, value: Value) -> None:
        if not self.stack:
            if self.documents <= 1:
                self.result = value
            return
        top = self.stack[-1]
        if isinstance(top.items, list):
            top.items.append(value)
        elif top.key is None:
            top.key = ""
        else:
            top.items[top.key] = value
            top.key = None

    def _path(self) -> KeyPath:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.items) if isinstance(top.items, list) else top.key or "")

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].items, dict) and self.stack[-1].key is None

    def _place(self, event: Event) -> Location:
        return Location(self.path, *_mark(event))

    def _refuse(self, rule: Rule, event: Event, detail: str) -> None:
        self.problems.append(Diagnostic(rule, self._place(event), detail))


def _mark(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1
