"""What a build may read: Kustomize fetches addresses and follows paths, so both are looked at before it runs.

Only the keys that we render are known, and what they name must be among the files that the build was given.
"""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from modelpromote.adapters.yaml_reader import read_yaml

_NAME = "kustomization.yaml"
_OTHER_NAMES = frozenset({"kustomization.yml", "Kustomization"})
_KEYS = frozenset({"apiVersion", "kind", "metadata", "namespace", "resources", "components", "labels", "patches"})
_PATCH_KEYS = frozenset({"target", "patch"})


def forbidden(files: Mapping[str, bytes]) -> str:
    """The first thing in these files that Kustomize may not be shown; empty where there is none."""
    folders = {posixpath.dirname(path) for path in files}
    for path, content in sorted(files.items()):
        folder, name = posixpath.split(path)
        if name in _OTHER_NAMES:
            return f"{path}: a kustomization is called {_NAME}"
        if name == _NAME:
            fault = next(iter(_faults(folder, content, files, folders)), "")
            if fault:
                return f"{path}: {fault}"
    return ""


def _faults(folder: str, content: bytes, files: Mapping[str, bytes], folders: set[str]) -> Iterable[str]:
    document, problems = read_yaml(_NAME, content)
    data: Any = document.data
    if problems or not isinstance(data, dict):
        yield "it cannot be read"
        return
    yield from (f"{key!r} is not rendered by us" for key in data if key not in _KEYS)
    for key in ("resources", "components"):
        for named in data.get(key) or ():
            place = posixpath.normpath(posixpath.join(folder, named)) if isinstance(named, str) else ""
            if place not in files and place not in folders:
                yield f"{key} name {named!r}, which is not part of the release"
    for patch in data.get("patches") or ():
        if not isinstance(patch, dict) or not set(patch) <= _PATCH_KEYS:
            yield "a patch reads another file"
