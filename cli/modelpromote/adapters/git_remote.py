"""Fetching from and pushing to a remote: time-limited, and the same whatever the user's git is configured to do."""

import random
import re

from modelpromote.adapters import clock
from modelpromote.adapters.git_command import Git
from modelpromote.adapters.git_faults import failure, reason, remote_said
from modelpromote.failures import Failure

_FETCH = (
    "-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-prune",
    "--no-write-fetch-head", "--no-write-commit-graph", "--no-recurse-submodules",
)  # fmt: skip
_PUSH = ("push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-recurse-submodules", "--no-signed")
_LOCKED = re.compile(r"cannot lock ref|Unable to create '.*\.lock'")
_TRIES = 5


def check_name(git: Git, remote: str) -> None:
    """The remote is one of the repository's."""
    known = git.must("remote").decode().split()
    if remote not in known:
        raise Failure(
            f"there is no remote {remote!r} (there is: {', '.join(known) or 'none'})", "name one with --remote"
        )


def fetch(git: Git, remote: str, branch: str) -> None:
    """Bring a remote's branch to `refs/remotes/`; another git that does the same just now is waited for."""
    status, err = 1, ""
    for _ in range(_TRIES):
        status, _, err = git.talk(*_FETCH, remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")
        if status == 0 or not _LOCKED.search(err):
            break
        clock.wait(random.uniform(0.05, 0.3))  # noqa: S311 - it spreads, it guards nothing
    if status != 0:
        hint = f"look whether branch {branch} of {remote} exists and can be read: git ls-remote {remote} {branch}"
        raise failure(f"cannot fetch {branch} from {remote}", err, hint, remote, branch)


def has_branch(git: Git, remote: str, branch: str) -> bool:
    """Whether the remote has a branch, asked of the remote."""
    status, out, err = git.talk("ls-remote", remote, f"refs/heads/{branch}")
    if status != 0:
        raise failure(f"cannot ask {remote} for {branch}", err, "check the remote's address", remote, branch)
    return bool(out.strip())


def push(git: Git, remote: str, commit: str, branch: str, lease: str | None) -> str:
    """Push one commit to a branch: empty when done, else why not, in git's words and then in the remote's.

    Fast-forward only. With a lease (the commit that the branch must have; empty: none) whatever else it is.
    """
    held = [f"--force-with-lease=refs/heads/{branch}:{lease}"] if lease is not None else []
    settings = ["-c", f"remote.{remote}.mirror=false"]
    try:
        status, out, err = git.talk(*settings, *_PUSH, *held, remote, f"{commit}:refs/heads/{branch}")
    except KeyboardInterrupt as stop:
        hint = "look with `promote status`; a promotion that has landed is not made twice"
        unknown = "whether it was pushed is not known"
        raise Failure(f"stopped while {commit[:12]} was being pushed to {branch} of {remote}", hint, unknown) from stop
    if status == 0:
        return ""
    rejected = [line for line in out.decode(errors="replace").splitlines() if line.startswith("!")]
    if not rejected:
        return reason(err) or f"git push ended with {status}"
    return f"{rejected[0].split(chr(9))[-1]} {remote_said(err)}".strip()
