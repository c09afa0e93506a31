"""Blobs that a partial clone does not have yet: asked for together, before they are read one by one.

Git fetches a missing object when it is read, a round trip for each. What a job is about to read is known before.
"""

from collections.abc import Sequence
from functools import cached_property

from modelpromote.adapters.git_command import Git

_FETCH = (
    "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.negotiationAlgorithm=noop",
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none",
    "--stdin",
)  # fmt: skip


class PartialClone:
    """What this clone was told to leave at a remote; nothing where it is a whole one."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._asked: set[tuple[str, ...]] = set()

    @cached_property
    def _remote(self) -> str:
        """The remote that keeps what is not here; empty for a whole clone."""
        if not any((self._git.common_dir / "objects" / "pack").glob("*.promisor")):
            return ""
        _, out, _ = self._git.run("config", "--name-only", "--get-regexp", r"^remote\..*\.promisor$")
        first = out.decode(errors="replace").split("\n", 1)[0]
        return first.removeprefix("remote.").removesuffix(".promisor")

    def bring(self, commit: str, paths: Sequence[str], *, history: bool = False) -> None:
        """Fetch what is missing of some paths (git's pathspecs) in a commit, or in its first-parent history.

        It is asked for once; what cannot be brought this way is left for git to fetch when it is read.
        """
        asked = (commit, str(history), *paths)
        if not paths or not self._remote or asked in self._asked:
            return
        self._asked.add(asked)
        where = ("--first-parent", commit) if history else (f"{commit}^{{tree}}",)
        listed = self._git.run("rev-list", "--objects", "--missing=print", *where, "--", *paths)[1]
        missing = [line[1:] for line in listed.splitlines() if line.startswith(b"?")]
        if missing:
            self._git.talk(*_FETCH, self._remote, fed=b"\n".join(missing) + b"\n")
