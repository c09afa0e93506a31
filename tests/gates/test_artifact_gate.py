import json
from dataclasses import replace
from pathlib import Path

import pytest
from builders import (
    BASELINE,
    INT2,
    INT4,
    RECIPES,
    SHARED,
    case,
    codes,
    digest_of,
    genuine,
    kept,
    needs_shared,
    packed,
    run,
    subject,
    variant,
)

from modelpromote.core.diagnostics import Location
from modelpromote.core.gates.artifact import Settings, judge
from modelpromote.core.gates.gate import Outcome, Subject, Verdict
from modelpromote.core.manifest import ArtifactFile

PLAIN = Settings(gate="artifact")
CONFIGS = SHARED / "real" / "configs"
HEADER = "headers/model.safetensors.json"
REAL = {
    "w4a16_gptq_g64": ("v1.0-int4-g64", {"scheme": "W4A16", "bits": 4, "groupSize": 64}),
    "w4a16_gptq_g128": ("v1.0-int4-g128", {"scheme": "W4A16", "bits": 4, "groupSize": 128}),
    "w8a16_rtn": ("v1.0-int8-g128", {"scheme": "W8A16", "bits": 8, "groupSize": 128}),
    "w8a8_int8": ("v1.0-int8-ch", {"scheme": "W8A8", "bits": 8}),
    "fp8_dynamic": ("v1.0-fp8-dynamic", {"scheme": "FP8_DYNAMIC", "bits": 8}),
    "fp8_static": ("v1.0-fp8-static", {"scheme": "FP8", "bits": 8}),
    "nvfp4": ("v1.0-nvfp4", {"scheme": "NVFP4", "bits": 4}),
}


def judged(name: str, config: bytes, header: bytes, recipe: dict[str, object] | None = None) -> Verdict:
    files, digest = packed(config, header)
    candidate = subject(name, run("artifact", files, digest), digest=digest, recipe=recipe)
    return judge(PLAIN, case(candidate))


def real(scheme: str, name: str = "config.json") -> bytes:
    return Path(CONFIGS / f"llmcompressor_0.14.0.1_{scheme}" / name).read_bytes()


@pytest.mark.parametrize("name", [BASELINE, INT4, INT2])
def test_a_genuine_artifact_agrees_with_itself(name: str) -> None:
    verdict = judge(PLAIN, case(genuine(name)))
    assert verdict.findings == ()
    assert verdict.outcome is Outcome.PASS


def test_the_figure_says_what_was_found() -> None:
    assert judge(PLAIN, case(genuine(INT4))).figure == "int4 g64, 28 layers, 7 files"
    assert judge(PLAIN, case(genuine(BASELINE))).figure == "fp16, 6 files"


@needs_shared
@pytest.mark.parametrize("scheme", REAL)
def test_every_scheme_of_llm_compressor_is_accepted_under_its_name(scheme: str) -> None:
    name, recipe = REAL[scheme]
    verdict = judged(name, real(scheme), real(scheme, "safetensors_header.json"), recipe)
    assert verdict.findings == ()


@needs_shared
@pytest.mark.parametrize(
    ("scheme", "name", "text"),
    [
        ("w4a16_gptq_g128", "v1.0-int4-g64", "v1.0-int4-g64 has groups of 64, config.json has int4 g128"),
        ("w8a16_rtn", "v1.0-int8", "v1.0-int8 has no groups, config.json has int8 g128"),
        ("w8a16_rtn", "v1.0-int4-g128", "v1.0-int4-g128 has int4 weights, config.json has int8 g128"),
        ("fp8_static", "v1.0-fp8-dynamic", "v1.0-fp8-dynamic has dynamic activations, config.json has static"),
        ("fp8_static", "v1.0-int8-tensor", "v1.0-int8-tensor has int8 weights, config.json has float8 tensor"),
        ("w4a16_gptq_g64", "v1.0-nvfp4", "v1.0-nvfp4 has float4 weights, config.json has int4 g64"),
        ("nvfp4", "v1.0-fp8", "v1.0-fp8 has float8 weights, config.json has float4 g16"),
    ],
)
def test_a_name_that_config_json_does_not_bear_out(scheme: str, name: str, text: str) -> None:
    config = json.loads(real(scheme))
    weights = config["quantization_config"]["config_groups"]["group_0"]["weights"]
    recipe = {"scheme": "own", "bits": weights["num_bits"], "groupSize": weights["group_size"]}
    verdict = judged(name, real(scheme), real(scheme, "safetensors_header.json"), recipe)
    assert verdict.outcome is Outcome.FAIL
    details = [found.detail.replace("json config_groups.group_0", "json") for found in verdict.findings]
    assert (codes(verdict.findings), details) == (["MP312"], [text])


@needs_shared
def test_the_config_of_another_build_does_not_fit_the_weights() -> None:
    header = real("w4a16_gptq_g128", "safetensors_header.json")
    verdict = judged("v1.0-int4-g64", real("w4a16_gptq_g64"), header, REAL["w4a16_gptq_g64"][1])
    assert verdict.outcome is Outcome.FAIL
    assert codes(verdict.findings) == ["MP313", "MP313"]
    assert verdict.findings[0].detail == "the header has int4 g128 in 14 layers, config.json says int4 g64"


def test_a_config_that_hides_the_bits_disagrees_with_the_header() -> None:
    config = kept(INT2, "artifact")["config.json"].replace(b'"num_bits": 2', b'"num_bits": 4')
    verdict = judged(INT4, config, kept(INT2, "artifact")[HEADER])
    assert codes(verdict.findings) == ["MP313", "MP313"]
    assert "the header has int2 g64 in 28 layers" in verdict.findings[0].detail


def test_plain_weights_under_a_quantising_config_are_left_over() -> None:
    verdict = judged(INT4, kept(INT4, "artifact")["config.json"], kept(BASELINE, "artifact")[HEADER])
    assert codes(verdict.findings) == ["MP313", "MP316"]
    assert "model.layers.0.mlp.down_proj" in verdict.findings[1].detail
    assert verdict.findings[1].detail.endswith("and 23 more")


def test_the_header_has_no_zero_points_for_an_asymmetric_config() -> None:
    config = kept(INT4, "artifact")["config.json"].replace(b'"symmetric": true', b'"symmetric": false')
    verdict = judged(INT4, config, kept(INT4, "artifact")[HEADER], {**RECIPES[INT4], "symmetric": False})
    assert [(found.code, found.detail) for found in verdict.findings] == [
        ("MP313", "int4 g64: the header and config.json disagree on symmetric")
    ]


def test_the_digest_of_the_manifest_is_the_one_of_the_files() -> None:
    other = digest_of(INT2)
    own = run("artifact", kept(INT4, "artifact"), other)
    verdict = judge(PLAIN, case(subject(INT4, replace(own, problems=()), digest=other)))
    assert codes(verdict.findings) == ["MP315"]
    assert verdict.findings[0].detail.startswith(
        f"variant.yaml names {other}, the files of the evidence give sha256:e5af"
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"bits": 8}, "bits: 8 in variant.yaml, 4 in config.json config_groups.group_0"),
        ({"groupSize": 128}, "groupSize: 128 in variant.yaml, 64 in config.json config_groups.group_0"),
        ({"groupSize": None}, "groupSize: none in variant.yaml, 64 in config.json config_groups.group_0"),
        ({"symmetric": False}, "symmetric: false in variant.yaml, true in config.json config_groups.group_0"),
        ({"scheme": "W8A16"}, "scheme W8A16 has 8 bits in variant.yaml, config.json config_groups.group_0 4"),
        ({"scheme": "W4A8"}, "scheme W4A8 has activations of 8 bits, config.json config_groups.group_0 of 16"),
    ],
)
def test_a_manifest_that_says_something_else(change: dict[str, object], text: str) -> None:
    own = run("artifact", kept(INT4, "artifact"), digest_of(INT4))
    verdict = judge(PLAIN, case(subject(INT4, own, recipe={**RECIPES[INT4], **change})))
    assert [(found.code, found.detail) for found in verdict.findings] == [("MP314", text)]


def test_a_baseline_must_be_stored_as_its_name_says() -> None:
    own = run("artifact", kept(BASELINE, "artifact"), digest_of(BASELINE))
    verdict = judge(PLAIN, case(subject("v1.0-bf16", own, digest=digest_of(BASELINE))))
    assert [(found.code, found.detail) for found in verdict.findings] == [
        ("MP312", "v1.0-bf16 is stored as BF16, the header has F16")
    ]


def test_a_baseline_must_not_be_quantised() -> None:
    own = run("artifact", kept(INT4, "artifact"), digest_of(INT4))
    verdict = judge(PLAIN, case(subject("v1.0-fp16", own, digest=digest_of(INT4))))
    assert "v1.0-fp16 is not quantised, config.json has quant_method compressed-tensors" in verdict.findings[0].detail


def test_a_quantised_name_needs_a_quantised_artifact() -> None:
    own = run("artifact", kept(BASELINE, "artifact"), digest_of(BASELINE))
    verdict = judge(PLAIN, case(subject(INT4, own, digest=digest_of(BASELINE))))
    assert codes(verdict.findings) == ["MP312"]


def listed_files() -> tuple[ArtifactFile, ...]:
    return tuple(ArtifactFile(**file) for file in json.loads(kept(INT4, "artifact")["files.json"]))


def with_files(*files: ArtifactFile) -> Subject:
    made = variant(INT4, digest_of(INT4), RECIPES[INT4], files)
    return Subject(made, (run("artifact", kept(INT4, "artifact"), digest_of(INT4)),), Location("variant.yaml"))


def test_the_files_of_the_manifest_are_those_of_the_artifact() -> None:
    assert judge(PLAIN, case(with_files(*listed_files()))).passes


def test_each_file_that_differs_is_named() -> None:
    first, second, *rest = listed_files()
    larger = first.model_copy(update={"size": 1})
    other = second.model_copy(update={"sha256": "0" * 64})
    stray = ArtifactFile(path="stray.bin", size=1, sha256="0" * 64)
    verdict = judge(PLAIN, case(with_files(larger, other, *rest[:-1], stray)))
    assert codes(verdict.findings) == ["MP315"] * 4
    assert [found.detail.split()[0].rstrip(":") for found in verdict.findings] == [
        "stray.bin",
        rest[-1].path,
        first.path,
        second.path,
    ]


def test_an_unknown_method_is_inconclusive() -> None:
    config = kept(INT4, "artifact")["config.json"].replace(b"compressed-tensors", b"aqlm")
    verdict = judged(INT4, config, kept(INT4, "artifact")[HEADER])
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP317"])


def test_bound_cannot_be_proven_yet() -> None:
    verdict = judge(Settings(gate="artifact", bound=True), case(genuine(INT4)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP318"])


def test_without_evidence_nothing_is_known() -> None:
    verdict = judge(PLAIN, case(subject(INT4)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP311"])


@pytest.mark.parametrize(
    "lie",
    [
        {"hidden_size": 128, "intermediate_size": 384, "head_dim": 32},
        {"x": {"hidden_size": 128, "intermediate_size": 384}},
    ],
    ids=["other dimensions", "a block that means nothing"],
)
def test_no_dimension_in_the_config_makes_two_bits_look_like_four(lie: dict[str, object]) -> None:
    """The header shows its own: norms have one weight for each value of the hidden state."""
    config, header = json.loads(kept(INT2, "artifact")["config.json"]), kept(INT2, "artifact")[HEADER]
    for group in config["quantization_config"]["config_groups"].values():
        group["weights"] |= {"num_bits": 4, "group_size": 32}
    verdict = judged("v1.8-int4-g32", json.dumps(config | lie).encode(), header)
    assert verdict.outcome is not Outcome.PASS
    assert any("int2 g64" in found.detail for found in verdict.findings)
