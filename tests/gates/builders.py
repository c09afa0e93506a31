"""Variants, runs and cases for the gates' tests, made of real evidence."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import Entry, Run, root_digest
from modelpromote.core.gates.gate import Case, Subject
from modelpromote.core.manifest import ArtifactFile, Variant
from modelpromote.evidence import READERS, artifact
from modelpromote.evidence.lm_eval import reduce_samples

DATA = Path(__file__).parents[1] / "data" / "evidence"
SHARED = Path(__file__).parents[2].parent / "shared"
NEGATIVE = SHARED / "tiny-llama" / "evidence-negative"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not here")

BASELINE, INT4, INT2 = "v1.0-fp16", "v1.3-int4-g64", "v1.4-int2-g64"
RECIPES: dict[str, dict[str, object]] = {
    INT4: {"scheme": "W4A16", "bits": 4, "groupSize": 64},
    INT2: {"scheme": "W2A16", "bits": 2, "groupSize": 64},
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def files_under(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def kept(variant: str, kind: str) -> dict[str, bytes]:
    return files_under(DATA / variant / kind)


def reduced(folder: Path) -> dict[str, bytes]:
    """An lm-eval output folder as `promote evidence add` keeps it."""
    files = {path.name: path.read_bytes() for path in folder.glob("results_*.json")}
    for path in folder.glob("samples_*.jsonl"):
        with path.open("rb") as lines:
            files[f"{path.name}.gz"] = reduce_samples(lines)
    return files


def digest_of(variant: str) -> str:
    listed = json.loads((DATA / variant / "artifact" / "files.json").read_bytes())
    return "sha256:" + root_digest((file["path"], file["sha256"]) for file in listed)


def run(kind: str, files: Mapping[str, bytes], digest: str, hour: int = 3, path: str = "models/tiny/v/evidence") -> Run:
    """An entry and its reading, as the tool loads it."""
    listed = [
        {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    entry = Entry.model_validate(
        {
            "schema": "modelpromote/evidence/v1",
            "kind": kind,
            "artifact": digest,
            "files": tuple(listed),
            "tool": {"name": "tool", "version": ""},
            "finishedAt": f"2026-11-24T{hour:02}:00:00Z",
            "runner": "",
        }
    )
    folder = f"{path}/{entry.id}"
    reading = READERS[kind].read(folder, files)
    problems = list(reading.problems)
    if any(f"sha256:{claim}" != digest for claim in reading.claims):
        problems.append(Diagnostic(rules.CLAIM_DISAGREES, Location(f"{folder}/entry.yaml"), "another artifact"))
    digest = "sha256:" + hashlib.sha256(f"{entry.id} {hour}".encode()).hexdigest()
    return Run(folder, digest, entry, reading.content, tuple(problems))


def variant(
    name: str, digest: str, recipe: Mapping[str, object] | None = None, files: tuple[ArtifactFile, ...] = ()
) -> Variant:
    data: dict[str, object] = {
        "apiVersion": "modelpromote/v1",
        "kind": "Variant",
        "model": "tiny-llama",
        "variant": name,
        "baseModel": {"id": "example/tiny-llama"},
        "artifact": {
            "uri": "oci://registry.example/tiny-llama:1",
            "digest": digest,
            "files": tuple(file.model_dump() for file in files),
        },
        "serving": {
            "image": f"registry.example/vllm@sha256:{'0' * 64}",
            "requests": {"cpu": "1", "memory": "1Gi"},
            "limits": {"cpu": "1", "memory": "1Gi"},
        },
    }
    if name != BASELINE:
        data["baseline"] = BASELINE
    if recipe is not None:
        data["quantization"] = {"tool": "llm-compressor", "algorithm": "GPTQ", **recipe}
    return Variant.model_validate(data)


def subject(name: str, *runs: Run, digest: str = "", recipe: Mapping[str, object] | None = None) -> Subject:
    made = variant(name, digest or digest_of(name), recipe or RECIPES.get(name))
    return Subject(made, runs, Location(f"models/tiny-llama/{name}/variant.yaml"))


def genuine(name: str) -> Subject:
    """A variant of the zoo with all of its evidence."""
    digest = digest_of(name)
    return subject(name, *(run(kind, kept(name, kind), digest) for kind in ("artifact", "lm-eval", "junit")))


def case(candidate: Subject, baseline: Subject | None = None) -> Case:
    if baseline is None and not candidate.variant.is_baseline:
        baseline = genuine(BASELINE)
    return Case("test", candidate, baseline, NOON)


def codes(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [found.code for found in findings]


def packed(config: bytes, header: bytes, size: int | None = None) -> tuple[dict[str, bytes], str]:
    """An artifact of one shard, with this config and header, and its digest."""
    ends = [tensor["data_offsets"][1] for name, tensor in json.loads(header).items() if name != "__metadata__"]
    files = (
        ArtifactFile(path="config.json", size=len(config), sha256=hashlib.sha256(config).hexdigest()),
        ArtifactFile(
            path="model.safetensors",
            size=size if size is not None else 8 + len(header) + max(ends),
            sha256=hashlib.sha256(header).hexdigest(),
        ),
    )
    digest = "sha256:" + root_digest((file.path, file.sha256) for file in files)
    return artifact.pack(files, {"config.json": config, "headers/model.safetensors.json": header}), digest
