"""Each format that is read, in the layout that its own tool writes: accepted as it is, and not with one thing changed.

The configs are those that AutoGPTQ, AutoAWQ, bitsandbytes, DeepSeek, ModelOpt and gpt-oss write; the tensors are made.
"""

import json
import math
from typing import Any

import pytest
from builders import case, codes, packed, run, subject

from modelpromote.core.draft import proposed
from modelpromote.core.evidence import ArtifactFacts, Run
from modelpromote.core.gates import artifact, precision_floor
from modelpromote.core.gates.gate import Outcome, Verdict

Tensors = dict[str, tuple[str, list[int]]]
_BYTES = {"I32": 4, "F32": 4, "F16": 2, "BF16": 2, "U8": 1, "I8": 1, "F8_E4M3": 1}
SIZES = {"hidden_size": 256, "intermediate_size": 512}
LAYERS = {"m.layers.0.mlp.up_proj": (512, 256), "m.layers.0.mlp.down_proj": (256, 512)}
WHOLE: Tensors = {"lm_head.weight": ("F16", [1000, 256]), "m.embed_tokens.weight": ("F16", [1000, 256])}


def each(layer: Any) -> Tensors:
    """The tensors of every layer, and the head and embedding, which stay as they are."""
    made = {f"{name}.{part}": form for name, (out, inp) in LAYERS.items() for part, form in layer(out, inp).items()}
    return {**made, **WHOLE}


def gptq(out: int, inp: int, bits: int = 4, size: int = 128) -> Tensors:
    groups = inp // size
    return {
        "qweight": ("I32", [inp * bits // 32, out]),
        "scales": ("F16", [groups, out]),
        "qzeros": ("I32", [groups, out * bits // 32]),
        "g_idx": ("I32", [inp]),
    }


def awq(out: int, inp: int, bits: int = 4, size: int = 128) -> Tensors:
    groups = inp // size
    return {
        "qweight": ("I32", [inp, out * bits // 32]),
        "scales": ("F16", [groups, out]),
        "qzeros": ("I32", [groups, out * bits // 32]),
    }


def nf4(out: int, inp: int, known: int = 16, size: int = 64) -> Tensors:
    values = out * inp
    return {
        "weight": ("U8", [values // 2, 1]),
        "weight.absmax": ("U8", [values // size]),
        "weight.quant_map": ("F32", [known]),
        "weight.nested_absmax": ("F32", [values // size // 256]),
        "weight.nested_quant_map": ("F32", [256]),
        "weight.quant_state.bitsandbytes__nf4": ("U8", [90]),
    }


def bnb8(out: int, inp: int) -> Tensors:
    return {"weight": ("I8", [out, inp]), "SCB": ("F32", [out]), "weight_format": ("U8", [])}


def fp8_block(out: int, inp: int, size: int = 128) -> Tensors:
    scale = [math.ceil(out / size), math.ceil(inp / size)]
    return {"weight": ("F8_E4M3", [out, inp]), "weight_scale_inv": ("F32", scale)}


def fp8_tensor(out: int, inp: int) -> Tensors:
    return {"weight": ("F8_E4M3", [out, inp]), "weight_scale": ("F32", []), "input_scale": ("F32", [])}


def fp8_channel(out: int, inp: int) -> Tensors:
    return {"weight": ("F8_E4M3", [out, inp]), "weight_scale": ("F32", [out, 1])}


def nvfp4(out: int, inp: int, size: int = 16) -> Tensors:
    return {
        "weight": ("U8", [out, inp // 2]),
        "weight_scale": ("F8_E4M3", [out, inp // size]),
        "weight_scale_2": ("F32", []),
        "input_scale": ("F32", []),
    }


def mxfp4(size: int = 32) -> Tensors:
    experts = "m.layers.0.mlp.experts"
    return {
        f"{experts}.gate_up_proj_blocks": ("U8", [4, 1024, 256 // size, size // 2]),
        f"{experts}.gate_up_proj_scales": ("U8", [4, 1024, 256 // size]),
        f"{experts}.gate_up_proj_bias": ("BF16", [4, 1024]),
        f"{experts}.down_proj_blocks": ("U8", [4, 256, 512 // size, size // 2]),
        f"{experts}.down_proj_scales": ("U8", [4, 256, 512 // size]),
        "m.layers.0.mlp.router.weight": ("BF16", [4, 256]),
        "m.layers.0.self_attn.q_proj.weight": ("BF16", [256, 256]),
        **WHOLE,
    }


GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": True, "sym": True, "damp_percent": 0.01}
AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True, "version": "gemm"}
NF4 = {"quant_method": "bitsandbytes", "load_in_4bit": True, "load_in_8bit": False, "bnb_4bit_quant_type": "nf4"}
BNB8 = {"quant_method": "bitsandbytes", "load_in_4bit": False, "load_in_8bit": True, "llm_int8_threshold": 6.0}
FP8 = {"quant_method": "fp8", "activation_scheme": "dynamic", "fmt": "e4m3", "weight_block_size": [128, 128]}
PLAIN_FP8 = {"quant_method": "fp8", "activation_scheme": "static"}
FBGEMM = {"quant_method": "fbgemm_fp8", "activation_scale_ub": 1200.0, "modules_to_not_convert": ["lm_head"]}
NVFP4 = {"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ["lm_head"], "kv_cache_scheme": None}
OPT8 = {"quant_method": "modelopt", "quant_algo": "FP8", "ignore": ["lm_head"]}
MXFP4 = {"quant_method": "mxfp4", "modules_to_not_convert": ["m.layers.*.self_attn", "m.layers.*.mlp.router"]}

GOOD: dict[str, tuple[str, dict[str, Any], Tensors, dict[str, Any]]] = {
    "gptq": ("v1.0-int4-g128", GPTQ, each(gptq), {"scheme": "W4A16", "bits": 4, "groupSize": 128}),
    "gptq-3": (
        "v1.0-int3-g128",
        {**GPTQ, "bits": 3},
        each(lambda o, i: gptq(o, i, 3)),
        {"scheme": "W3A16", "bits": 3, "groupSize": 128},
    ),
    "gptq-8-channel": (
        "v1.0-int8-ch",
        {**GPTQ, "bits": 8, "group_size": -1},
        each(lambda o, i: gptq(o, i, 8, i)),
        {"scheme": "W8A16", "bits": 8},
    ),
    "awq": (
        "v1.0-int4-g128",
        AWQ,
        each(awq),
        {"scheme": "W4A16", "bits": 4, "groupSize": 128, "symmetric": False},
    ),
    "nf4": ("v1.0-nf4", NF4, each(nf4), {"scheme": "W4A16", "bits": 4}),
    "bnb-int8": ("v1.0-int8", BNB8, each(bnb8), {"scheme": "W8A8", "bits": 8}),
    "fp8-block": ("v1.0-fp8-dynamic", FP8, each(fp8_block), {"scheme": "W8A8", "bits": 8}),
    "fp8": ("v1.0-fp8-static", PLAIN_FP8, each(fp8_tensor), {"scheme": "W8A8", "bits": 8}),
    "fbgemm": ("v1.0-fp8", FBGEMM, each(fp8_channel), {"scheme": "W8A8", "bits": 8}),
    "nvfp4": ("v1.0-nvfp4", NVFP4, each(nvfp4), {"scheme": "W4A4", "bits": 4}),
    "modelopt-fp8": ("v1.0-fp8", OPT8, each(fp8_tensor), {"scheme": "W8A8", "bits": 8}),
    "mxfp4": ("v1.0-mxfp4", MXFP4, mxfp4(), {"scheme": "W4A16", "bits": 4}),
}


def read_facts(block: dict[str, Any], tensors: Tensors) -> ArtifactFacts:
    facts = artifact_run(block, tensors)[0].content
    assert isinstance(facts, ArtifactFacts)
    return facts


def artifact_run(block: dict[str, Any] | None, tensors: Tensors) -> tuple[Run, str]:
    header, end = {}, 0
    for tensor, (dtype, shape) in tensors.items():
        size = math.prod(shape) * _BYTES[dtype]
        header[tensor] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    config = {**SIZES, "quantization_config": block}
    files, digest = packed(json.dumps(config).encode(), json.dumps(header).encode())
    return run("artifact", files, digest), digest


def judged(name: str, block: dict[str, Any] | None, tensors: Tensors, recipe: dict[str, Any]) -> list[Verdict]:
    own, digest = artifact_run(block, tensors)
    made = case(subject(name, own, digest=digest, recipe=recipe))
    return [
        artifact.judge(artifact.Settings(gate="artifact"), made),
        precision_floor.judge(precision_floor.Settings(gate="precision-floor"), made),
    ]


@pytest.mark.parametrize("form", GOOD)
def test_every_format_is_accepted_under_its_name(form: str) -> None:
    name, block, tensors, recipe = GOOD[form]
    agrees, floor = judged(name, block, tensors, recipe)
    assert agrees.findings == ()
    assert agrees.passes
    assert floor.value == recipe["bits"]
    assert floor.passes is (recipe["bits"] >= 4)


PROPOSED = {"gptq-8-channel": "v1.0-int8", "fbgemm": "v1.0-fp8-dynamic", "modelopt-fp8": "v1.0-fp8-static"}


@pytest.mark.parametrize("form", GOOD)
def test_the_name_that_each_format_proposes_is_one_that_the_gate_accepts(form: str) -> None:
    name, block, tensors, recipe = GOOD[form]
    facts = read_facts(block, tensors)
    proposal = str(proposed(facts, "float16", "v1.0"))
    assert proposal == PROPOSED.get(form, name)
    [agrees, _] = judged(proposal, block, tensors, recipe)
    assert agrees.findings == ()


def changed(form: str, block: dict[str, Any] | None = None, **parts: tuple[str, list[int]]) -> tuple[Any, ...]:
    name, given, tensors, recipe = GOOD[form]
    first = next(iter(LAYERS))
    return name, {**given, **(block or {})}, {**tensors, **{f"{first}.{key}": at for key, at in parts.items()}}, recipe


BAD: dict[str, tuple[tuple[Any, ...], str]] = {
    "gptq-config-says-8-bits": (
        changed("gptq", {"bits": 8}),
        "the header has int4 g128 in 2 layers, config.json says int8 g128",
    ),
    "gptq-other-group-size": (
        changed("gptq", {"group_size": 64}),
        "the header has int4 g128 in 2 layers, config.json says int4 g64",
    ),
    "gptq-groups-of-scales-and-zeros": (
        changed("gptq", scales=("F16", [4, 512])),
        "m.layers.0.mlp.up_proj: scales and qzeros do not have the same number of groups",
    ),
    "gptq-order-of-another-layer": (
        changed("gptq", g_idx=("I32", [512])),
        "m.layers.0.mlp.up_proj: qweight has 256 inputs, g_idx has 512",
    ),
    "gptq-packed-as-awq": (
        (GOOD["gptq"][0], GPTQ, each(awq), GOOD["gptq"][3]),
        "quant_method is gptq, the weights are packed as awq packs them",
    ),
    "awq-8-bit-claim": (
        changed("awq", {"bits": 8}),
        "the header has int4 g128 in 2 layers, config.json says int8 g128",
    ),
    "awq-zeros-of-8-bits": (
        changed("awq", qzeros=("I32", [2, 128])),
        "m.layers.0.mlp.up_proj: qweight has 4 bits, qzeros has another number",
    ),
    "awq-group-size": (changed("awq", {"group_size": 32}), "config.json says int4 g32, no layer of the header has it"),
    "bnb-8-bit-claim": (
        (GOOD["bnb-int8"][0], BNB8, each(nf4), GOOD["bnb-int8"][3]),
        "the header has nf4 g64 in 2 layers, config.json says int8 channel",
    ),
    "bnb-fp4-claim": (changed("nf4", {"bnb_4bit_quant_type": "fp4"}), "config.json says float4 group"),
    "bnb-quant-map": (
        (GOOD["nf4"][0], NF4, each(lambda o, i: nf4(o, i, 3)), GOOD["nf4"][3]),
        "m.layers.0.mlp.up_proj.weight is in blocks, but its absmax, quant_map and quant_state do not fit",
    ),
    "fp8-block-size": (
        changed("fp8-block", {"weight_block_size": [64, 64]}),
        "the header has float8 block 128x128 in 2 layers, config.json says float8 block 64x64",
    ),
    "fp8-tensor-claim": (
        changed("fp8", {"weight_block_size": [128, 128]}),
        "the header has float8 tensor in 2 layers, config.json says float8 block 128x128",
    ),
    "fbgemm-is-per-tensor": (
        (GOOD["fbgemm"][0], FBGEMM, each(fp8_tensor), GOOD["fbgemm"][3]),
        "the header has float8 tensor in 2 layers, config.json says float8 channel",
    ),
    "nvfp4-groups-of-32": (
        (GOOD["nvfp4"][0], NVFP4, each(lambda o, i: nvfp4(o, i, 32)), GOOD["nvfp4"][3]),
        "the header has float4 g32 in 2 layers, config.json says float4 g16",
    ),
    "nvfp4-8-bit-claim": (
        changed("nvfp4", {"quant_algo": "FP8"}),
        "the header has float4 g16 in 2 layers, config.json says float8 tensor",
    ),
    "nvfp4-two-claims": (
        changed("nvfp4", {"config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}}}),
        "config.json says float8 tensor_group, no layer of the header has it",
    ),
    "mxfp4-groups-of-64": (
        (GOOD["mxfp4"][0], MXFP4, mxfp4(64), GOOD["mxfp4"][3]),
        "the header has float4 g64 in 2 layers, config.json says float4 g32",
    ),
    "mxfp4-scales-of-another-size": (
        (
            GOOD["mxfp4"][0],
            MXFP4,
            {**mxfp4(), "m.layers.0.mlp.experts.down_proj_scales": ("U8", [4, 256, 8])},
            GOOD["mxfp4"][3],
        ),
        "m.layers.0.mlp.experts.down_proj_blocks has no _scales with one scale per block",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_weights_that_are_not_what_the_config_says(name: str) -> None:
    given, text = BAD[name]
    [agrees, _] = judged(*given)
    assert not agrees.passes
    assert any(found.code == "MP313" and text in found.detail for found in agrees.findings), agrees.findings


LEFT: Tensors = {"m.layers.1.mlp.up_proj.weight": ("F16", [512, 256])}
EXPERT: Tensors = {"m.layers.1.mlp.experts.up_proj": ("BF16", [4, 512, 256])}


@pytest.mark.parametrize(
    ("form", "left", "key", "entry"),
    [
        ("gptq", LEFT, "dynamic", {r"-:.*\.1\..*": {}}),
        ("awq", LEFT, "modules_to_not_convert", ["layers.1."]),
        ("nf4", LEFT, "llm_int8_skip_modules", ["lm_head", "m.layers.1"]),
        ("bnb-int8", LEFT, "llm_int8_skip_modules", ["lm_head", "m.layers.1"]),
        ("fp8-block", LEFT, "modules_to_not_convert", ["m.layers.1.mlp.up_proj"]),
        ("fbgemm", LEFT, "modules_to_not_convert", ["lm_head", "m.layers.1.mlp.up_proj"]),
        ("nvfp4", LEFT, "ignore", ["lm_head", "m.layers.1*"]),
        ("mxfp4", EXPERT, "modules_to_not_convert", ["m.layers.*.self_attn", "m.layers.1.mlp.experts"]),
    ],
)
def test_a_layer_left_whole_is_a_fault_unless_the_config_says_so(
    form: str, left: Tensors, key: str, entry: object
) -> None:
    name, block, tensors, recipe = GOOD[form]
    [agrees, _] = judged(name, block, {**tensors, **left}, recipe)
    assert (agrees.outcome, codes(agrees.findings)) == (Outcome.FAIL, ["MP316"])
    assert next(iter(left)).removesuffix(".weight") in agrees.findings[0].detail
    [agrees, _] = judged(name, {**block, key: entry}, {**tensors, **left}, recipe)
    assert agrees.findings == ()


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ({**AWQ, "version": "gemv"}, "awq gemv"),
        ({**GPTQ, "checkpoint_format": "marlin"}, "gptq marlin"),
        ({**NVFP4, "quant_algo": "W4A8_AWQ"}, "modelopt W4A8_AWQ"),
        ({"quant_method": "aqlm"}, "aqlm"),
        ({"quant_method": "compressed-tensors-x"}, "compressed-tensors-x"),
    ],
)
def test_a_layout_that_is_not_read_is_inconclusive_and_tells_no_bits(block: dict[str, Any], shown: str) -> None:
    name, _, tensors, recipe = GOOD["gptq"]
    agrees, floor = judged(name, block, tensors, recipe)
    assert [(found.code, found.detail) for found in agrees.findings] == [
        ("MP317", f"quant_method {shown} in config.json")
    ]
    assert {agrees.outcome, floor.outcome} == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize(
    "block",
    [
        {**GPTQ, "bits": "4"},
        {**GPTQ, "group_size": 0},
        {**GPTQ, "sym": "yes"},
        {**GPTQ, "dynamic": {"-:(a+)+": {}}},
        {**AWQ, "modules_to_not_convert": "lm_head"},
        {**NF4, "load_in_8bit": True},
        {**NF4, "bnb_4bit_quant_type": "nf5"},
        {**FP8, "weight_block_size": [128]},
        {**FP8, "activation_scheme": 1},
        {**NVFP4, "group_size": -5},
    ],
)
def test_a_config_that_cannot_be_read_is_no_evidence(block: dict[str, Any]) -> None:
    verdicts = judged("v1.0-int4-g128", block, each(gptq), {"scheme": "W4A16", "bits": 4, "groupSize": 128})
    assert {verdict.outcome for verdict in verdicts} == {Outcome.INCONCLUSIVE}
    assert all("MP205" in codes(verdict.findings) for verdict in verdicts)
