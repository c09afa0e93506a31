"""From a document to a frozen value, every fault with its place. The only reader of pydantic's errors."""

import difflib
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document, KeyPath, dotted


class Schema(BaseModel):
    """A block of a manifest: strict, frozen, no unknown key.

    Validators are built when they are first used: a run of the tool uses few of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False, defer_build=True)


S = TypeVar("S", bound=Schema)
_SHOWN = 80
MAX_LINE = 500  # characters
_WORDS = {
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "string_too_short": "expected at least {min_length} characters",
    "string_too_long": "expected at most {max_length} characters",
    "too_short": "expected at least {min_length} in the list",
    "too_long": "expected at most {max_length} in the list",
}


def one_line(text: str) -> str:
    """Free text as files and commit messages take it: one line, not too long; ValueError says otherwise."""
    if len(text) > MAX_LINE:
        raise ValueError(f"{len(text)} characters, at most {MAX_LINE} are kept")
    if not text.isprintable():
        raise ValueError("more than one line, or a control character")
    return text


OneLine = Annotated[str, AfterValidator(one_line)]


@dataclass(frozen=True, slots=True)
class Matching:
    """A validator of text: it matches the pattern as a whole, or the message says what was expected."""

    pattern: str
    expected: str

    def check(self, text: str) -> str:
        """The text itself; ValueError says what was expected."""
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(f"expected {self.expected}")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}


def matching(pattern: str, expected: str) -> Matching:
    """Text that matches a pattern as a whole."""
    return Matching(pattern, expected)


def read(document: Document, schema: type[S]) -> tuple[S | None, tuple[Diagnostic, ...]]:
    """The document as a value of the schema, or all that is wrong with it."""
    try:
        return schema.model_validate(document.data), ()
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
        return None, tuple(_diagnostic(document, schema, error) for error in errors)


def _diagnostic(document: Document, schema: type[Schema], error: ErrorDetails) -> Diagnostic:
    place = _in_document(document, error["loc"])
    kind, name = error["type"], str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        known = _known_keys(schema, error["loc"])
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        advice = f"did you mean {close[0]!r}?" if close else f"known keys here: {', '.join(known)}"
        return Diagnostic(rules.UNKNOWN_KEY, document.locate(place, key=True), f"unknown key {name!r}", advice)
    if kind == "missing":
        written = document.path.endswith(("/release.yaml", "/entry.yaml"))
        advice = "restore the file from git: the tool writes it, nobody edits it" if written else ""
        return Diagnostic(rules.MISSING_KEY, document.locate(place[:-1]), f"{_within(place)} is missing", advice)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _unknown_gate(document, place, error)
    return Diagnostic(rules.BAD_VALUE, document.locate(place), f"{_within(place)}: {_message(error)}")


def _unknown_gate(document: Document, place: KeyPath, error: ErrorDetails) -> Diagnostic:
    context = error.get("ctx", {})
    tag, expected = str(context.get("tag", "")), str(context.get("expected_tags", "")).replace("'", "")
    close = difflib.get_close_matches(tag, expected.split(", "), n=1, cutoff=0.6) if tag else []
    advice = f"did you mean {close[0]!r}?" if close else (f"known gates: {expected}" if expected else "")
    detail = f"gate {tag!r} is not known" if tag else f"{_within(place)} names no gate"
    return Diagnostic(rules.UNKNOWN_GATE, document.locate((*place, "gate")), detail, advice)


def _message(error: ErrorDetails) -> str:
    """What was expected, in our own words, and what was given instead."""
    given = error["input"]
    if error["type"] == "string_type" and isinstance(given, int | float | bool):
        return f"expected text, given {given!r}: put it in quotes"
    shown = repr(given) if isinstance(given, str | int | float | bool) or given is None else type(given).__name__
    shown = {"dict": "a mapping", "tuple": "a list", "None": "nothing"}.get(shown, shown)
    return f"{_expected(error)}, given {shown if len(shown) < _SHOWN else f'{shown[:_SHOWN]}...'}"


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] in _WORDS:
        return _WORDS[error["type"]].format(**context)
    if error["type"] == "literal_error":
        return "expected " + str(context["expected"]).replace("'", "")
    message = error["msg"].removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}"


def _within(place: KeyPath) -> str:
    return dotted(place) or "the document"


def _in_document(document: Document, loc: tuple[int | str, ...]) -> KeyPath:
    """pydantic's path without what it adds for unions and keys of mappings (`[key]`, a gate's name)."""
    path: KeyPath = ()
    node: Any = document.data
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        inside = node if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, tuple) else {}
        if part in inside:
            path, node = (*path, part), inside[part]
        elif last and isinstance(node, dict) and isinstance(part, str) and part != "[key]":
            path = (*path, part)
    return path


def _known_keys(schema: type[Schema], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the schema knows at the place of an unknown one."""
    current = [schema]
    for part in loc[:-1]:
        fields = [field for one in current for name, field in one.model_fields.items() if part in {name, field.alias}]
        tagged = [
            one
            for one in current
            if "gate" in one.model_fields and part in get_args(one.model_fields["gate"].annotation)
        ]
        current = [one for field in fields for one in _schemas_in(field.annotation)] or tagged or current
    return sorted({field.alias or name for one in current for name, field in one.model_fields.items()})


def _schemas_in(annotation: object) -> list[type[Schema]]:
    if isinstance(annotation, type) and issubclass(annotation, Schema):
        return [annotation]
    return [one for argument in get_args(annotation) for one in _schemas_in(argument)]
