import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpromote.evidence.module_names import UnreadablePattern, entries

NAMES = [
    "lm_head",
    "model.layers.0.mlp.gate",
    "model.layers.10.mlp.gate_proj",
    "model.layers.3.self_attn.q_proj",
    "visual.blocks.0.fc1",
    "model.embed_tokens",
]


@pytest.mark.parametrize(
    "pattern",
    [
        "lm_head",
        ".*lm_head",
        ".*mlp.gate$",
        r".*\.self_attn\..*_proj$",
        "visual.*",
        r"model\.layers\.\d+\.mlp\..*",
        ".*(gate|up|down)_proj",
        "^model.*(q_proj|k_proj)$",
        ".*[0-3].*fc[12]",
        "(?:visual|vision).*",
        "model.layers.1?0",
        ".*gate_?.*",
        r"model\.layers\.[^0-9].*",
        "lm_head$|visual.*",
        "",
        ".*",
        "a",
        r"\w+\.layers",
        "lm-?_head",
    ],
)
def test_patterns_mean_what_re_says(pattern: str) -> None:
    [entry] = entries((f"re:{pattern}",))
    assert [entry(name) for name in NAMES] == [re.match(pattern, name) is not None for name in NAMES]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", ".", "a*", "b+", ".*", "a?", "(a|b)", "[ab]", r"\."]), max_size=6),
    st.text("ab.", max_size=12),
)
def test_any_pattern_means_what_re_says(parts: list[str], name: str) -> None:
    pattern = "".join(parts)
    [entry] = entries((f"re:{pattern}",))
    assert entry(name) == (re.match(pattern, name) is not None)


def test_entries_without_a_pattern() -> None:
    linear, own = entries(("Linear", "lm_head"))
    assert linear("anything")
    assert [own(name) for name in NAMES] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|b",
        "a)",
        "a{3}",
        "(?=a)",
        r"\1",
        "[z-a]",
        "*a",
        "a**",
        "a$b",
        "a" * 301,
        "(" * 50 + ")" * 50,
        "(a|b)" * 7,
        "[a",
        "ä",
    ],
)
def test_other_syntax_is_refused(pattern: str) -> None:
    with pytest.raises(UnreadablePattern, match="pattern"):
        entries((f"re:{pattern}",))


def test_a_pattern_that_would_keep_re_busy_for_ever() -> None:
    [entry] = entries(("re:" + ".*a" * 40 + "b$",))
    assert not entry("a" * 300)
