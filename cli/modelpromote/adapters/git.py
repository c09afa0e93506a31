"""A git repository as the tool needs it: objects in, objects out, never the checkout.

No call touches the index, the stash, a local branch or a file of the working tree.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from stat import S_ISREG

from modelpromote.adapters import git_remote
from modelpromote.adapters.git_command import Git
from modelpromote.adapters.git_faults import failure, reason
from modelpromote.adapters.git_index import Index, read_index
from modelpromote.adapters.git_objects import LOG, GitTree, moment, parse_log, read_blob, write_tree
from modelpromote.adapters.git_partial import PartialClone
from modelpromote.core.history import Change, Landing
from modelpromote.failures import Failure

_SHA256_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Author:
    """Who commits, and the time that the commit will carry."""

    name: str
    time: datetime
    stamp: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A file that a commit changed; `raw` is git's own entry, with the mode and object that it left."""

    landing: Landing
    path: str
    raw: str


class GitRepository:
    """A repository on the disk: a clone, a worktree, bare or not."""

    def __init__(self, path: Path) -> None:
        self._git = Git(path)
        self._lacking = PartialClone(self._git)
        self.scratch = self._git.git_dir / "modelpromote"

    @property
    def root(self) -> Path:
        """The working tree; a bare repository has none."""
        if self._git.working_tree is None:
            raise Failure(f"{self._git.git_dir} is bare: it has no working tree", "run it in a clone of it")
        return self._git.working_tree

    def close(self) -> None:
        """End the processes that are kept for reading objects."""
        self._git.close()

    # --- reading ---

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names; None where there is none."""
        asked = f"{revision}^{{commit}}"
        status, out, err = self._git.run("rev-parse", "--verify", "--quiet", "--end-of-options", asked)
        if status > 1:
            raise failure(f"git cannot read {self._git.git_dir}", err, "run it by hand: git rev-parse HEAD")
        commit = out.decode().strip()
        if len(commit) == _SHA256_LENGTH:
            raise Failure("the repository's object format is sha256", "only repositories with sha1 can be read")
        return commit if status == 0 else None

    def tree(self, commit: str) -> GitTree:
        """The tree of a commit."""
        return GitTree(self._git, commit, self._lacking)

    def blob(self, sha: str, path: str) -> bytes:
        """The content of a blob, of at most MAX_BLOB bytes; `path` is named where that fails."""
        return read_blob(self._git, sha, path)

    def is_shallow(self) -> bool:
        """Whether the history was cut off by a shallow clone."""
        return self._git.must("rev-parse", "--is-shallow-repository").strip() == b"true"

    def index(self, folders: Sequence[str]) -> Index:
        """What git knows of the working tree's files without reading them."""
        return read_index(self._git, folders)

    def left_out(self, folders: Sequence[str]) -> tuple[str, ...]:
        """Tracked files below some folders that a sparse checkout leaves out of the working tree."""
        if not (self._git.git_dir / "info" / "sparse-checkout").exists():
            return ()
        listed = self._git.must("ls-files", "-z", "-t", "--", *folders).decode(errors="replace")
        return tuple(entry[2:] for entry in listed.split("\0") if entry.startswith("S "))

    def log(self, commit: str, paths: Sequence[str]) -> tuple[Logged, ...]:
        """What happened to files along the first-parent history, oldest first.

        A merge counts as its difference to its first parent, at the time when it was made.
        """
        if self.is_shallow():
            raise Failure("this clone is shallow: the history that decides is cut off", "run: git fetch --unshallow")
        where = [f":(top,glob){path}" for path in paths]
        self._lacking.bring(commit, where, history=True)
        out = self._git.must(*LOG, commit, "--", *where)
        entries = list(reversed(parse_log(out)))
        positions = {
            commit: place for place, commit in enumerate(dict.fromkeys(landing.commit for landing, _, _ in entries))
        }
        return tuple(
            Logged(replace(landing, position=positions[landing.commit]), path, raw.decode())
            for landing, raw, path in entries
        )

    def change(self, logged: Logged) -> Change:
        """The same with the content that the commit left."""
        _, mode, _, sha, _ = logged.raw.split(" ")
        content = self.blob(sha, logged.path) if S_ISREG(int(mode, 8)) else None
        return Change(logged.landing, logged.path, content)

    def contains(self, commit: str, other: str) -> bool:
        """Whether `other` is a commit, or an ancestor of it."""
        status, _, err = self._git.run("merge-base", "--is-ancestor", other, commit)
        if status > 1:
            raise failure("git merge-base failed", err, "run: git fsck")
        return status == 0

    def same_change(self, one: str, other: str) -> bool:
        """Whether two commits have the same parent and the same tree."""
        shown = [
            self._git.must("-c", "log.showSignature=false", "show", "--no-patch", "--format=%T %P", commit)
            for commit in (one, other)
        ]
        return shown[0] == shown[1]

    # --- writing objects ---

    def author(self) -> Author:
        """Who commits now, as git is configured, and when (GIT_COMMITTER_DATE is honoured)."""
        status, out, err = self._git.run("var", "GIT_COMMITTER_IDENT")
        if status != 0:
            raise _nobody(err)
        name, _, rest = out.decode(errors="replace").strip().partition(" <")
        stamp = rest.rpartition("> ")[2]
        return Author(name, moment(stamp.split()[0]), stamp)

    def commit(self, base: str, changes: Mapping[str, bytes], message: str, author: Author) -> str:
        """A commit on top of `base` in which these files have these contents; signed where git says so."""
        tree = write_tree(self._git, f"{base}^{{tree}}", changes)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as text:
            text.write(message)
            text.flush()
            signed = self._signed()
            status, out, err = self._git.run(
                "commit-tree", tree, "-p", base, "-F", text.name, *signed, env={"GIT_COMMITTER_DATE": author.stamp}
            )
        if status != 0 and "identity unknown" in err:
            raise _nobody(err)
        if status != 0 and signed:
            way_out = "commit.gpgSign is on; see what fails: git commit-tree -S -m test 'HEAD^{tree}'"
            raise Failure(f"cannot sign the commit: {reason(err)}", way_out)
        if status != 0:
            raise failure("cannot commit", err, "run: git fsck")
        return out.decode().strip()

    def _signed(self) -> list[str]:
        status, out, err = self._git.run("config", "--type=bool", "commit.gpgSign")
        if status > 1:
            raise Failure(f"commit.gpgSign cannot be read: {reason(err)}", "set it to true or false")
        return ["-S"] if out.strip() == b"true" else []

    def point(self, ref: str, commit: str) -> None:
        """Let a ref of the tool's own (`refs/modelpromote/...`) name a commit."""
        self._git.must("update-ref", "-m", "promote", ref, commit)

    # --- the remote ---

    def fetch(self, remote: str, branch: str) -> str:
        """The tip of a remote's branch, just fetched."""
        git_remote.check_name(self._git, remote)
        git_remote.fetch(self._git, remote, branch)
        tip = self.resolve(f"refs/remotes/{remote}/{branch}")
        if tip is None:
            raise Failure(f"{remote} has no branch {branch}", "check `branch:` in promote.yaml")
        return tip

    def remote_tip(self, remote: str, branch: str) -> str:
        """The commit of a remote's branch, fetched; empty where there is no such branch."""
        return self.fetch(remote, branch) if git_remote.has_branch(self._git, remote, branch) else ""

    def push(self, remote: str, commit: str, branch: str, *, instead_of: str | None = None) -> str:
        """Push one commit to a remote's branch; the reason as git gives it, or empty when done.

        Fast-forward only, unless the branch is the tool's own and still at `instead_of` (empty: not there).
        """
        return git_remote.push(self._git, remote, commit, branch, instead_of)


def _nobody(err: str) -> Failure:
    hint = 'run: git config --global user.email "you@example.com" and git config --global user.name "Your Name"'
    return failure("git does not know who you are", err, hint)
