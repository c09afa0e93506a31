"""An artifact on the Hub, described without its weights: LFS digests, small files, and headers by range."""

import hashlib
import re
from collections.abc import Callable

from pydantic import ValidationError

from modelpromote.adapters.hub import Hub, HubFile, HubRepository
from modelpromote.core.manifest import ArtifactFile
from modelpromote.evidence import artifact
from modelpromote.failures import Failure, Usage
from modelpromote.workflows.artifact_about import CARD
from modelpromote.workflows.artifact_described import Described, describe

_SOURCE = re.compile(r"hf://([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95})(?:@([^\s@]{1,200}))?")
_DEFAULT = "main"
MAX_SMALL = 16 * 2**20  # bytes; what is larger lies in LFS, and has its digest there
MAX_ALL = 256 * 2**20
_FIRST = 64 * 2**10  # most headers fit into the first request


def describe_on_hub(source: str, notice: Callable[[str], None]) -> Described:
    """The artifact at `hf://ORG/REPO@REVISION`, pinned to the commit that it is now."""
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise Usage(f"{source!r} is no repository on the Hub", "name it hf://ORG/REPO@REVISION")
    name, revision = match[1], match[2] or _DEFAULT
    hub = Hub()
    repository = hub.repository(name, revision)
    files = [file for file in repository.files if not any(part.startswith(".git") for part in file.path.split("/"))]
    listed, kept, hashed = _read(hub, repository, files, notice)
    pinned = f"hf://{name}@{repository.commit}"
    notes = [f"digest: OpenSSF model-signing root over {len(listed)} files: {len(listed) - hashed} by the sha256 that "
             f"the Hub lists (LFS), {hashed} downloaded and hashed"]  # fmt: skip
    if revision != repository.commit:
        notes.insert(0, f"{revision} is commit {repository.commit} now: pinned to it")
    return describe(pinned, f"hf://{name}:{repository.commit}", {**artifact.pack(listed, kept)}, tuple(notes))


def _read(
    hub: Hub, repository: HubRepository, files: list[HubFile], notice: Callable[[str], None]
) -> tuple[tuple[ArtifactFile, ...], dict[str, bytes], int]:
    """Every file with its digest, what is kept of them, and how many were downloaded to be hashed."""
    listed: list[ArtifactFile] = []
    kept: dict[str, bytes] = {}
    hashed = taken = 0
    for file in files:
        entry = _checked(repository, file)
        data = _small(hub, repository, file, notice)
        taken += len(data or b"")
        hashed += not file.sha256
        digest = file.sha256 or hashlib.sha256(data or b"").hexdigest()
        listed.append(entry.model_copy(update={"sha256": digest}))
        if data is not None and file.path in {*artifact.KEPT, CARD}:
            kept[file.path] = data
        if file.path.endswith(".safetensors"):
            notice(f"reading the header of {file.path}")
            header = _header(hub, repository, file)
            taken += len(header)
            kept[artifact.header_name(file.path)] = header
        if taken > MAX_ALL:
            raise Failure(
                f"{repository.name} has more than {MAX_ALL} bytes of small files", "download it, and name the folder"
            )
    return tuple(listed), kept, hashed


def _small(hub: Hub, repository: HubRepository, file: HubFile, notice: Callable[[str], None]) -> bytes | None:
    """The content, where it is needed: for its digest, or for what it says."""
    if file.sha256 and file.path not in {*artifact.KEPT, CARD}:
        return None
    if file.size > MAX_SMALL:
        raise Failure(
            f"{file.path} of {repository.name} has {file.size} bytes, at most {MAX_SMALL} are downloaded",
            "download the repository, and name the folder",
        )
    notice(f"downloading {file.path} ({file.size:,} bytes)")
    return hub.content(repository, file)


def _checked(repository: HubRepository, file: HubFile) -> ArtifactFile:
    """The file as a manifest lists it, without its digest yet: nothing is asked for under a path that leads out."""
    try:
        return ArtifactFile(path=file.path, size=file.size, sha256=file.sha256 or "0" * 64)
    except ValidationError as fault:
        raise Failure(
            f"{repository.name} has a file whose path leads out of it", "do not use this repository"
        ) from fault


def _header(hub: Hub, repository: HubRepository, file: HubFile) -> bytes:
    """The header's bytes; none where the file is no safetensors file, which its reader then says."""
    head = hub.head(repository, file, _FIRST)
    try:
        length = artifact.header_length(head)
    except artifact.NotSafetensors:
        return b""
    if len(head) < length + 8 and len(head) < file.size:
        head = hub.head(repository, file, length + 8)
    return head[8 : 8 + length]
