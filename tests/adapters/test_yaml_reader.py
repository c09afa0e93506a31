"""What the reader refuses, at which place; that it never raises; that it reads what YAML 1.1 reads."""

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from modelpromote.adapters.yaml_reader import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, read_objects, read_yaml


def found(content: bytes | str) -> list[tuple[str, int, int]]:
    data = content.encode() if isinstance(content, str) else content
    _, problems = read_yaml("a.yaml", data)
    assert all(one.location.path == "a.yaml" for one in problems)
    return [(one.code, one.location.line, one.location.column) for one in problems]


def value(content: bytes | str) -> Any:
    document, problems = read_yaml("a.yaml", content.encode() if isinstance(content, str) else content)
    assert problems == ()
    return document.data


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("MP002", 3, 1)]),
        ("m: {a: 1, 'a': 2}\n", [("MP002", 1, 11)]),
        ("a: 1\na: 2\na: 3\n", [("MP002", 2, 1), ("MP002", 3, 1)]),
        ("a: &x 1\n", [("MP003", 1, 4)]),
        ("a: &x {b: 1}\n", [("MP003", 1, 4)]),
        ("a: &x 1\nb: *x\n", [("MP003", 1, 4), ("MP003", 2, 4)]),
        ("b: *x\n", [("MP003", 1, 4)]),
        ("a:\n  <<: {b: 1}\n", [("MP003", 2, 3)]),
        ("a: !!str 1\n", [("MP003", 1, 4)]),
        ("a: !secret x\n", [("MP003", 1, 4)]),
        ("a: !!python/object:os.system {}\n", [("MP003", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("MP003", 2, 1)]),
        ("---\na: 1\n...\n---\nb: 1\n---\nc: 1\n", [("MP003", 4, 1)]),
        ("? [a, b]\n: 1\n", [("MP003", 1, 3)]),
        ("? {a: 1}\n: 1\n", [("MP003", 1, 3)]),
        ("a: [1, 2\nb: 3\n", [("MP001", 2, 2)]),
        ("a:\n\tb: 1\n", [("MP001", 2, 1)]),
        ("a: b: c\n", [("MP001", 1, 5)]),
        ("%YAML 3.0\n---\na: 1\n", [("MP001", 1, 1)]),
        (b"a: 1\nb: \xff\n", [("MP010", 2, 4)]),
        ("é: é\n".encode() + b"b: \xe9\n", [("MP010", 2, 4)]),
        ("é: ".encode() + b"\xe9\n", [("MP010", 1, 4)]),
        (b"a: 1\nb: x\x00y\n", [("MP010", 2, 5)]),
        ("é: x\x1b[31m\n", [("MP010", 1, 5)]),
        ("a: \x7f\n", [("MP010", 1, 4)]),
        ("a: 1\n".encode("utf-16"), [("MP010", 1, 1)]),
    ],
    ids=ascii,
)
def test_what_is_refused_and_where(content: bytes | str, expected: list[tuple[str, int, int]]) -> None:
    assert found(content) == expected


def test_a_merge_key_in_quotes_is_a_key_like_any_other() -> None:
    assert value('"<<": 1\n') == {"<<": 1}


def test_the_duplicate_says_where_the_first_one_is() -> None:
    _, [problem] = read_yaml("a.yaml", b"x:\n  a: 1\n  a: 2\n")
    assert problem.detail == "'a' is given at 2:3 already"


@pytest.mark.parametrize(
    "text",
    [
        "y", "Y", "n", "yes", "No", "ON", "off", "010", "-010", "0o10", "0x1F", "0b11", "1_000", "1:30", "190:20:30.15",
        ".inf", "-.INF", ".nan", "12e03", "1.5e3", "00",
    ],
)  # fmt: skip
def test_a_scalar_that_the_two_versions_read_differently_is_refused(text: str) -> None:
    assert found(f"key: {text}\n") == [("MP004", 1, 6)]
    assert value(f'key: "{text}"\n') == {"key": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), ("-17", -17), ("+5", 5), ("0", 0), ("1.5", 1.5), ("-0.25", -0.25), ("1.0e+3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("text", "text"), ("5m", "5m"), ("3%", "3%"), ("v1.0-fp16", "v1.0-fp16"), ("'1'", "1"), ('"no"', "no"),
        ("1.2.3", "1.2.3"), ("nope", "nope"), ("-", "-"),
    ],
)  # fmt: skip
def test_plain_scalars(text: str, expected: object) -> None:
    if text == "-":
        assert found(f"key: {text}\n") == [("MP001", 1, 6)]
        return
    read = value(f"key: {text}\n")["key"]
    assert (type(read), read) == (type(expected), expected)
    assert yaml.safe_load(f"key: {text}\n")["key"] == expected, "as a cluster reads it"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: " + "9" * (MAX_DIGITS + 1), [("MP005", 1, 4)]),
        ("a: " + "9" * 100_000, [("MP005", 1, 4)]),
        ("a: 1." + "9" * MAX_DIGITS, [("MP005", 1, 4)]),
        ("a: 1.0e+9999", [("MP005", 1, 4)]),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), [("MP005", 1, MAX_DEPTH + 1)]),
        ("[" * 100_000, [("MP005", 1, MAX_DEPTH + 1)]),
        ("- " * 10_000, [("MP005", 1, 2 * MAX_DEPTH + 1)]),
        ("{a: " * 50_000, [("MP005", 1, 4 * MAX_DEPTH + 1)]),
        ("#" * (MAX_BYTES + 1), [("MP005", 0, 0)]),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_too_large(content: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(content) == expected


def test_the_limits_themselves_are_within() -> None:
    assert value("a: " + "9" * MAX_DIGITS) == {"a": 10**MAX_DIGITS - 1}
    assert found("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert found("#" * MAX_BYTES) == []


@pytest.mark.parametrize("content", ["a: 1\nb:\n  - x\n  - {k: v}\n", "é: 1\nb:\n  - 中文😀\n  - {k: v}\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_right_with_every_line_end_and_a_byte_order_mark(content: str, end: str, mark: str) -> None:
    document, problems = read_yaml("a.yaml", (mark + content.replace("\n", end)).encode())
    assert problems == ()
    assert document.keys[("b",)] == (2, 1)
    assert document.values[("b", 0)] == (3, 5)
    assert document.values[("b", 1)] == (4, 5)
    assert document.keys[("b", 1, "k")] == (4, 6)
    assert document.values[("b", 1, "k")] == (4, 9)


def test_a_value_without_a_place_of_its_own_is_located_by_what_holds_it() -> None:
    document, _ = read_yaml("a.yaml", b"a:\n  b: {c: 1}\n")
    assert str(document.locate(("a", "b", "c"))) == "a.yaml:2:10"
    assert str(document.locate(("a", "b", "c"), key=True)) == "a.yaml:2:7"
    assert str(document.locate(("a", "b", "missing", 3))) == "a.yaml:2:6"
    assert str(document.locate(("missing",))) == "a.yaml:1:1"


def test_a_fault_of_syntax_keeps_the_faults_before_it() -> None:
    assert found("a: 1\na: 2\nb: [\n")[0] == ("MP002", 2, 1)
    assert found("a: 1\na: 2\nb: [\n")[1][0] == "MP001"


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n", "---\n", "\ufeff"])
def test_nothing_is_no_value(content: str) -> None:
    assert value(content) is None


@given(st.binary(max_size=200))
@example(b"? ? ?")
@example(b"- - ? a\n  : *b")
@example(b"&a &b c")
@example(b"!<tag:x> ? <<")
@example("\ufeff\ufeffa".encode())
@example("a: \ud800".encode("utf-8", "surrogatepass"))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    read_yaml("a.yaml", content)


@given(st.text("ab:-?&*!|>%@`#{}[],\"'\\ \t\r\n<0y~.e\u2028\x85é", max_size=60))
@example("%TAG ! x\n--- !a b")
@example("? a\n? b\n: - c\n")
def test_no_text_made_of_syntax_makes_it_raise(content: str) -> None:
    document, problems = read_yaml("a.yaml", content.encode())
    for problem in problems:
        assert problem.code.startswith("MP0")
        assert (
            problem.location.line
            <= content.count("\n") + content.count("\r") + content.count("\x85") + content.count("\u2028") + 2
        )
    if not problems:
        plain_only(document.data)


def plain_only(data: Any) -> None:
    assert isinstance(data, dict | tuple | str | int | float | bool | None)
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, tuple) else ():
        plain_only(item)


def as_pyyaml(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: as_pyyaml(item) for key, item in data.items()}
    return [as_pyyaml(item) for item in data] if isinstance(data, tuple) else data


words = st.sampled_from(["a", "b", "no", "1", "1.5", "5m", "'x'", '"y"', "true", "~", "12", "0.5", "1e3", "v1.0", "3%"])
flows = st.recursive(
    words,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {item}" for key, item in items.items()) + "}"
        )
    ),
)


@given(flows)
def test_what_it_accepts_a_yaml_1_1_reader_reads_alike(text: str) -> None:
    document, problems = read_yaml("a.yaml", f"key: {text}\n".encode())
    if not problems:
        assert as_pyyaml(document.data) == yaml.safe_load(f"key: {text}\n")


def test_the_documents_of_a_build() -> None:
    built = b"a: 1\n---\nb: 2\n--- \nc: |\n  ---x\n  text\n---\n"
    assert read_objects("a.yaml", built) == (({"a": 1}, {"b": 2}, {"c": "---x\ntext\n"}), ())
    assert [one.code for one in read_objects("a.yaml", b"a: 1\n---\nb: &x 2\n")[1]] == ["MP003"]
