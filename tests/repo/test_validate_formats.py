"""`promote validate --format`: the same findings and exit codes in every form."""

import json

import pytest
from stage import Stage

from modelpromote.core import rules
from repo.acts import call
from test_invalid import spoil

FORMS = ("text", "json", "sarif", "github", "gitlab")


@pytest.fixture
def faulty(stage: Stage) -> Stage:
    spoil(stage, "ten-faults")
    return stage


def test_every_form_has_every_finding_and_the_same_exit_code(faulty: Stage) -> None:
    told = {form: call(faulty, "validate", "--format", form) for form in FORMS}
    assert {said.code for said in told.values()} == {1}
    wanted = [(one["code"], one["path"], one["line"]) for one in told["json"].json["findings"]]
    assert len(wanted) > 9
    results = told["sarif"].json["runs"][0]["results"]
    places = [one["locations"][0]["physicalLocation"] for one in results]
    assert [
        (one["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for one, place in zip(results, places, strict=True)
    ] == wanted
    rows = told["gitlab"].json
    assert [(row["check_name"], row["location"]["path"], row["location"]["lines"]["begin"]) for row in rows] == wanted
    assert [line.partition(" ")[0] for line in told["github"].out.splitlines()[:-1]] == ["::error"] * len(wanted)
    assert told["github"].last == told["text"].last == told["json"].json["summary"]


def test_sarif_explains_each_rule_with_its_section(faulty: Stage) -> None:
    listed = call(faulty, "validate", "--format", "sarif").json["runs"][0]["tool"]["driver"]["rules"]
    titles = {rule.code: rule.title for rule in rules.ALL}
    for rule in listed:
        assert rule["help"]["markdown"].lower().startswith(f"**{titles[rule['id']].lower()}**")


def test_a_clean_repository_in_every_form(stage: Stage) -> None:
    told = {form: call(stage, "validate", "--format", form) for form in FORMS}
    assert {said.code for said in told.values()} == {0}
    assert told["gitlab"].json == told["sarif"].json["runs"][0]["results"] == []
    assert told["github"].out == told["text"].out


def test_json_is_format_json(faulty: Stage) -> None:
    assert call(faulty, "validate", "--json").out == call(faulty, "validate", "--format", "json").out
    said = call(faulty, "validate", "--json", "--format", "sarif")
    assert (said.code, json.loads(said.out)["state"]) == (2, "usage")


@pytest.mark.parametrize("asked", [("--json",), ("--format", "json"), ("--format=json",)])
def test_a_failure_is_told_in_json_to_who_asked_for_it(stage: Stage, asked: tuple[str, ...]) -> None:
    said = call(stage, "validate", "--base", "nowhere", *asked)
    assert (said.code, said.json["state"]) == (3, "failed")
