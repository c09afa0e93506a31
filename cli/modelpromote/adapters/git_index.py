"""What git's index knows of the working tree: blob ids of files that are as they were, without reading them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from modelpromote.adapters.git_command import Git


@dataclass(frozen=True, slots=True)
class Index:
    """`blobs` maps tracked paths to object ids; `edited` are paths that differ from them, untracked or ignored."""

    blobs: Mapping[str, str]
    edited: frozenset[str]


def read_index(git: Git, folders: Sequence[str]) -> Index:
    """The index below some folders. Files that git was told not to look at count as edited."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        changed = beside.submit(_changed, git, folders)
        listed = git.must("ls-files", "-z", "--stage", "-v", "--", *folders).decode(errors="surrogateescape")
    blobs: dict[str, str] = {}
    edited: set[str] = set()
    for entry in listed.split("\0"):
        if entry:
            state, path = entry.split("\t", 1)
            tag, _, blob, stage = state.split(" ")
            blobs[path] = blob
            if tag != "H" or stage != "0":
                edited.add(path)
    return Index(blobs, frozenset(edited | changed.result()))


def _changed(git: Git, folders: Sequence[str]) -> set[str]:
    """Paths that `git status` names; of a renamed file both."""
    told = git.must(
        "status", "-z", "--porcelain=v1", "--untracked-files=all", "--ignored=matching", "--no-renames", "--", *folders
    )
    return {entry[3:].rstrip("/") for entry in told.decode(errors="surrogateescape").split("\0") if entry}
