"""The documentation has what the code has: a section for each rule, a page for each verb with all its options."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from modelpromote.app import DEFAULT
from modelpromote.app import cli as group
from modelpromote.core import rules

DOCS = Path(__file__).parents[1] / "docs"


def pages() -> list[tuple[str, str, click.Command]]:
    """(page, command as it is typed, command) of each verb, and of each command below one."""
    context = click.Context(group)
    found: list[tuple[str, str, click.Command]] = []
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        inner = command.commands if isinstance(command, click.Group) else {}
        found += [(verb, f"{verb} {name}", below) for name, below in inner.items()] or [(verb, verb, command)]
    return found


def sections() -> dict[str, str]:
    """The text below each heading of docs/rules.md, by the heading."""
    text = (DOCS / "rules.md").read_text("utf-8")
    parts = re.split(r"(?m)^## (.*)$", text)
    return {title.strip(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def test_no_code_is_used_twice() -> None:
    codes = [rule.code for rule in rules.ALL]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"MP[0-5]\d\d", code) for code in codes)


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.code)
def test_every_rule_has_a_section_that_says_what_it_is_about(rule: rules.Rule) -> None:
    # the heading is the code alone: `promote rules MP101` points to docs/rules.md#mp101
    assert len(sections()[rule.code].split()) >= 10


def test_no_section_is_of_a_rule_that_there_is_not() -> None:
    named = {code for title in sections() for code in re.findall(r"MP\d{3}", title)}
    assert named == {rule.code for rule in rules.ALL}


def calls(text: str, typed: str) -> list[str]:
    """The lines of a page on which the command is called; the default verb goes without its name."""
    others = "|".join(verb for verb in group.list_commands(click.Context(group)) if verb != DEFAULT)
    name = rf"(?!(?:{others})\b)\S" if typed == DEFAULT else rf"{typed}\b"
    return re.findall(rf"(?m)^\s*(?:\$ )?promote {name}.*$", text)


def options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


PAGES = pytest.mark.parametrize(("page", "typed", "command"), pages(), ids=[typed for _, typed, _ in pages()])


@PAGES
def test_every_verb_has_a_page_with_all_its_options(page: str, typed: str, command: click.Command) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    assert calls(text, typed)
    assert options(command) <= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


@PAGES
def test_no_page_calls_its_verb_with_an_option_that_there_is_not(page: str, typed: str, command: click.Command) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    shown = {option for call in calls(text, typed) for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", call)}
    assert shown <= options(command) | {"--help"}


def test_the_table_of_rules_is_current() -> None:
    shown = re.findall(r"(?m)^\| \[(MP\d{3})\]\(#(mp\d{3})\) \| (.*?) \|$", (DOCS / "rules.md").read_text("utf-8"))
    marks = {"error": "", "warning": " (warning)"}
    expected = [(rule.code, rule.code.lower(), f"{rule.title}{marks[rule.severity]}") for rule in rules.ALL]
    assert sorted(shown) == sorted(expected)


def test_a_rule_is_explained_with_its_section(cli: Any) -> None:
    for rule in rules.ALL:
        said = cli("rules", rule.code.lower())
        assert (said.code, said.err) == (0, "")
        assert sections()[rule.code].split("\n## ")[0] in said.out
        assert said.last == f"docs/rules.md#{rule.code.lower()}"


def test_rules_as_json(cli: Any) -> None:
    listed = json.loads(cli("rules", "--json").out)["rules"]
    assert [(rule["code"], rule["title"]) for rule in listed] == [(rule.code, rule.title) for rule in rules.ALL]
    (one,) = json.loads(cli("rules", "MP101", "--json").out)["rules"]
    assert one["section"] == sections()["MP101"]
    assert all("section" not in rule for rule in listed)
