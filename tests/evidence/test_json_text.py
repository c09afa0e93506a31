import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpromote.evidence.json_text import NotJson, canonical, load

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("aä-"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not JSON: line 1, column 2: Expecting property name enclosed in double quotes"),
        (b'{"a": 1}\n{}', "not JSON: line 2, column 1: Extra data"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "1e999 is too large a number"),
        (b'{"a": 1, "a": 2}', "key 'a' is given twice"),
        (b'{"a": ' + b"1" * 31 + b"}", "a number of 31 digits, at most 30 are read"),
        (b'{"a": ' + b"1" * 9999 + b"}", "a number of 9999 digits, at most 30 are read"),
        (b"[" * 100_000, "nested more than 64 deep"),
        (b"[" * 65 + b"]" * 65, "nested more than 64 deep"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8 at byte 0"),
        (b'{"a": "\\ud800"}', "text with half of a surrogate pair"),
        (b'{"\\udfff": 1}', "text with half of a surrogate pair"),
        (b"", "not JSON: line 1, column 1: Expecting value"),
    ],
)
def test_what_is_not_accepted(data: bytes, message: str) -> None:
    with pytest.raises(NotJson) as fault:
        load(data)
    assert str(fault.value) == message


def test_the_size_has_a_limit() -> None:
    with pytest.raises(NotJson, match="11 bytes, at most 10 are read"):
        load(b'"123456789"', limit=10)


@pytest.mark.parametrize(
    ("data", "text"),
    [(b'{"b": 1.0, "a": [2.50, true]}', '{"a":[2.5,true],"b":1}'), ('"\u00e4"'.encode(), '"\\u00e4"')],
)
def test_one_text_for_one_value(data: bytes, text: str) -> None:
    assert canonical(load(data)) == text


@settings(deadline=None)
@given(VALUES)
def test_canonical_text_reads_back_as_itself(value: object) -> None:
    once = canonical(value)  # type: ignore[arg-type]
    assert canonical(load(once.encode())) == once
