"""What git, ssh and forges say when something fails: one line for a person, and the way out where it is known."""

import re

from modelpromote.failures import Failure

_LONGEST = 300
_ADVICE = re.compile(
    r"hint:|warning:|To |\*\* |Please make sure|and the repository exists|error: failed to push some refs"
    r"|fatal: [Cc]ould not read from remote"
)
_NO_NEWS = re.compile(r"\d+% \(|^(Counting|Compressing|Enumerating|Total|Processed|Resolving) |^[\W_]*$")
_SECRET = re.compile(r"(?<=://)[^/@\s']+@")

# (what git says in English, the way out); the first that is found counts
_WAYS_OUT = (
    (r"dubious ownership", "{safe_directory}"),
    (r"error: 403|denied to |ermission to .* denied|not allowed to (push|upload)", "this account may not: {check}"),
    (r"could not read (Username|Password)|Authentication failed|error: 401", "check the credentials: {check}"),
    (r"Permission denied \(", "check your ssh key: {check}"),
    (r"Host key verification failed", "connect once by hand, and compare the host's key: {check}"),
    (r"[Cc]ould not resolve|[Cc]onnect|unreachable|no answer in|too slow|timed out", "check the network: {check}"),
    (r"couldn't find remote ref", "check `branch:` in promote.yaml: {check}"),
    (r"[Rr]epository .*not found|does not appear to be|does not exist|error: 404", "check the address: {check}"),
    (r"File exists", "another git is at work here, or one was killed: where none runs, remove the .lock file"),
    (r"exists; cannot create", "a branch that is gone stands in the way: git remote prune {remote}"),
    (r"No space left", "make room on the disk"),
    (r"Permission denied|insufficient permission|Read-only", "check who may write to the git directory"),
)
# a push that lost against another one which has not moved the branch yet, or has moved it back
_ONLY_LATE = re.compile(
    r"failed to update ref|cannot lock ref|incorrect old value|fetch first|non-fast-forward|stale info"
    r"|reference already exists|failed to lock|Unable to create '.*\.lock'"
)


def reason(err: str) -> str:
    """What stderr says is wrong, in one line: git's own words, then the remote's; advice and progress left out."""
    lines = [line.strip() for line in _SECRET.sub("", err).replace("\r", "\n").splitlines()]
    news = [line for line in lines if line and not _ADVICE.match(line)]
    faults = [line for line in news if re.match(r"(fatal|error|ERROR):", line)]
    said = remote_said(err)
    rest = [line for line in news if not line.startswith("remote:")]
    chosen = [*faults[:1], *([said] if said else [])] or rest[-1:] or [line for line in lines if line][:1]
    return "; ".join(chosen)[:_LONGEST]


def remote_said(err: str) -> str:
    """What the other side said, in its own language; frames and progress left out."""
    lines = [line.strip() for line in _SECRET.sub("", err).replace("\r", "\n").splitlines()]
    said = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    return " ".join(line for line in said if not _NO_NEWS.search(line))[:_LONGEST]


def failure(what: str, err: str, hint: str, remote: str = "origin", branch: str = "") -> Failure:
    """A Failure of one line, with the way out where the fault is known, and with `hint` where it is not."""
    text = reason(err) or "no message"
    check = f"git ls-remote {remote} {branch}".rstrip()
    for pattern, way_out in _WAYS_OUT:
        if re.search(pattern, err):
            hint = way_out.format(check=check, remote=remote, safe_directory=_safe_directory(err))
            break
    return Failure(f"{what}: {text}", hint)


def came_too_late(told: str) -> bool:
    """Whether a push failed only because another one was under way."""
    return bool(_ONLY_LATE.search(told))


def _safe_directory(err: str) -> str:
    found = re.search(r"git config --global --add safe\.directory .*", err)
    return f"if you trust it, run: {found.group().strip()}" if found else "see `safe.directory` in git help config"
