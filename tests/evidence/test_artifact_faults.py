import json
from typing import Any

import pytest
from made_artifacts import HEADER, INT4, PACKED, PATH, made, quantised

from modelpromote.evidence.artifact import read


def changed(**files: bytes | None) -> dict[str, bytes]:
    """The genuine evidence with files replaced; None takes one away."""
    names = {
        "config": "config.json",
        "recipe": "recipe.yaml",
        "files": "files.json",
        "header": HEADER,
        "stray": "stray",
    }
    replaced = {**INT4, **{names[name]: data for name, data in files.items()}}
    return {name: data for name, data in replaced.items() if data is not None}


SHORT = INT4["files.json"].replace(b'"size": 2611952', b'"size": 2611951')
LONG = INT4["files.json"].replace(b'"size": 2611952', b'"size": 2611953')
WRONG_SIZE = INT4["files.json"].replace(b'"size": 1648', b'"size": 1649')
UNLISTED = json.dumps([file for file in json.loads(INT4["files.json"]) if file["path"] != "recipe.yaml"]).encode()
SHARDLESS = json.dumps(
    [file for file in json.loads(INT4["files.json"]) if not file["path"].startswith("model.")]
).encode()


@pytest.mark.parametrize(
    ("files", "code", "detail"),
    [
        (
            changed(config=INT4["config.json"] + b"\n"),
            "MP315",
            "config.json is not the file that files.json lists: digest or size differ",
        ),
        (changed(recipe=b"x"), "MP315", "recipe.yaml is not the file that files.json lists: digest or size differ"),
        (changed(files=UNLISTED), "MP315", "recipe.yaml is not listed in files.json"),
        (changed(stray=b"x"), "MP315", "stray belongs to no file of files.json"),
        (changed(files=SHORT), "MP315", "the header describes a file of 2611952 bytes, files.json lists 2611951"),
        (changed(files=LONG), "MP315", "the header describes a file of 2611952 bytes, files.json lists 2611953"),
        (
            changed(files=WRONG_SIZE),
            "MP315",
            "config.json is not the file that files.json lists: digest or size differ",
        ),
        (changed(files=SHARDLESS), "MP205", "no tensor in any .safetensors file"),
        (changed(header=None), "MP205", "no tensor in any .safetensors file"),
        (changed(config=None), "MP205", "config.json is missing"),
        (changed(config=b"[]"), "MP205", "not an object"),
        (changed(config=b'{"a": NaN}'), "MP205", "NaN is not a number"),
        (changed(files=None), "MP205", "files.json is missing"),
        (changed(files=b"[]"), "MP205", "not 1 to 10000 files, each listed once"),
        (
            changed(files=b'[{"path": "../x", "size": 1, "sha256": "' + b"0" * 64 + b'"}]'),
            "MP205",
            "0.path: expected a relative path without '.', '..' or an empty part",
        ),
        (changed(files=b'{"a": 1}'), "MP205", "not a list of files"),
        (
            changed(header=b"{"),
            "MP205",
            "not JSON: line 1, column 2: Expecting property name enclosed in double quotes",
        ),
        (changed(header=b"[]"), "MP205", "the header is not an object"),
        (changed(header=b'{"a": 1}'), "MP205", "tensor 'a' has no readable dtype, shape and data_offsets"),
        (
            changed(header=b'{"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 3]}}'),
            "MP205",
            "tensor 'a': its offsets do not fit its shape and dtype",
        ),
    ],
)
def test_what_does_not_hold_together(files: dict[str, bytes], code: str, detail: str) -> None:
    [problem] = read(PATH, files).problems
    assert (problem.code, problem.detail) == (code, detail)
    assert problem.location.path.startswith(f"{PATH}/")


def test_a_missing_header_of_one_shard() -> None:
    files = made(quantised(), PACKED)
    listed = json.loads(files["files.json"])
    listed.append({"path": "other.safetensors", "size": 10, "sha256": "0" * 64})
    [problem] = read(PATH, {**files, "files.json": json.dumps(listed).encode()}).problems
    assert problem.detail == "files.json lists a .safetensors file, but headers/other.safetensors.json is missing"


@pytest.mark.parametrize(
    ("config", "code", "detail"),
    [
        (
            quantised(config_groups={"a": {"weights": {"num_bits": "4"}}}),
            "MP205",
            "config_groups.a.weights.num_bits is not a number of bits",
        ),
        (
            quantised(config_groups={"a": {"weights": {"num_bits": 4, "strategy": "odd"}}}),
            "MP205",
            "config_groups.a.weights has no known type and strategy",
        ),
        (quantised(config_groups={"a": {"targets": "Linear"}}), "MP205", "targets is not a list of names"),
        (quantised(ignore=["re:(a+)+$"]), "MP205", "pattern '(a+)+$': a group that is open or repeated"),
        (
            {**quantised(), "hidden_size": 96, "intermediate_size": 96},
            "MP313",
            "which no dimension of the model explains",
        ),
    ],
)
def test_a_config_that_cannot_be_held_against_the_weights(config: dict[str, Any], code: str, detail: str) -> None:
    odd = {"l.0.up_proj.weight_packed": ("I32", [250, 7], 7000), "l.0.up_proj.weight_scale": ("F16", [250, 1], 500)}
    [problem] = read(PATH, made(config, odd if code == "MP313" else PACKED)).problems
    assert problem.code == code
    assert detail in problem.detail
