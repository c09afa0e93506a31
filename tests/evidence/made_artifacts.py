"""Artifacts as `promote evidence add` keeps them: a genuine one, and some made to measure."""

import hashlib
import json
from typing import Any

from kept_evidence import kept

from modelpromote.core.evidence import ArtifactFacts, Reading
from modelpromote.core.manifest import ArtifactFile
from modelpromote.evidence.artifact import pack

PATH = "models/m/v/evidence/artifact-1"
HEADER = "headers/model.safetensors.json"
INT4 = kept("v1.3-int4-g64", "artifact")
HIDDEN = {"hidden_size": 128, "intermediate_size": 256}


def facts(reading: Reading) -> ArtifactFacts:
    assert reading.problems == ()
    assert isinstance(reading.content, ArtifactFacts)
    return reading.content


def made(config: dict[str, Any], tensors: dict[str, tuple[str, list[int], int]]) -> dict[str, bytes]:
    """An artifact with these tensors: (dtype, shape, bytes)."""
    header, end = {}, 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    return shards(json.dumps(config).encode(), {"model.safetensors": (json.dumps(header).encode(), end)})


def shards(config: bytes, headers: dict[str, tuple[bytes, int]]) -> dict[str, bytes]:
    files = [ArtifactFile(path="config.json", size=len(config), sha256=hashlib.sha256(config).hexdigest())]
    for name, (header, end) in headers.items():
        files.append(ArtifactFile(path=name, size=8 + len(header) + end, sha256=hashlib.sha256(header).hexdigest()))
    return pack(
        tuple(files), {"config.json": config, **{f"headers/{name}.json": data for name, (data, _) in headers.items()}}
    )


def quantised(**changes: Any) -> dict[str, Any]:
    weights = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 64, "symmetric": True}
    block: dict[str, Any] = {
        "quant_method": "compressed-tensors",
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights}},
        "ignore": ["lm_head"],
    }
    return {**HIDDEN, "quantization_config": {**block, **changes}}


PACKED = {
    "l.0.down_proj.weight_packed": ("I32", [128, 32], 16384),
    "l.0.down_proj.weight_scale": ("F16", [128, 4], 1024),
    "l.0.up_proj.weight_packed": ("I32", [256, 16], 16384),
    "l.0.up_proj.weight_scale": ("F16", [256, 2], 1024),
    "lm_head.weight": ("F16", [436, 128], 111616),
    "l.embed_tokens.weight": ("F16", [436, 128], 111616),
    "l.norm.weight": ("F16", [128], 256),
}
