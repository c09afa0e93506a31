"""Findings for other tools: SARIF, GitHub annotations, GitLab Code Quality. Three views of the same values."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.diagnostics import Diagnostic, Location, Rule, Severity
from modelpromote.reports.fingerprints import fingerprints
from modelpromote.reports.formats import FORMATS
from modelpromote.reports.report import Report

ERROR = Rule("MP999", "a title", "do this")
WARNING = Rule("MP998", "another, longer title", "look at it", Severity.WARNING)
AT_A_LINE = Diagnostic(ERROR, Location("a/b c.yaml", 3, 7, "x.y"), "it is 5%, at most 3: no")
AT_A_KEY = Diagnostic(WARNING, Location("b.json", key="results[0]"), "w", "do that")
LAST = "refused: 1 error, 1 warning"


def told(form: str, *found: Diagnostic, **more: Any) -> str:
    return FORMATS[form](Report(found, LAST, "1.2.3", **more))


def sarif(*found: Diagnostic, **more: Any) -> Any:
    return json.loads(told("sarif", *found, **more))


def test_github_has_a_command_for_each_finding() -> None:
    assert told("github", AT_A_LINE, AT_A_KEY).splitlines() == [
        "::error file=a/b c.yaml,line=3,col=7,title=MP999 a title::it is 5%25, at most 3: no%0Ahint: do this",
        "::warning file=b.json,title=MP998 another%2C longer title::results[0]: w%0Ahint: do that",
        LAST,
    ]


def test_gitlab_has_a_row_for_each_finding_and_line_1_where_there_is_none() -> None:
    rows = json.loads(told("gitlab", AT_A_LINE, AT_A_KEY))
    prints = [row.pop("fingerprint") for row in rows]
    assert len(set(prints)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in prints)
    assert rows == [
        {"description": "it is 5%, at most 3: no (hint: do this)", "check_name": "MP999", "severity": "critical",
         "location": {"path": "a/b c.yaml", "lines": {"begin": 3}}},
        {"description": "w (hint: do that)", "check_name": "MP998", "severity": "minor",
         "location": {"path": "b.json", "lines": {"begin": 1}}},
    ]  # fmt: skip
    assert told("gitlab") == "[]"


def test_sarif_has_the_tool_the_rules_and_the_results() -> None:
    document = sarif(AT_A_LINE, AT_A_KEY, AT_A_LINE, explain=lambda code: f"**{code}**", documentation="https://x/docs")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert (document["version"], driver["name"], driver["version"]) == ("2.1.0", "modelpromote", "1.2.3")
    assert driver["rules"][1] == {
        "id": "MP998",
        "name": "AnotherLongerTitle",
        "shortDescription": {"text": "another, longer title"},
        "fullDescription": {"text": "another, longer title: look at it"},
        "help": {"text": "**MP998**", "markdown": "**MP998**"},
        "defaultConfiguration": {"level": "warning"},
        "helpUri": "https://x/docs/rules.md#mp998",
    }
    first, second, third = run["results"]
    assert [driver["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == ["MP999", "MP998", "MP999"]
    assert [one["level"] for one in run["results"]] == ["error", "warning", "error"]
    assert first["message"] == {"text": "it is 5%, at most 3: no\nhint: do this"}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a/b%20c.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "x.y", "kind": "member"}],
        }
    ]
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert first["partialFingerprints"] != third["partialFingerprints"]


def test_sarif_without_an_address_of_the_documentation_names_none() -> None:
    assert "Uri" not in told("sarif", AT_A_LINE).replace("uriBaseId", "")
    assert sarif()["runs"][0]["results"] == []


def test_a_finding_keeps_its_fingerprint_when_lines_and_times_move() -> None:
    def one(line: int, detail: str) -> Diagnostic:
        return Diagnostic(ERROR, Location("a.yaml", line, 1), detail)

    (before,) = fingerprints([one(3, "'kind' is given at 3:1 already, line 3, wait 1h30m, 12 of 40")])
    (after,) = fingerprints([one(9, "'kind' is given at 9:4 already, line 9, wait 20m, 13 of 41")])
    assert before == after


@pytest.mark.parametrize(
    "other",
    [
        replace(AT_A_LINE, rule=WARNING),
        replace(AT_A_LINE, location=Location("other.yaml", 3, 7, "x.y")),
        replace(AT_A_LINE, location=Location("a/b c.yaml", 3, 7, "x.z")),
        replace(AT_A_LINE, detail="it is another"),
    ],
)
def test_another_finding_has_another_fingerprint(other: Diagnostic) -> None:
    assert fingerprints([AT_A_LINE]) != fingerprints([other])


def test_names_count_with_the_digits_in_them() -> None:
    names = ("v1.3-int4-g64 differs", "v1.4-int4-g64 differs", "v1.3-int4-g32 differs", "llama-3.2-3b differs")
    assert len(set(fingerprints([replace(AT_A_LINE, detail=name) for name in names]))) == len(names)


def test_findings_that_are_alike_but_for_numbers_are_told_apart_by_their_order() -> None:
    alike = [replace(AT_A_LINE, detail=f"item {number}") for number in range(3)]
    assert len(set(fingerprints(alike))) == 3
    assert fingerprints(alike)[:2] == fingerprints(alike[:2])


hostile = st.text(st.characters() | st.sampled_from("\r\n\x1b\x9b\u2028\u202e:,%\udc80"), max_size=30).map(
    lambda text: f"{text}\n::error file=x::y\r\n"
)


@given(hostile, hostile, hostile)
def test_text_of_strangers_stays_inside_its_finding(path: str, detail: str, hint: str) -> None:
    found = Diagnostic(ERROR, Location(path, 1, 1, detail), detail, hint)
    lines = told("github", found).split("\n")
    assert len(lines) == 2
    head, _, message = lines[0].removeprefix("::error ").partition("::")
    assert [part.partition("=")[0] for part in head.split(",")] == ["file", "line", "col", "title"]
    assert "::error file=x::y" in message.replace("%3A", ":")
    for form in FORMATS:
        text = told(form, found)
        assert all(line.isprintable() for line in text.split("\n"))
        if form != "github":
            json.loads(text)


def test_a_path_that_is_not_utf_8_is_kept_in_sarif_byte_for_byte() -> None:
    name = b"a\xff%.yaml".decode(errors="surrogateescape")
    place = sarif(replace(AT_A_LINE, location=Location(name)))["runs"][0]["results"][0]["locations"][0]
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri, errors="surrogateescape") == name


def test_json_keeps_letters_and_escapes_what_cannot_be_printed() -> None:
    text = told("json", replace(AT_A_LINE, detail="é\x9b\u202e\udc80\U000e0001"))
    assert '"detail": "é\\u009b\\u202e\\udc80\\udb40\\udc01"' in text
