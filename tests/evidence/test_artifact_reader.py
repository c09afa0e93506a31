import hashlib
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_evidence import SHARED, needs_shared
from made_artifacts import HEADER, HIDDEN, INT4, PACKED, PATH, facts, made, quantised, shards

from modelpromote.core.gates.agreement import header_faults
from modelpromote.core.manifest import ArtifactFile
from modelpromote.evidence import quantisers
from modelpromote.evidence.artifact import NotSafetensors, header_length, pack, read
from modelpromote.evidence.json_text import Json


def test_a_genuine_artifact() -> None:
    reading = read(PATH, INT4)
    found = facts(reading)
    assert (reading.tool, reading.version, reading.finished) == ("compressed-tensors", "0.19.0", None)
    assert reading.claims == {"e5af124c70b0d7b57c63c549adbc1c86b73a624da7122b2c12e64906a0d6d70b"}
    [meant], [stored] = found.configured, found.measured
    assert (meant.bits, meant.type, meant.strategy, meant.group_size, meant.symmetric) == (4, "int", "group", 64, True)
    assert (stored.bits, stored.type, stored.strategy, stored.group_size, stored.symmetric) == (
        4,
        "int",
        "group",
        64,
        True,
    )
    assert (stored.layers, found.stored, found.leftovers, found.ignore) == (28, ("F16",), (), ("lm_head",))


@needs_shared
@pytest.mark.parametrize("variant", ["v1.0-fp16", "v1.1-int8", "v1.2-int4-g128", "v1.3-int4-g64", "v1.4-int2-g64"])
def test_the_digest_is_the_one_of_model_signing(variant: str) -> None:
    listed = json.loads((SHARED / "tiny-llama" / "digests.json").read_bytes())["artifacts"][variant]
    files = tuple(ArtifactFile(path=path, **file) for path, file in listed["files"].items())
    config = (SHARED / "tiny-llama" / "artifacts" / variant / "config.json").read_bytes()
    with (SHARED / "tiny-llama" / "artifacts" / variant / "model.safetensors").open("rb") as weights:
        header = weights.read(header_length(weights.read(8)))
    reading = read(PATH, pack(files, {"config.json": config, HEADER: header}))
    assert reading.claims == {listed["root_sha256"]}
    assert reading.problems == ()


@needs_shared
@pytest.mark.parametrize(
    ("scheme", "form"),
    [
        ("w4a16_gptq_g64", (4, "int", "group", 64)),
        ("w4a16_gptq_g128", (4, "int", "group", 128)),
        ("w8a16_rtn", (8, "int", "group", 128)),
        ("w8a8_int8", (8, "int", "channel", None)),
        ("fp8_dynamic", (8, "float", "channel", None)),
        ("fp8_static", (8, "float", "tensor", None)),
        ("nvfp4", (4, "float", "tensor_group", 16)),
    ],
)
def test_bits_and_groups_from_the_header_alone(scheme: str, form: tuple[object, ...]) -> None:
    folder = SHARED / "real" / "configs" / f"llmcompressor_0.14.0.1_{scheme}"
    header, config = (
        (folder / "safetensors_header.json").read_bytes(),
        json.loads((folder / "config.json").read_bytes()),
    )
    end = max(tensor["data_offsets"][1] for name, tensor in json.loads(header).items() if name != "__metadata__")
    del config["quantization_config"]
    [group] = facts(read(PATH, shards(json.dumps(config).encode(), {"model.safetensors": (header, end)}))).measured
    assert (group.bits, group.type, group.strategy, group.group_size, group.layers) == (*form, 14)


def test_layers_over_several_files() -> None:
    names = list(PACKED)
    config = json.dumps(quantised()).encode()
    parts = [{name: PACKED[name] for name in names[:1]}, {name: PACKED[name] for name in names[1:]}]
    whole = {f"part-{index}.safetensors": made({}, part) for index, part in enumerate(parts)}
    headers = {
        name: (files[HEADER], sum(size for _, _, size in part.values()))
        for (name, files), part in zip(whole.items(), parts, strict=True)
    }
    [group] = facts(read(PATH, shards(config, headers))).measured
    assert (group.group_size, group.layers) == (64, 2)


def test_mixed_widths_are_two_groups() -> None:
    eight = {"l.0.up_proj.weight_packed": ("I32", [256, 32], 32768), "l.0.up_proj.weight_scale": ("F16", [256, 1], 512)}
    groups = facts(read(PATH, made(quantised(), {**PACKED, **eight}))).measured
    assert [(group.bits, group.group_size, group.layers) for group in groups] == [(4, 64, 1), (8, None, 1)]


def test_an_asymmetric_scheme_has_zero_points() -> None:
    zero = {
        "l.0.up_proj.weight_zero_point": ("I32", [32, 2], 256),
        "l.0.down_proj.weight_zero_point": ("I32", [16, 4], 256),
    }
    [group] = facts(read(PATH, made(quantised(), {**PACKED, **zero}))).measured
    assert group.symmetric is False


def test_a_wrong_group_size_of_nvfp4_shows_in_the_header() -> None:
    tensors = {
        "l.0.up_proj.weight_packed": ("U8", [256, 64], 16384),
        "l.0.up_proj.weight_scale": ("F8_E4M3", [256, 4], 1024),
        "l.0.up_proj.weight_global_scale": ("F32", [1], 4),
    }
    [group] = facts(read(PATH, made(HIDDEN, tensors))).measured
    assert (group.bits, group.strategy, group.group_size) == (4, "tensor_group", 32)


def test_a_layer_that_stayed_plain_is_left_over() -> None:
    tensors = {
        **PACKED,
        "l.1.up_proj.weight": ("F16", [256, 128], 65536),
        "l.1.mlp.gate.weight": ("F16", [8, 128], 2048),
    }
    assert facts(read(PATH, made(quantised(), tensors))).leftovers == ("l.1.up_proj",)
    assert facts(read(PATH, made(quantised(ignore=["lm_head", r"re:.*\.1\..*"]), tensors))).leftovers == ()
    assert facts(read(PATH, made(quantised(ignore=[]), tensors))).leftovers == ("l.1.up_proj", "lm_head")


def test_another_method_is_named_and_not_read() -> None:
    found = facts(read(PATH, made({**HIDDEN, "quantization_config": {"quant_method": "aqlm", "bits": 4}}, PACKED)))
    assert (found.method, found.configured) == ("aqlm", ())


def beside(config: dict[str, Json], **others: dict[str, Json]) -> dict[str, bytes]:
    """An int4 g64 artifact of ModelOpt or GPTQ, with the quantiser's own file beside config.json."""
    tensors = {
        "l.0.up_proj.qweight": ("I32", [16, 256], 16384),
        "l.0.up_proj.scales": ("F16", [2, 256], 1024),
        "l.0.up_proj.qzeros": ("I32", [2, 32], 256),
    }
    files = made({**HIDDEN, **config}, tensors)
    data = {f"{name}.json": json.dumps(value).encode() for name, value in others.items()}
    listed = json.loads(files["files.json"]) + [
        {"path": name, "size": len(text), "sha256": hashlib.sha256(text).hexdigest()} for name, text in data.items()
    ]
    return {**files, **data, "files.json": json.dumps(listed).encode()}


def test_an_older_export_says_it_only_beside_config_json() -> None:
    found = facts(read(PATH, beside({}, quantize_config={"bits": 4, "group_size": 64, "desc_act": False})))
    assert (found.method, found.measured[0].group_size) == ("gptq", 64)
    assert [(group.source, group.bits, group.group_size) for group in found.configured] == [
        ("quantize_config.json quantization_config", 4, 64)
    ]
    own = {"quantization": {"quant_algo": "NVFP4", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]}}
    found = facts(read(PATH, beside({}, hf_quant_config=own)))
    assert (found.method, found.kv_cache, found.configured[0].group_size) == ("modelopt", "fp8", 16)


def test_both_files_are_held_against_the_weights() -> None:
    config: dict[str, Json] = {"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 64}}
    found = facts(read(PATH, beside(config, quantize_config={"bits": 8, "group_size": 64})))
    assert [fault[1] for fault in header_faults(found)] == [
        "quantize_config.json says int8 g64, no layer of the header has it"
    ]


@pytest.mark.parametrize(("dynamic", "expected"), [(True, "dynamic"), ("local", "dynamic"), (False, "static")])
def test_activations_are_read_from_the_config(dynamic: object, expected: str) -> None:
    config = quantised()
    config["quantization_config"]["config_groups"]["group_0"]["input_activations"] = {"num_bits": 8, "dynamic": dynamic}
    [group] = facts(read(PATH, made(config, PACKED))).configured
    assert (group.activations, group.activation_bits) == (expected, 8)


def test_packing_is_sorted_and_the_same_every_time() -> None:
    files = tuple(ArtifactFile(path=path, size=1, sha256="0" * 64) for path in ("b", "a/b", "a-c", "a"))
    packed = pack(files, {"config.json": b"{}"})
    assert [file["path"] for file in json.loads(packed["files.json"])] == ["a", "a/b", "a-c", "b"]
    assert packed == pack(files[::-1], {"config.json": b"{}"})


@pytest.mark.parametrize(
    ("head", "message"),
    [(b"short", "5 bytes"), (b"\0" * 8, "a header of 0 bytes"), (b"\xff" * 8, "1 to 16777216 are read")],
)
def test_a_file_that_is_no_safetensors(head: bytes, message: str) -> None:
    with pytest.raises(NotSafetensors, match=message):
        header_length(head)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**33) | st.sampled_from(["Linear", "re:a", "F16", "group", "int", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["dtype", "shape", "weights", "a.weight_packed", "num_bits", "strategy"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(JSON, JSON, JSON)
def test_nothing_makes_it_raise(config: Json, block: Json, header: Json) -> None:
    whole = {**(config if isinstance(config, dict) else {}), **HIDDEN, "quantization_config": block}
    for given_config in (config, whole, quantised(config_groups=block), quantised(ignore=block)):
        data = json.dumps(given_config).encode()
        reading = read(PATH, shards(data, {"model.safetensors": (json.dumps(header).encode(), 0)}))
        assert reading.content is not None or reading.problems
    reading = read(PATH, made(quantised(config_groups={"g": block}), PACKED))
    assert reading.content is not None or reading.problems


KEYS = [
    "bits", "group_size", "sym", "zero_point", "dynamic", "load_in_4bit", "load_in_8bit", "weight_block_size",
    "modules_to_not_convert", "quant_algo", "config_groups", "quantization", "kv_cache_scheme", "exclude_modules",
]  # fmt: skip
BLOCK = st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["NVFP4", [128, 128], 4, 64, True]), max_size=5)
SHAPE = st.lists(st.sampled_from([0, 1, 2, 16, 32, 128]), max_size=4)
NAMES = [
    "qweight", "scales", "qzeros", "g_idx", "weight", "weight.absmax", "weight.quant_map", "SCB", "weight_scale",
    "weight_scale_2", "weight_scale_inv", "x_blocks", "x_scales", "weight.quant_state.bitsandbytes__nf4",
]  # fmt: skip
WIDTHS = {"I32": 4, "U8": 1, "F16": 2, "F8_E4M3": 1, "I8": 1}
TENSORS = st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(list(WIDTHS)), SHAPE), max_size=6)


@settings(deadline=None)
@given(st.sampled_from(sorted(quantisers.READERS)), BLOCK, TENSORS)
def test_no_method_makes_it_raise(method: str, block: dict[str, Json], given: dict[str, tuple[str, list[int]]]) -> None:
    tensors = {f"l.{name}": (dtype, shape, math.prod(shape) * WIDTHS[dtype]) for name, (dtype, shape) in given.items()}
    reading = read(PATH, made({**HIDDEN, "quantization_config": {"quant_method": method, **block}}, tensors))
    assert reading.content is not None or reading.problems
