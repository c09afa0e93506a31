"""What `tojson` writes is the same to YAML 1.1, as clusters read, to YAML 1.2, and to our own reader."""

from io import StringIO
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from ruamel.yaml import YAML

from modelpromote.adapters.yaml_reader import check_both_readings, read_yaml
from modelpromote.core.render import Renderer, tojson

TRAPS = [
    "", " ", "~", "no", "on", "y", "null", "true", "12e03", "1e3", "010", "0x1f", "1_000", "1:30", ".inf", "2026-11-24",
    "=", "<<", "- a", "# a", "a: b", "a #b", "{a: 1}", "[a]", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`", "'", '"',
    "\\", "\n", "\r\n", "\t", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\xa0", "\u2028", "\u2029", "\ufeff",
    "\U0001f600", "中文", "é", "---", "...", "a\n---\nb",
]  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(TRAPS)


def readings(text: str) -> list[Any]:
    """As PyYAML (1.1), ruamel.yaml (1.2, pure Python and C) and our own reader give it."""
    pure, fast = YAML(typ="safe", pure=True), YAML(typ="safe")
    document, problems = read_yaml("a.yaml", text.encode())
    assert not problems
    return [
        yaml.safe_load(text)["key"], pure.load(StringIO(text))["key"], fast.load(StringIO(text))["key"],
        document.data["key"] if isinstance(document.data, dict) else None,
    ]  # fmt: skip


@pytest.mark.parametrize("text", TRAPS, ids=ascii)
def test_every_trap_is_read_back_as_the_text_that_it_is(text: str) -> None:
    assert readings(f"key: {tojson(text)}\n") == [text] * 4


@given(texts)
def test_any_text_is_read_back_alike(text: str) -> None:
    written = tojson(text)
    assert "\n" not in written
    assert readings(f"key: {written}\n") == [text] * 4
    assert readings(f"key: [{written}]\n")[:3] == [[text]] * 3


@given(texts)
def test_a_text_is_read_back_as_a_key(text: str) -> None:
    # longer keys are refused by YAML itself, which looks 1024 characters ahead for the colon
    assert list(yaml.safe_load(f"{tojson(text)}: 1\n")) == [text]
    assert list(YAML(typ="safe").load(StringIO(f"{tojson(text)}: 1\n"))) == [text]


@given(st.integers(-(10**16), 10**16) | st.booleans() | st.none())
def test_numbers_and_words_are_read_back_alike(value: object) -> None:
    assert readings(f"key: {tojson(value)}\n") == [value] * 4


@pytest.mark.parametrize("text", ["key: no\n", "key: 010\n", "key: 12e03\n", "key: 1_0\n", "key: 1:30\n"])
def test_a_template_that_forgets_to_quote_is_stopped(text: str) -> None:
    with pytest.raises(AssertionError, match=r"a\.yaml would not be read as it was meant"):
        check_both_readings("a.yaml", text.encode())


def test_a_name_that_the_template_does_not_get_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        Renderer({"a": "{{ missing }}"}).render("a")


def test_a_template_reaches_nothing_but_its_values() -> None:
    with pytest.raises(SecurityError):
        Renderer({"a": "{{ value.__class__.__mro__ }}"}).render("a", value="x")


def test_lines_stay_as_the_template_has_them() -> None:
    renderer = Renderer({"a": "{% for one in some %}\n- {{ one | tojson }}\n{% endfor %}\nend\n"})
    assert renderer.render("a", some=["on", "é"]) == '- "on"\n- "é"\nend\n'
