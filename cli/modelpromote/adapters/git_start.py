"""A folder before it is a repository: whether it lies in one, and making it one. Nothing is committed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from modelpromote.adapters.git_command import LED_ASTRAY
from modelpromote.adapters.git_faults import failure
from modelpromote.failures import Failure

_PATIENCE = 60  # seconds
_CREDENTIALS = re.compile(r"(?<=://)[^/@]+@")


def enclosing(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in; None where it lies in none. The folder need not be there."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    status, out, _ = _git(there, "rev-parse", "--show-toplevel")
    return Path(out.rstrip("\n")).resolve() if status == 0 and out.strip() else None


def head_branch(folder: Path) -> str:
    """The branch that is checked out; empty where there is none."""
    status, out, _ = _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    return out.strip() if status == 0 else ""


def origin_address(folder: Path) -> str:
    """The address of `origin` without a password; empty where there is none."""
    status, out, _ = _git(folder, "config", "--get", "remote.origin.url")
    address = out.strip() if status == 0 else ""
    return _CREDENTIALS.sub("", address) if address.startswith(("http://", "https://")) else address


def start(folder: Path, branch: str) -> None:
    """Make an empty repository whose first branch has this name."""
    status, _, err = _git(folder, "init", "--quiet", "--object-format=sha1", f"--initial-branch={branch}")
    if status != 0:
        raise failure("git init failed", err, "git 2.30 or newer is needed: git --version")


def _git(folder: Path, *arguments: str) -> tuple[int, str, str]:
    if shutil.which("git") is None:
        raise Failure("git was not found", "install git, or put it on PATH")
    env = {name: value for name, value in os.environ.items() if name not in LED_ASTRAY}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=env, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Failure(f"git {arguments[0]} did not answer: {fault}", "run it by hand to see more") from fault
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
