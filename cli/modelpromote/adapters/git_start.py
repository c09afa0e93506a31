"""A folder before it is a repository: whether it lies in one, and making it one. Nothing is committed."""

import re
import shutil
from pathlib import Path

from modelpromote.adapters.git_faults import failure
from modelpromote.adapters.probe import Answer, ask
from modelpromote.failures import Failure

_PATIENCE = 60  # seconds
_CREDENTIALS = re.compile(r"(?<=://)[^/@]+@")


def enclosing(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in; None where it lies in none. The folder need not be there."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    said = _git(there, "rev-parse", "--show-toplevel")
    return Path(said.out.rstrip("\n")).resolve() if said.worked and said.out.strip() else None


def head_branch(folder: Path) -> str:
    """The branch that is checked out; empty where there is none."""
    said = _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    return said.out.strip() if said.worked else ""


def origin_address(folder: Path) -> str:
    """The address of `origin` without a password; empty where there is none."""
    said = _git(folder, "config", "--get", "remote.origin.url")
    address = said.out.strip() if said.worked else ""
    return _CREDENTIALS.sub("", address) if address.startswith(("http://", "https://")) else address


def start(folder: Path, branch: str) -> None:
    """Make an empty repository whose first branch has this name."""
    said = _git(folder, "init", "--quiet", "--object-format=sha1", f"--initial-branch={branch}")
    if not said.worked:
        raise failure("git init failed", said.err, "git 2.30 or newer is needed: git --version")


def _git(folder: Path, *arguments: str) -> Answer:
    if shutil.which("git") is None:
        raise Failure("git was not found", "install git, or put it on PATH")
    said = ask(["git", *arguments], _PATIENCE, folder=folder)
    if said.hung or said.status < 0:
        raise Failure(f"git {arguments[0]} did not answer: {said.err or 'cut off'}", "run it by hand to see more")
    return said
