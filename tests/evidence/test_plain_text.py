import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpromote.evidence.plain_text import artifact_claim, identifier, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\n\n  first \nsecond", "first"),
        ("red \x1b[31mtext\x1b[0m", "red ?[31mtext?[0m"),
        ("right\u202eto left", "right?to left"),
        ("half \ud800", "half ?"),
        ("a" * 300, "a" * 197 + "..."),
        ("", ""),
    ],
)
def test_text_is_made_fit_to_be_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@settings(deadline=None)
@given(st.text())
def test_what_is_shown_is_one_bounded_line(text: str) -> None:
    shown = printable(text, 40)
    assert len(shown) <= 40
    assert len(shown.splitlines()) <= 1
    assert shown.isprintable()


def test_long_identifiers_stay_different() -> None:
    assert identifier("x" * 300 + "1") != identifier("x" * 300 + "2")
    assert identifier("short") == "short"


@pytest.mark.parametrize("claim", ["AB12", "sha256:ab12", " ab12\n"])
def test_a_claim_is_hex_in_lower_case(claim: str) -> None:
    assert artifact_claim(claim) == "ab12"
