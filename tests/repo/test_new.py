"""`promote new`: a manifest from what real artifacts say, and `validate` says exactly what is left to people."""

import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from stage import PROJECT, Stage

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core.manifest_reading import read_variant
from repo.acts import call

SHARED = PROJECT.parent / "shared"
ARTIFACTS = SHARED / "tiny-llama" / "artifacts"
CONFIGS = SHARED / "real" / "configs"
pytestmark = pytest.mark.skipif(
    not ARTIFACTS.is_dir(), reason="the zoo's artifacts (../shared/tiny-llama) are not here"
)

CARD = ["card.license", "card.summary", "card.intendedUse", "card.limitations"]
CALIBRATION = ["calibration.dataset", "calibration.samples", "calibration.sequenceLength"]
SERVING = [
    "serving.image",
    *(f"serving.{kind}.{what}" for kind in ("requests", "limits") for what in ("cpu", "memory")),
]
FIRST = ["baseModel.id", "artifact.uri", *SERVING, *CARD]
ZOO = ["v1.0-fp16", "v1.1-int8", "v1.2-int4-g128", "v1.3-int4-g64", "v1.4-int2-g64"]
VALUES = {
    "baseModel.id": "example/base",
    "artifact.uri": "pvc://models/it",
    "serving.image": f"registry.example.com/vllm@sha256:{'0' * 64}",
    "cpu": '"1"',
    "memory": "1Gi",
    "samples": "512",
    "sequenceLength": "2048",
}


def new(stage: Stage, name: str, source: Path, *more: str) -> Any:
    return call(stage, "new", name, "--from-artifact", str(source), *more)


def unfilled(stage: Stage) -> list[str]:
    findings = call(stage, "validate", "--json").json["findings"]
    assert {found["code"] for found in findings} <= {"MP114", "MP107"}
    return [found["detail"].split()[0] for found in findings if found["code"] == "MP114"]


def fill(path: Path) -> None:
    """Put a value in place of every TODO, as a person would."""
    text = path.read_text("utf-8")
    for key, marks in read_yaml("m", text.encode())[0].values.items():
        dotted = ".".join(map(str, key))
        lines = text.splitlines()
        line = lines[marks[0] - 1]
        if line[marks[1] - 1 :].startswith('"TODO"'):
            value = VALUES.get(dotted) or VALUES.get(str(key[-1])) or "text"
            lines[marks[0] - 1] = line[: marks[1] - 1] + value.ljust(6) + line[marks[1] + 5 :]
            text = "\n".join(lines) + "\n"
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("artifact", ZOO)
def test_the_first_variant_of_a_model_leaves_what_no_file_can_know(stage: Stage, artifact: str) -> None:
    said = new(stage, f"tutor/{artifact}", ARTIFACTS / artifact)
    assert said.code == 0, said.out + said.err
    quantised = artifact != "v1.0-fp16"
    expected = [*(["baseline"] if quantised else []), *FIRST]
    if quantised and artifact != "v1.4-int2-g64":
        expected += CALIBRATION  # the recipe of v1.4 says that it needed no data
    assert sorted(unfilled(stage)) == sorted(expected)
    shown = [line.split()[-1] for line in said.out.splitlines() if line.startswith("to fill in")]
    assert sorted(shown) == sorted(expected)
    assert said.last.startswith(
        f"models/tutor/{artifact}/variant.yaml was written, {len(expected)} values to fill in; then: "
    )
    assert f"promote evidence add tutor/{artifact} " in said.last


@pytest.mark.parametrize("artifact", ZOO)
def test_it_says_what_the_manifest_of_the_zoo_says_by_hand(stage: Stage, artifact: str) -> None:
    path = stage.repo / "models" / "tiny-llama" / artifact / "variant.yaml"
    by_hand = read_variant(read_yaml(f"models/tiny-llama/{artifact}/variant.yaml", path.read_bytes())[0])[0]
    text = new(stage, f"tutor/{artifact}", ARTIFACTS / artifact, "--print").out
    given = read_yaml("models/tutor/x/variant.yaml", text.encode())[0].data
    assert isinstance(given, dict)
    assert by_hand is not None
    assert given["artifact"]["digest"] == by_hand.artifact.digest
    assert given["artifact"]["files"] == tuple(file.model_dump() for file in by_hand.artifact.files)
    if by_hand.quantization is None:
        assert "quantization" not in given
        return
    meant = by_hand.quantization.model_dump(by_alias=True)
    for key in ("algorithm", "scheme", "bits", "symmetric", "ignore"):
        assert given["quantization"][key] == meant[key], key
    assert given["quantization"].get("groupSize") == meant["groupSize"]
    assert given["quantization"].get("actorder") == meant["actorder"]


def test_filled_in_it_is_valid_and_its_artifact_goes_in_as_evidence(stage: Stage) -> None:
    for name, source in (("tutor/v1.0-fp16", "v1.0-fp16"), ("tutor/v1.1-int4-g64", "v1.3-int4-g64")):
        assert new(stage, name, ARTIFACTS / source).code == 0
        fill(stage.repo / "models" / name / "variant.yaml")
        assert call(stage, "evidence", "add", name, str(ARTIFACTS / source)).code == 0
    assert call(stage, "render").code == 0
    assert unfilled(stage) == []
    assert 'baseline: "v1.0-fp16"' in (stage.repo / "models/tutor/v1.1-int4-g64/variant.yaml").read_text("utf-8")
    again = new(stage, "tutor/v1.1-int4-g64", ARTIFACTS / "v1.3-int4-g64")
    assert (again.code, again.last) == (0, "models/tutor/v1.1-int4-g64/variant.yaml is already so; nothing was written")


def test_a_text_that_is_left_is_reported_though_any_text_would_do(stage: Stage) -> None:
    assert new(stage, "tutor/v1.0-fp16", ARTIFACTS / "v1.0-fp16").code == 0
    path = stage.repo / "models/tutor/v1.0-fp16/variant.yaml"
    fill(path)
    path.write_text(re.sub("summary: .*", "summary: TODO", path.read_text("utf-8")), "utf-8")
    assert unfilled(stage) == ["card.summary"]


def test_a_baseline_that_is_still_being_filled_in_is_one(stage: Stage) -> None:
    for name, source in (("tutor/v1.0-fp16", "v1.0-fp16"), ("tutor/v1.1-int4-g64", "v1.3-int4-g64")):
        said = new(stage, name, ARTIFACTS / source)
    assert "note  the baseline is tutor/v1.0-fp16" in said.out
    assert "to fill in  baseline" not in said.out


def test_what_was_filled_in_beside_an_option_is_no_difference(stage: Stage) -> None:
    call_ = ["tutor/v1.0-fp16", ARTIFACTS / "v1.0-fp16", "--image", f"registry.example.com/x@sha256:{'1' * 64}"]
    assert new(stage, *call_).code == 0
    fill(stage.repo / "models/tutor/v1.0-fp16/variant.yaml")
    assert new(stage, *call_).last == "models/tutor/v1.0-fp16/variant.yaml is already so; nothing was written"


def test_a_model_that_has_variants_lends_its_serving_block_and_baseline(stage: Stage) -> None:
    said = new(stage, "tiny-llama/v1.6-int4-g64", ARTIFACTS / "v1.3-int4-g64")
    assert "note  the serving block is that of tiny-llama/v1.4-int2-g64: see that it fits this build" in said.out
    assert "note  the baseline is tiny-llama/v1.0-fp16" in said.out
    assert sorted(unfilled(stage)) == sorted(["artifact.uri", *CALIBRATION, *CARD])


def test_what_is_given_is_taken(stage: Stage) -> None:
    image = f"registry.example.com/other@sha256:{'1' * 64}"
    options = [
        "--uri",
        "pvc://a/b",
        "--image",
        image,
        "--baseline",
        "v1.1-int8",
        "--from-variant",
        "v1.0-fp16",
        "--json",
    ]
    said = new(stage, "tiny-llama/v1.6-int4-g64", ARTIFACTS / "v1.3-int4-g64", *options)
    given = read_yaml("m", said.json["text"].encode())[0].data
    assert isinstance(given, dict)
    assert (given["artifact"]["uri"], given["baseline"], given["serving"]["image"]) == ("pvc://a/b", "v1.1-int8", image)
    assert given["serving"]["args"] == ("--max-model-len=512",)
    assert said.json["left"] == [*CALIBRATION, *CARD]
    assert said.json["state"] == "written"


def test_the_artifact_proposes_the_name(stage: Stage) -> None:
    source = ARTIFACTS / "v1.3-int4-g64"
    said = new(stage, "tiny-llama", source)
    assert said.code == 2
    assert said.err.splitlines()[:2] == [
        "usage: no version given; the artifact proposes v1.5-int4-g64",
        "  hint: promote new tiny-llama/v1.5-int4-g64 ...",
    ]
    assert new(stage, "tiny-llama", source, "--version", "v2.0").code == 0
    assert (stage.repo / "models/tiny-llama/v2.0-int4-g64/variant.yaml").is_file()
    assert new(stage, "tiny-llama", source, "--version", "2").code == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "name"), [("\n", "v1.5-int4-g64"), ("v3.1\n", "v3.1-int4-g64"), ("x\n", "")])
def test_in_a_terminal_it_asks_for_the_version(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, typed: str, name: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    said = new(stage, "tiny-llama", ARTIFACTS / "v1.3-int4-g64")
    assert (said.code, (stage.repo / f"models/tiny-llama/{name or 'x'}/variant.yaml").is_file()) == (
        (0, True) if name else (2, False)
    )


@pytest.mark.parametrize("option", ["--dry-run", "--print"])
def test_nothing_is_written_where_that_is_asked(stage: Stage, option: str) -> None:
    said = new(stage, "tutor/v1.3-int4-g64", ARTIFACTS / "v1.3-int4-g64", option)
    assert said.code == 0
    assert "kind: Variant" in said.out
    assert not (stage.repo / "models" / "tutor").exists()
    if option == "--print":
        assert said.out.startswith("# written by promote new")
        assert read_yaml("m", said.out.encode())[1] == ()


def test_what_is_there_is_not_overwritten(stage: Stage) -> None:
    path = stage.repo / "models/tiny-llama/v1.3-int4-g64/variant.yaml"
    before = path.read_bytes()
    same = new(stage, "tiny-llama/v1.3-int4-g64", ARTIFACTS / "v1.3-int4-g64")
    assert (same.code, same.last) == (
        0,
        "models/tiny-llama/v1.3-int4-g64/variant.yaml is already so; nothing was written",
    )
    other = new(stage, "tiny-llama/v1.3-int4-g64", ARTIFACTS / "v1.2-int4-g128")
    assert other.code == 1
    assert "error[MP120] quantization.groupSize: 64 is there, the artifact gives 128" in other.out
    assert other.last.startswith("refused: ")
    asked = new(stage, "tiny-llama/v1.3-int4-g64", ARTIFACTS / "v1.3-int4-g64", "--uri", "pvc://other/x")
    assert "MP120" in asked.out
    assert path.read_bytes() == before


def test_a_link_in_its_place_is_not_followed(stage: Stage, tmp_path: Path) -> None:
    folder = stage.repo / "models/tutor/v1.3-int4-g64"
    folder.mkdir(parents=True)
    (folder / "variant.yaml").symlink_to(tmp_path / "outside.yaml")
    assert new(stage, "tutor/v1.3-int4-g64", ARTIFACTS / "v1.3-int4-g64").code == 1
    assert not (tmp_path / "outside.yaml").exists()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The int4 artifact in a folder that can be spoilt."""
    return Path(shutil.copytree(ARTIFACTS / "v1.3-int4-g64", tmp_path / "artifact", copy_function=shutil.copyfile))


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("name", "file", "old", "new_text", "expected"),
    [
        ("tutor/v1.0-int4-g128", "", "", "", ["MP115 v1.0-int4-g128 has groups of 128, config.json"]),
        (
            "tutor/v1.0-int4-g64",
            "recipe.yaml",
            "group_size: 64",
            "group_size: 128",
            ["MP116 recipe.yaml has 4 bits in groups of 128, config.json has int4 g64"],
        ),
        (
            "tutor/v1.0-int4-g128",
            "config.json",
            '"group_size": 64',
            '"group_size": 128',
            [
                "MP116 recipe.yaml has 4 bits in groups of 64, config.json has int4 g128",
                "MP117 the header has int4 g64 in 28 layers, config.json says int4 g128",
            ],
        ),
        (
            "tutor/v1.0-int4-g64",
            "config.json",
            '"dtype": "float16"',
            '"dtype": "bfloat16"',
            ["MP118 config.json says bfloat16, the weights are stored as F16"],
        ),
        ("tutor/v1.0-int4-g64", "recipe.yaml", "default_stage:", "default: [", ["MP119 recipe.yaml: "]),
        ("tutor/v1.0-int4-g64", "config.json", "compressed-tensors", "aqlm", ["MP119 config.json: quant_method aqlm"]),
    ],
)
def test_files_that_disagree_are_warned_of(
    stage: Stage, copy: Path, name: str, file: str, old: str, new_text: str, expected: list[str]
) -> None:
    if file:
        replaced(copy / file, old, new_text)
    said = new(stage, name, copy, "--json")
    found = [f"{one['code']} {one['detail']}" for one in said.json["findings"]]
    assert said.code == 0
    assert {one["severity"] for one in said.json["findings"]} == {"warning"}
    assert all(any(text.startswith(words) for text in found) for words in expected), found


def test_an_untouched_artifact_is_not_warned_of(stage: Stage) -> None:
    for artifact in ZOO:
        assert new(stage, f"tutor/{artifact}", ARTIFACTS / artifact, "--json").json["findings"] == []


def test_an_artifact_without_a_tokenizer_is_said(stage: Stage, copy: Path) -> None:
    note = "the artifact has no tokenizer: the server will not start from it"
    assert note not in new(stage, "tutor/v1.0-int4-g64", copy, "--json", "--dry-run").json["notes"]
    (copy / "tokenizer.json").unlink()
    assert note in new(stage, "tutor/v1.0-int4-g64", copy, "--json").json["notes"]


def test_an_artifact_that_cannot_be_read_is_refused(stage: Stage, copy: Path) -> None:
    (copy / "config.json").write_text("{")
    said = new(stage, "tutor/v1.0-int4-g64", copy, "--json")
    assert (said.code, said.codes) == (1, ["MP205"])
    assert not (stage.repo / "models" / "tutor").exists()


def test_no_code_of_a_recipe_is_run(stage: Stage, copy: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    replaced(
        copy / "recipe.yaml", "      targets:", f"      x: !!python/object/apply:os.mkdir ['{mark}']\n      targets:"
    )
    assert new(stage, "tutor/v1.0-int4-g64", copy).code == 0
    assert not mark.exists()


def test_the_card_of_the_artifact_tells_its_origin(stage: Stage, copy: Path) -> None:
    front = (
        "---\nbase_model: [example/Base-3B]\nlicense: other\nlicense_name: llama3.2\nlanguage: [en, de]\n---\n# Card\n"
    )
    (copy / "README.md").write_text(front, "utf-8")
    said = new(stage, "tutor/v1.0-int4-g64", copy, "--json")
    given = read_yaml("m", said.json["text"].encode())[0].data
    assert isinstance(given, dict)
    assert given["baseModel"] == {"id": "example/Base-3B"}
    assert (given["card"]["license"], given["card"]["languages"]) == ("llama3.2", ("en", "de"))
    assert "baseModel.id" not in said.json["left"]


def test_hostile_texts_stay_texts(stage: Stage, copy: Path) -> None:
    (copy / "README.md").write_text('---\nbase_model: "a\\n  evil: {{ 7 * 7 }} # x"\nlicense: "no"\n---\n', "utf-8")
    said = new(stage, "tutor/v1.0-int4-g64", copy, "--print")
    assert said.code == 0
    given = read_yaml("m", said.out.encode())[0].data
    assert isinstance(given, dict)
    assert (given["baseModel"], given["card"]["license"]) == ({"id": "a"}, "no")


@pytest.mark.parametrize(
    ("scheme", "proposed"),
    [
        ("w4a16_gptq_g64", "v1.0-int4-g64"),
        ("w4a16_gptq_g128", "v1.0-int4-g128"),
        ("w8a16_rtn", "v1.0-int8-g128"),
        ("w8a8_int8", "v1.0-int8"),
        ("fp8_dynamic", "v1.0-fp8-dynamic"),
        ("fp8_static", "v1.0-fp8-static"),
        ("nvfp4", "v1.0-nvfp4"),
    ],
)
@pytest.mark.skipif(not CONFIGS.is_dir(), reason="the real configs (../shared/real/configs) are not here")
def test_every_real_config_proposes_its_name_without_a_warning(
    stage: Stage, tmp_path: Path, scheme: str, proposed: str
) -> None:
    source = CONFIGS / f"llmcompressor_0.14.0.1_{scheme}"
    header = (source / "safetensors_header.json").read_bytes()
    end = max(at["data_offsets"][1] for name, at in json.loads(header).items() if name != "__metadata__")
    for name in ("config.json", "recipe.yaml"):
        shutil.copyfile(source / name, tmp_path / name)
    (tmp_path / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(end))
    said = new(stage, "tutor", tmp_path, "--version", "v1.0", "--json")
    assert said.code == 0
    assert (said.json["name"], said.json["findings"]) == (f"tutor/{proposed}", [])
    assert said.json["left"][0] == "baseline"


@pytest.mark.parametrize(
    ("name", "source"),
    [("Tutor/v1.0-fp16", "v1.0-fp16"), ("tutor/1.0", "v1.0-fp16"), ("a/b/c", "v1.0-fp16"), ("tutor/v1.0-fp16", "")],
)
def test_a_call_that_cannot_be_carried_out(stage: Stage, name: str, source: str) -> None:
    assert new(stage, name, ARTIFACTS / source).code == 2
    assert new(stage, "tutor/v1.0-fp16", ARTIFACTS / "v1.0-fp16", "--from-variant", "v9.9-fp16").code == 2


def test_a_folder_that_is_not_there(stage: Stage, tmp_path: Path) -> None:
    assert new(stage, "tutor/v1.0-fp16", tmp_path / "gone").code == 3
