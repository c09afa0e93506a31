"""A model repository on the Hub, through huggingface_hub: its files with their digests, never the weights themselves.

The endpoint is HF_ENDPOINT, the login HF_TOKEN (or the one that `hf auth login` stored).
https://huggingface.co/docs/huggingface_hub
"""

import hashlib
import importlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from huggingface_hub import HfApi, get_session, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # public, but not listed there

from modelpromote.failures import Failure

TIMEOUT = 20  # seconds, for the connection and for each piece
MAX_FILES = 10_000
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FAILED = 400


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file: size in bytes; `sha256` where it lies in LFS, else empty; `blob` the id that git gives its content."""

    path: str
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class HubRepository:
    """A repository at one commit."""

    name: str
    commit: str
    files: tuple[HubFile, ...]


class Hub:
    """Asks the Hub. Every refusal is one Failure of one line."""

    def __init__(self) -> None:
        self._endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        self._api = HfApi(endpoint=self._endpoint)

    def repository(self, name: str, revision: str) -> HubRepository:
        """The files of a branch, tag or commit, and the commit that it is."""
        with _refusals(name, revision):
            info = self._api.model_info(name, revision=revision, files_metadata=True, timeout=TIMEOUT)
        commit, siblings = info.sha or "", info.siblings or []
        if _COMMIT.fullmatch(commit) is None or (_COMMIT.fullmatch(revision) and commit != revision):
            raise Failure(f"the Hub names no commit for {name}@{revision}", "name a full commit of 40 hex digits")
        if len(siblings) > MAX_FILES:
            raise Failure(f"{name} has {len(siblings)} files, at most {MAX_FILES} are read", "name another repository")
        return HubRepository(name, commit, tuple(_file(name, one) for one in siblings))

    def content(self, repository: HubRepository, file: HubFile) -> bytes:
        """A small file whole, held against the size and digest that the Hub lists."""
        data = self.head(repository, file, file.size + 1)
        is_listed = hashlib.sha256(data).hexdigest() == file.sha256 if file.sha256 else blob_id(data) == file.blob
        if len(data) != file.size or not is_listed:
            raise Failure(
                f"{file.path} of {repository.name} is not what the Hub lists", "try again; else ask its owner"
            )
        return data

    def head(self, repository: HubRepository, file: HubFile, count: int) -> bytes:
        """The first bytes of a file, asked for as a range."""
        url = hf_hub_url(repository.name, file.path, revision=repository.commit, endpoint=self._endpoint)
        headers = {**build_hf_headers(), "Range": f"bytes=0-{max(count, 1) - 1}", "Accept-Encoding": "identity"}
        if not file.size:
            return b""
        with (
            _refusals(repository.name, repository.commit),
            get_session().stream("GET", url, headers=headers, follow_redirects=True, timeout=TIMEOUT) as response,
        ):
            if response.status_code >= _FAILED:
                raise _refused(repository.name, file.path, response)
            found = b""
            for piece in response.iter_bytes():
                found += piece
                if len(found) >= count:
                    break
        return found[:count]


def blob_id(content: bytes) -> str:
    """The id that git gives to a file's content, as the Hub lists it."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _file(name: str, sibling: Any) -> HubFile:
    lfs = sibling.lfs
    sha256, blob = (lfs.sha256 if lfs else ""), sibling.blob_id or ""
    size = (lfs.size if lfs else None) or sibling.size
    if not isinstance(size, int) or size < 0 or (lfs and not _SHA256.fullmatch(str(sha256))):
        raise Failure(f"the Hub lists no size and digest for a file of {name}", "try again; else ask its owner")
    if not str(sibling.rfilename).isprintable():
        raise Failure(f"{name} has a file whose name cannot be shown", "do not use this repository")
    return HubFile(str(sibling.rfilename), size, str(sha256), str(blob))


@contextmanager
def _refusals(name: str, revision: str) -> Iterator[None]:
    """What the Hub or the way to it says no with, as a Failure of one line."""
    # the client behind huggingface_hub has had three names: its errors are looked up where it comes from
    client = importlib.import_module(type(get_session()).__module__.partition(".")[0])
    try:
        yield
    except HfHubHTTPError as fault:
        raise _refused(name, revision, fault.response) from fault
    except client.TimeoutException as fault:
        raise Failure(f"the Hub did not answer within {TIMEOUT} s", "try again, or check HF_ENDPOINT") from fault
    except client.HTTPError as fault:
        raise Failure(
            f"the Hub cannot be reached: {type(fault).__name__}", "check the network and HF_ENDPOINT"
        ) from fault
    except ValueError as fault:
        raise Failure(f"the Hub's answer about {name} cannot be read", "check HF_ENDPOINT") from fault


def _refused(name: str, what: str, response: Any) -> Failure:
    status = response.status_code
    if status == 401:  # noqa: PLR2004
        return Failure(
            f"the Hub shows {name} only to who logs in, or has none (401)", "set HF_TOKEN, or check the name"
        )
    if status == 403:  # noqa: PLR2004
        return Failure(f"this login may not read {name} (403)", "accept its terms on the Hub, or use another HF_TOKEN")
    if status == 404:  # noqa: PLR2004
        return Failure(f"the Hub has no {name} with {what} (404)", "check repository, revision and HF_TOKEN")
    if status == 429:  # noqa: PLR2004
        return Failure("the Hub takes no more requests for now (429)", "wait some minutes, or set HF_TOKEN")
    return Failure(f"the Hub answered {status} for {name}", "try again later")
