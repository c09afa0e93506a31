"""Diagnostics as JSON, for scripts."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.reports.plain import json_text
from modelpromote.reports.report import Report


def findings(found: Sequence[Diagnostic], last: str, **more: Any) -> str:
    """`{"ok", "summary", "findings": [...]}` and what else a verb has to say."""
    document = {
        "ok": not any(one.is_error for one in found),
        "summary": last,
        "findings": [as_dict(one) for one in found],
    }
    return json_text(document | {_camel(name): _plain(value) for name, value in more.items()})


def report(found: Report) -> str:
    """The same of a report."""
    return findings(found.findings, found.last, **found.more)


def rules(listed: Sequence[Rule], sections: Mapping[str, str]) -> str:
    """`{"rules": [...]}`; `section` is what docs/rules.md says of one, in Markdown."""
    rows = [
        {"code": rule.code, "severity": str(rule.severity), "title": rule.title, "hint": rule.hint}
        | ({"section": sections[rule.code]} if rule.code in sections else {})
        for rule in listed
    ]
    return json_text({"rules": rows})


def as_dict(found: Diagnostic) -> dict[str, Any]:
    """One diagnostic."""
    return {
        "code": found.code,
        "severity": str(found.severity),
        "title": found.rule.title,
        **place(found.location),
        "detail": found.detail,
        "hint": found.hint,
    }


def place(location: Location) -> dict[str, Any]:
    """A location; without `line` and `column` where the format has none."""
    where: dict[str, Any] = {"path": location.path}
    if location.line:
        where |= {"line": location.line, "column": location.column}
    return where | ({"key": location.key} if location.key else {})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_camel(str(key).replace(" ", "_")): item for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
