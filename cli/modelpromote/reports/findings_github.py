"""Findings as workflow commands of GitHub Actions: each becomes an annotation of its line.

`::error file=...,line=...,col=...,title=...::message`, see
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Mapping

from modelpromote.core.diagnostics import Diagnostic
from modelpromote.reports.plain import escaped
from modelpromote.reports.report import Report

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def report(found: Report) -> str:
    """One line for each finding, then the last line."""
    return "\n".join([*map(_annotation, found.findings), found.last])


def _annotation(found: Diagnostic) -> str:
    place = found.location
    properties = {"file": escaped(place.path)}
    if place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    properties["title"] = f"{found.code} {found.rule.title}"
    listed = ",".join(f"{name}={_in(value, _PROPERTY)}" for name, value in properties.items())
    where = f"{place.key}: " if place.key and not place.line else ""
    message = f"{escaped(where + found.detail)}\nhint: {escaped(found.hint)}"
    return f"::{found.severity} {listed}::{_in(message, _DATA)}"


def _in(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text)
