"""Findings as SARIF 2.1.0, for code scanning. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from typing import Any
from urllib.parse import quote

from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.reports.fingerprints import fingerprints
from modelpromote.reports.plain import escaped, json_text
from modelpromote.reports.report import Report

# code scanning asks for it; nothing is fetched from there
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def report(found: Report) -> str:
    """One run: the tool with the rules that were broken, and a result for each finding."""
    rules = list({one.rule.code: one.rule for one in found.findings}.values())
    places = {rule.code: index for index, rule in enumerate(rules)}
    driver: dict[str, Any] = {"name": "modelpromote", "version": found.version, "semanticVersion": found.version}
    if found.documentation:
        driver["informationUri"] = found.documentation
    driver["rules"] = [_rule(rule, found) for rule in rules]
    results = [
        _result(one, places[one.code], fingerprint)
        for one, fingerprint in zip(found.findings, fingerprints(found.findings), strict=True)
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"summary": escaped(found.last)},
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule, found: Report) -> dict[str, Any]:
    section = found.explain(rule.code)
    described: dict[str, Any] = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in _words(rule.title)),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}: {rule.hint}"},
        "help": {"text": section or rule.hint, **({"markdown": section} if section else {})},
        "defaultConfiguration": {"level": str(rule.severity)},
    }
    if found.documentation:
        described["helpUri"] = f"{found.documentation}/rules.md#{rule.code.lower()}"
    return described


def _words(title: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in title).split()


def _result(found: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": str(found.severity),
        "message": {"text": f"{escaped(found.detail)}\nhint: {escaped(found.hint)}"},
        "locations": [_location(found.location)],
        "partialFingerprints": {"modelpromote/v1": fingerprint},
    }


def _location(place: Location) -> dict[str, Any]:
    """Code scanning needs a region: line 1 stands for a place that has none."""
    region = {"startLine": place.line or 1} | ({"startColumn": place.column} if place.column else {})
    uri = quote(place.path.encode(errors="surrogateescape"))
    located: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}
    }
    if place.key:
        located["logicalLocations"] = [{"fullyQualifiedName": escaped(place.key), "kind": "member"}]
    return located
