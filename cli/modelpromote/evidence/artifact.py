"""An artifact directory, from what is kept of it: config.json, safetensors headers, every file's digest.

Kept are `config.json`, `recipe.yaml`, `hf_quant_config.json` and `quantize_config.json` (where there is one; the
recipe is never parsed here), `headers/<shard>.json` (the header of each .safetensors file, byte for byte) and
`files.json` (path, size and sha256 of every file).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter, ValidationError

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.core.evidence import ArtifactFacts, Reading, root_digest
from modelpromote.core.manifest import ArtifactFile
from modelpromote.evidence.json_text import Json, NotJson, load, mapping, text
from modelpromote.evidence.layer import UnknownWidth
from modelpromote.evidence.module_names import UnreadablePattern
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.quantisers import BESIDE, described
from modelpromote.evidence.safetensors import LENGTH_BYTES, NotSafetensors, Tensor, header_length, tensors
from modelpromote.evidence.scheme import Scheme, UnreadableScheme
from modelpromote.evidence.shape import dimensions, leftovers
from modelpromote.evidence.weights import Measured, measured, stored_types

__all__ = ["CONFIG", "FILES", "KEPT", "NotSafetensors", "header_length", "header_name", "pack", "read"]

CONFIG, RECIPE, FILES, WEIGHTS = "config.json", "recipe.yaml", "files.json", ".safetensors"
KEPT = frozenset({CONFIG, RECIPE, *BESIDE})
MAX_FILES = 10_000
_FILE_LIST: TypeAdapter[tuple[ArtifactFile, ...]] = TypeAdapter(tuple[ArtifactFile, ...])


class _Fault(Exception):
    """What ends the reading: the rule, the kept file, and the detail. It becomes a diagnostic in `read`."""

    def __init__(self, rule: Rule, name: str, detail: str) -> None:
        super().__init__(detail)
        self.rule, self.name, self.detail = rule, name, detail


def header_name(shard: str) -> str:
    """The kept file with the header of this .safetensors file."""
    return f"headers/{shard}.json"


def pack(files: tuple[ArtifactFile, ...], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an evidence folder: those that are kept as they are, and files.json, one file per line."""
    ordered = sorted(files, key=lambda file: file.path.split("/"))
    rows = ",\n".join(json.dumps(file.model_dump(), ensure_ascii=True) for file in ordered)
    return {**kept, FILES: f"[\n{rows}\n]\n".encode("ascii")}


def read(path: str, files: Mapping[str, bytes]) -> Reading:
    """The facts of the artifact whose kept files lie in the folder `path`."""
    try:
        listed = _listed(files)
        config = _json_object(files, CONFIG)
        problems = tuple(
            Diagnostic(rule, Location(f"{path}/{name}"), detail) for rule, name, detail in _binding(files, listed)
        )
        facts, meant = _facts(files, listed, config)
    except _Fault as fault:
        return Reading(None, problems=(Diagnostic(fault.rule, Location(f"{path}/{fault.name}"), fault.detail),))
    claims = frozenset({root_digest((file.path, file.sha256) for file in listed)})
    version = meant.version or printable(text(config.get("transformers_version")), 40)
    return Reading(facts, meant.method or "transformers", version, None, claims, problems)


def _facts(
    files: Mapping[str, bytes], listed: tuple[ArtifactFile, ...], config: Mapping[str, Json]
) -> tuple[ArtifactFacts, Scheme]:
    stored = _tensors(files, listed)
    beside = {name: _json_object(files, name) for name in sorted(BESIDE & files.keys())}
    try:
        meant = described(config, beside)
    except (UnreadableScheme, UnreadablePattern) as fault:
        raise _Fault(rules.UNREADABLE_EVIDENCE, CONFIG, f"quantization_config: {fault}") from fault
    found = _measured(stored, config, meant)
    facts = ArtifactFacts(
        files=listed,
        method=meant.method,
        configured=meant.groups,
        measured=found.groups,
        stored=stored_types(stored.values(), found.modules),
        leftovers=leftovers(stored, meant),
        ignore=tuple(printable(entry) for entry in meant.ignore),
        format=meant.format,
        kv_cache=meant.kv_cache,
    )
    return facts, meant


def _measured(stored: Mapping[str, Tensor], config: Mapping[str, Json], meant: Scheme) -> Measured:
    """What the headers show. Of a method that is not read, nothing where they cannot be explained."""
    try:
        found = measured(stored, dimensions(config), meant.groups)
    except UnknownWidth as fault:
        if meant.method and not meant.groups:
            return Measured((), frozenset(), frozenset())
        raise _Fault(rules.CONFIG_NOT_HEADER, CONFIG, str(fault)) from fault
    other = found.layouts - {meant.method}
    if meant.groups and meant.method in {"gptq", "awq"} and other:
        detail = f"quant_method is {meant.method}, the weights are packed as {', '.join(sorted(other))} packs them"
        raise _Fault(rules.CONFIG_NOT_HEADER, CONFIG, detail)
    return found


def _listed(files: Mapping[str, bytes]) -> tuple[ArtifactFile, ...]:
    """files.json: every file of the artifact, each once."""
    value = _json(files, FILES)
    if not isinstance(value, list):
        raise _Fault(rules.UNREADABLE_EVIDENCE, FILES, "not a list of files")
    try:
        listed = _FILE_LIST.validate_python(tuple(value))
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = printable(f"{place}: {first['msg'].removeprefix('Value error, ')}")
        raise _Fault(rules.UNREADABLE_EVIDENCE, FILES, detail) from fault
    paths = {file.path for file in listed}
    if not listed or len(paths) != len(listed) or len(listed) > MAX_FILES:
        raise _Fault(rules.UNREADABLE_EVIDENCE, FILES, f"not 1 to {MAX_FILES} files, each listed once")
    return listed


def _binding(files: Mapping[str, bytes], listed: tuple[ArtifactFile, ...]) -> Iterator[tuple[Rule, str, str]]:
    """Where what is kept is not of the files that are listed: rule, kept file, detail."""
    by_path = {file.path: file for file in listed}
    shards = {header_name(path) for path in by_path if path.endswith(WEIGHTS)}
    for name in sorted(set(files) - {FILES} - shards):
        if name not in KEPT:
            yield rules.DIGESTS_DISAGREE, name, f"{name} belongs to no file of {FILES}"
        elif name not in by_path:
            yield rules.DIGESTS_DISAGREE, name, f"{name} is not listed in {FILES}"
        elif hashlib.sha256(files[name]).hexdigest() != by_path[name].sha256 or len(files[name]) != by_path[name].size:
            yield (
                rules.DIGESTS_DISAGREE,
                name,
                f"{name} is not the file that {FILES} lists: digest or size differ",
            )
    for name in sorted(shards - set(files)):
        yield rules.DIGESTS_DISAGREE, FILES, f"{FILES} lists a .safetensors file, but {name} is missing"


def _tensors(files: Mapping[str, bytes], listed: tuple[ArtifactFile, ...]) -> dict[str, Tensor]:
    """The tensors of all shards by name. A header must fill its file to the last byte, as the format says."""
    found: dict[str, Tensor] = {}
    for file in listed:
        name = header_name(file.path)
        if not file.path.endswith(WEIGHTS) or name not in files:
            continue
        shard = _shard(name, files[name])
        described = LENGTH_BYTES + len(files[name]) + max((tensor.end for tensor in shard), default=0)
        if described != file.size:
            detail = f"the header describes a file of {described} bytes, {FILES} lists {file.size}"
            raise _Fault(rules.DIGESTS_DISAGREE, name, detail)
        for tensor in shard:
            before = found.setdefault(tensor.name, tensor)
            if (before.dtype, before.shape) != (tensor.dtype, tensor.shape):
                raise _Fault(rules.UNREADABLE_EVIDENCE, name, f"{tensor.name} is in two files, in two forms")
    if not found:
        raise _Fault(rules.UNREADABLE_EVIDENCE, FILES, "no tensor in any .safetensors file")
    return found


def _shard(name: str, data: bytes) -> tuple[Tensor, ...]:
    try:
        return tensors(data)
    except (NotJson, NotSafetensors) as fault:
        raise _Fault(rules.UNREADABLE_EVIDENCE, name, str(fault)) from fault


def _json_object(files: Mapping[str, bytes], name: str) -> dict[str, Json]:
    value = _json(files, name)
    if not isinstance(value, dict):
        raise _Fault(rules.UNREADABLE_EVIDENCE, name, "not an object")
    return mapping(value)


def _json(files: Mapping[str, bytes], name: str) -> Json:
    if name not in files:
        raise _Fault(rules.UNREADABLE_EVIDENCE, name, f"{name} is missing")
    try:
        return load(files[name])
    except NotJson as fault:
        raise _Fault(rules.UNREADABLE_EVIDENCE, name, str(fault)) from fault
