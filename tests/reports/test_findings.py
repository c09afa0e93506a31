"""Findings as text and as JSON: two views of the same values."""

import json

import pytest

from modelpromote.core.diagnostics import Diagnostic, Location, Rule, Severity, in_order
from modelpromote.reports import findings_json, findings_text

ERROR = Rule("MP999", "a title", "do this")
WARNING = Rule("MP998", "another title", "look at it", Severity.WARNING)


def text(capsys: pytest.CaptureFixture[str], *found: Diagnostic) -> list[str]:
    findings_text.show(found, "the last line")
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (Location("a.yaml", 3, 7, "gates[0].limit"), "a.yaml:3:7"),
        (Location("a.yaml"), "a.yaml"),
        (Location("a.json", key="results.zoo"), "a.json#results.zoo"),
    ],
)
def test_a_finding_says_where_what_and_what_to_do(
    capsys: pytest.CaptureFixture[str], location: Location, shown: str
) -> None:
    assert text(capsys, Diagnostic(ERROR, location, "it is 5, at most 3")) == [
        f"{shown}: error[MP999] it is 5, at most 3",
        "  hint: do this",
        "the last line",
    ]


def test_a_better_hint_takes_the_place_of_that_of_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert text(capsys, Diagnostic(WARNING, Location("a"), "b", "do that"))[:2] == [
        "a: warning[MP998] b",
        "  hint: do that",
    ]


def test_text_of_strangers_is_shown_as_it_is_and_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "[bold]no markup[/bold] :smile: [link=https://example.com]x[/link] " + "long " * 100
    assert text(capsys, Diagnostic(ERROR, Location("a"), detail.strip()))[0] == f"a: error[MP999] {detail.strip()}"


def test_the_last_line_is_shown_as_it_is_too(capsys: pytest.CaptureFixture[str]) -> None:
    findings_text.show((), "refused: [bold]x[/bold] :smile: " + "long " * 50 + ".")
    assert capsys.readouterr().out == "refused: [bold]x[/bold] :smile: " + "long " * 50 + ".\n"


def test_json_has_the_same_and_leaves_out_what_there_is_not() -> None:
    found = (
        Diagnostic(ERROR, Location("a.yaml", 3, 7, "x.y"), "é"),
        Diagnostic(WARNING, Location("b.json", key="k"), "w", "do that"),
    )
    document = json.loads(
        findings_json.findings(found, "the last line", looked_at={"rendered files": 3}, left_out=("f",))
    )
    assert document == {
        "ok": False,
        "summary": "the last line",
        "findings": [
            {"code": "MP999", "severity": "error", "title": "a title", "path": "a.yaml", "line": 3, "column": 7,
             "key": "x.y", "detail": "é", "hint": "do this"},
            {"code": "MP998", "severity": "warning", "title": "another title", "path": "b.json", "key": "k",
             "detail": "w", "hint": "do that"},
        ],
        "lookedAt": {"renderedFiles": 3},
        "leftOut": ["f"],
    }  # fmt: skip


def test_warnings_alone_are_ok() -> None:
    assert json.loads(findings_json.findings((Diagnostic(WARNING, Location("a"), "b"),), ""))["ok"] is True


def test_findings_are_in_the_order_of_the_files_and_lines_and_each_is_there_once() -> None:
    places = [Location("b.yaml", 1, 1), Location("a.yaml", 10, 1), Location("a.yaml", 9, 2), Location("a.yaml")]
    found = [Diagnostic(ERROR, place, "x") for place in (*places, *places)]
    assert [str(one.location) for one in in_order(found)] == ["a.yaml", "a.yaml:9:2", "a.yaml:10:1", "b.yaml:1:1"]


def test_text_of_strangers_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    found = Diagnostic(ERROR, Location("a\x1b[2J.yaml"), "x\x1b]0;t\x07\x9b1m\u202e\r\nvalid: 0 errors")
    shown = text(capsys, found)
    assert shown[0] == "a\\x1b[2J.yaml: error[MP999] x\\x1b]0;t\\x9b1m\\u202e"
    assert all(line.isprintable() for line in shown)
