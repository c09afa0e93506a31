import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.names import (
    MAX_SLUG,
    PRECISIONS,
    NameFault,
    VariantName,
    check_model,
    full_name,
    parse_full,
    slug,
)

UNCOMPRESSED = ("fp32", "fp16", "bf16")
versions = st.lists(st.integers(0, 999_999), min_size=2, max_size=3).map(lambda parts: "v" + ".".join(map(str, parts)))
configs = st.integers(1, 99_999).map(lambda size: f"g{size}") | st.sampled_from(("ch", "tensor", "dynamic", "static"))
parts = st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True)
models = st.builds(
    lambda first, rest: first + "".join(separator + part for separator, part in rest),
    st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True),
    st.lists(st.tuples(st.sampled_from((".", "-")), parts), max_size=4),
)


@st.composite
def variants(draw: st.DrawFn) -> VariantName:
    precision = draw(st.sampled_from(tuple(PRECISIONS)))
    if precision in UNCOMPRESSED:
        return VariantName(draw(versions), precision)
    optional = configs if precision in ("int4", "int3", "int2") else configs | st.just("")
    return VariantName(draw(versions), precision, draw(optional))


@given(variants())
def test_a_name_is_read_back_as_it_was_written(name: VariantName) -> None:
    assert VariantName.parse(str(name)) == name


@given(models, variants())
def test_a_full_name_is_parted_where_it_was_joined(model: str, name: VariantName) -> None:
    assert parse_full(full_name(model, str(name))) == (model, name)


@given(models, variants())
def test_a_slug_has_no_dots_and_joins_like_the_name(model: str, name: VariantName) -> None:
    text = slug(full_name(model, str(name)))
    assert "." not in text
    assert text == f"{slug(model)}-{slug(str(name))}"
    assert len(text) == len(full_name(model, str(name)))


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_never_half_read(text: str) -> None:
    try:
        name = VariantName.parse(text)
    except NameFault:
        return
    assert str(name) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is not a version"),
        ("1.3-int4-g64", "'1.3' is not a version"),
        ("v1-int4-g64", "'v1' is not a version"),
        ("v1.2.3.4-int4-g64", "'v1.2.3.4' is not a version"),
        ("v01.3-int4-g64", "'v01.3' is not a version"),
        ("V1.3-int4-g64", "'V1.3' is not a version"),
        ("v1.3-int4-g64\n", "'g64\\n' is not a config"),
        ("v1.3", "'' is not a precision"),
        ("v1.3-int5-g64", "'int5' is not a precision"),
        ("v1.3-INT4-g64", "'INT4' is not a precision"),
        ("v1.3-int4-", "'' is not a config"),
        ("v1.3-int4-g0", "'g0' is not a config"),
        ("v1.3-int4-g064", "'g064' is not a config"),
        ("v1.3-int4-row", "'row' is not a config"),
        ("v1.3-int4-g64-x", "'g64-x' is not a config"),
        ("v1.1\u0663-fp16", "is not a version"),  # a digit to Python, not to Kubernetes
        ("v1.3-int4-g6\u0664", "is not a config"),
    ],
)
def test_a_fault_names_the_part_that_is_wrong(text: str, says: str) -> None:
    with pytest.raises(NameFault) as caught:
        VariantName.parse(text)
    assert says in str(caught.value)
    assert str(caught.value).startswith(repr(text))
    assert not caught.value.agreement


@pytest.mark.parametrize("precision", ["int4", "int3", "int2"])
def test_a_grouped_precision_without_its_grouping_is_a_disagreement(precision: str) -> None:
    with pytest.raises(NameFault, match=f"needs its grouping, e.g. {precision}-g64") as caught:
        VariantName.parse(f"v1.0-{precision}")
    assert caught.value.agreement


@pytest.mark.parametrize("precision", UNCOMPRESSED)
def test_an_uncompressed_precision_with_a_config_is_a_disagreement(precision: str) -> None:
    with pytest.raises(NameFault, match="is not quantised, so it has no config") as caught:
        VariantName.parse(f"v1.0-{precision}-g64")
    assert caught.value.agreement
    assert not VariantName.parse(f"v1.0-{precision}").is_quantised


@pytest.mark.parametrize(
    ("text", "bits", "group_size", "quantised"),
    [
        ("v1.0-fp16", 16, None, False),
        ("v1.0-fp8-dynamic", 8, None, True),
        ("v1.0-int8", 8, None, True),
        ("v1.0-int4-g128", 4, 128, True),
        ("v1.0-int4-ch", 4, None, True),
        ("v1.0-nvfp4", 4, None, True),
        ("v1.0-int2-g32", 2, 32, True),
    ],
)
def test_bits_and_grouping_come_from_the_name(text: str, bits: int, group_size: int | None, quantised: bool) -> None:
    name = VariantName.parse(text)
    assert (name.bits, name.group_size, name.is_quantised) == (bits, group_size, quantised)


@pytest.mark.parametrize(
    ("text", "model", "variant"),
    [
        ("llama-3.2-3b-v1.3-int4-g64", "llama-3.2-3b", "v1.3-int4-g64"),
        ("qwen2.5-v2-v1.0-fp16", "qwen2.5-v2", "v1.0-fp16"),
        ("m-v1.0-fp8-v2.0-fp8", "m-v1.0-fp8", "v2.0-fp8"),
    ],
)
def test_models_with_dots_dashes_and_versions_of_their_own(text: str, model: str, variant: str) -> None:
    assert parse_full(text) == (model, VariantName.parse(variant))


@pytest.mark.parametrize("text", ["", "v1.3-int4-g64", "llama", "llama-v1.3", "Llama-v1.3-fp16", "-v1.3-fp16"])
def test_no_full_name(text: str) -> None:
    with pytest.raises(NameFault, match=r"is not \{model\}-\{version\}-\{precision\}"):
        parse_full(text)


@pytest.mark.parametrize("text", ["", "3b", "Llama", "llama_3", "llama--3", "llama.", "-llama", "llama 3", "llama\n"])
def test_no_model_name(text: str) -> None:
    with pytest.raises(NameFault, match="is not a model name"):
        check_model(text)


@given(models)
def test_a_model_name_comes_back_as_it_is(model: str) -> None:
    assert check_model(model) == model


def test_the_longest_slug_leaves_room_for_the_service_that_kserve_makes() -> None:
    assert len("x" * MAX_SLUG + "-predictor") == 63
