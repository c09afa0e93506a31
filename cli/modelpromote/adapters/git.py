"""Git, through GitPython's plumbing: objects in, objects out, never the checkout. Its only importer.

No call touches the index, the stash, a local branch or a file of the working tree.
"""

import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from stat import S_IFMT, S_ISDIR, S_ISREG
from typing import Any

from modelpromote.core.history import Change, Landing
from modelpromote.core.tree import EntryKind
from modelpromote.failures import Failure

# set by git for its hooks; they would lead every command to the wrong repository or index
_HOOK_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
)
_COMMIT = re.compile(rb"\x01[0-9a-f]{40,64}")
_FOLDER_MODE, _FILE_MODE = 0o040000, 0o100644
MAX_BLOB = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Author:
    """Who commits, and the time that the commit will carry."""

    name: str
    time: datetime
    stamp: str


class GitTree:
    """The tree of one commit; listings are read once."""

    def __init__(self, repository: "GitRepository", commit: str) -> None:
        self.commit = commit
        self._repository = repository
        self._listings: dict[str, dict[str, tuple[int, bytes]]] = {}

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none."""
        folder, _, name = path.rpartition("/")
        mode, sha = self._listing(folder).get(name, (0, b""))
        return self._repository.blob(sha.hex(), path) if S_ISREG(mode) else None

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name."""
        return {name: _kind(mode) for name, (mode, _) in self._listing(folder).items()}

    def _listing(self, folder: str) -> dict[str, tuple[int, bytes]]:
        if folder not in self._listings:
            self._listings[folder] = self._read_listing(folder)
        return self._listings[folder]

    def _read_listing(self, folder: str) -> dict[str, tuple[int, bytes]]:
        if not folder:
            return self._repository.listing(f"{self.commit}^{{tree}}")
        above, _, name = folder.rpartition("/")
        mode, sha = self._listing(above).get(name, (0, b""))
        return self._repository.listing(sha.hex()) if S_ISDIR(mode) else {}


class GitRepository:
    """A repository on the disk: a clone, a worktree, bare or not."""

    def __init__(self, path: Path) -> None:
        for name in _HOOK_VARIABLES:
            os.environ.pop(name, None)
        os.environ.setdefault("GIT_OPTIONAL_LOCKS", "0")
        if not sys.stdin.isatty():
            os.environ.setdefault("GIT_TERMINAL_PROMPT", "0")
        self._repo = _open(path)
        self.root = Path(self._repo.working_tree_dir or self._repo.git_dir)
        self.scratch = Path(self._repo.git_dir) / "modelpromote"

    # --- reading ---

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names; None where there is none."""
        status, out, _ = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return out.decode().strip() if status == 0 else None

    def tree(self, commit: str) -> GitTree:
        """The tree of a commit."""
        return GitTree(self, commit)

    def listing(self, tree: str) -> dict[str, tuple[int, bytes]]:
        """The entries of a tree object: mode and raw object id by name."""
        from git.objects.fun import tree_entries_from_data

        _, _, _, data = self._object(tree)
        return {name: (mode, sha) for sha, mode, name in tree_entries_from_data(data)}

    def blob(self, sha: str, path: str) -> bytes:
        """The content of a blob, of at most MAX_BLOB bytes; `path` is named where that fails."""
        _, _, size = self._repo.git.get_object_header(sha)
        if size > MAX_BLOB:
            raise Failure(f"{path} has {size} bytes", f"the tool reads no file of more than {MAX_BLOB} bytes")
        return bytes(self._object(sha)[3])

    def is_shallow(self) -> bool:
        """Whether the history was cut off by a shallow clone."""
        _, out, _ = self._run("rev-parse", "--is-shallow-repository")
        return out.strip() == b"true"

    def remotes(self) -> tuple[str, ...]:
        """The names of the remotes."""
        return tuple(self._must("remote").decode().split())

    def log(self, commit: str, paths: Sequence[str]) -> tuple[Change, ...]:
        """What happened to files along the first-parent history, oldest first; contents included.

        A merge counts as its difference to its first parent, at the time when it was made.
        """
        if self.is_shallow():
            raise Failure("this clone is shallow: the history that decides is cut off", "run: git fetch --unshallow")
        out = self._must(
            "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames", "-z",
            "--format=%x01%H%x00%ct%x00%an%x00%P", commit, "--", *(f":(glob){path}" for path in paths),
        )  # fmt: skip
        entries = list(reversed(_parse_log(out)))
        positions = {
            commit: place for place, commit in enumerate(dict.fromkeys(landing.commit for landing, _, _ in entries))
        }
        return tuple(
            self._change(replace(landing, position=positions[landing.commit]), raw, path)
            for landing, raw, path in entries
        )

    def _change(self, landing: Landing, raw: bytes, path: str) -> Change:
        _, mode, _, sha, _ = raw.decode().split(" ")
        content = self.blob(sha, path) if S_ISREG(int(mode, 8)) else None
        return Change(landing, path, content)

    # --- writing objects ---

    def author(self) -> Author:
        """Who commits now, as git is configured, and when (GIT_COMMITTER_DATE is honoured)."""
        status, out, err = self._run("var", "GIT_COMMITTER_IDENT")
        if status != 0:
            raise Failure(
                f"git does not know who you are: {_first_line(err)}",
                'run: git config --global user.email "you@example.com" and git config --global user.name "Your Name"',
            )
        name, _, rest = out.decode(errors="replace").strip().partition(" <")
        stamp = rest.rpartition("> ")[2]
        return Author(name, datetime.fromtimestamp(int(stamp.split()[0]), UTC), stamp)

    def commit(self, base: str, changes: Mapping[str, bytes], message: str, author: Author) -> str:
        """A commit on top of `base` in which these files have these contents; signed where git says so."""
        tree = self._write_tree(f"{base}^{{tree}}", changes)
        sign = self._run("config", "--type=bool", "commit.gpgSign")[1].strip() == b"true"
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as text:
            text.write(message)
            text.flush()
            arguments = ["commit-tree", tree, "-p", base, "-F", text.name, *(["-S"] if sign else [])]
            return self._must(*arguments, env={"GIT_COMMITTER_DATE": author.stamp}).decode().strip()

    def _write_tree(self, tree: str | None, changes: Mapping[str, bytes]) -> str:
        from git.objects.fun import tree_to_stream

        entries = self.listing(tree) if tree else {}
        below: dict[str, dict[str, bytes]] = {}
        for path, content in changes.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = content
            else:
                mode = entries[name][0] if name in entries else _FILE_MODE
                entries[name] = (mode, self._store(b"blob", content))
        for name, part in below.items():
            mode, sha = entries.get(name, (0, b""))
            inner = self._write_tree(sha.hex() if S_ISDIR(mode) else None, part)
            entries[name] = (_FOLDER_MODE, bytes.fromhex(inner))
        # git sorts a folder as if its name ended in a slash
        ordered = sorted(entries.items(), key=lambda entry: f"{entry[0]}/" if S_ISDIR(entry[1][0]) else entry[0])
        stream = BytesIO()
        tree_to_stream([(sha, mode, name) for name, (mode, sha) in ordered], stream.write)
        return self._store(b"tree", stream.getvalue()).hex()

    def _store(self, kind: bytes, content: bytes) -> bytes:
        from gitdb import IStream  # type: ignore[import-untyped]  # it has no stubs

        return bytes(self._repo.odb.store(IStream(kind, len(content), BytesIO(content))).binsha)

    def point(self, ref: str, commit: str) -> None:
        """Let a ref of the tool's own (`refs/modelpromote/...`) name a commit."""
        self._must("update-ref", "-m", "promote", ref, commit)

    # --- the remote ---

    def fetch(self, remote: str, branch: str) -> str:
        """The tip of a remote's branch, just fetched."""
        if remote not in self.remotes():
            known = ", ".join(self.remotes()) or "none"
            raise Failure(f"there is no remote {remote!r} (there is: {known})", "name one with --remote")
        tracking = f"refs/remotes/{remote}/{branch}"
        status, _, err = self._run(
            "-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
            "--no-recurse-submodules", remote, f"+refs/heads/{branch}:{tracking}",
        )  # fmt: skip
        if status != 0:
            hint = f"look whether branch {branch} of {remote} exists and can be read: git ls-remote {remote} {branch}"
            raise Failure(f"cannot fetch {branch} from {remote}: {_first_line(err)}", hint)
        tip = self.resolve(tracking)
        if tip is None:
            raise Failure(f"{remote} has no branch {branch}", "check `branch:` in promote.yaml")
        return tip

    def remote_tip(self, remote: str, branch: str) -> str:
        """The commit of a remote's branch, fetched; empty where there is no such branch."""
        if not self._must("ls-remote", remote, f"refs/heads/{branch}").strip():
            return ""
        return self.fetch(remote, branch)

    def same_change(self, one: str, other: str) -> bool:
        """Whether two commits have the same parent and the same tree."""
        shown = [self._must("show", "--no-patch", "--format=%T %P", commit) for commit in (one, other)]
        return shown[0] == shown[1]

    def push(self, remote: str, commit: str, branch: str, *, instead_of: str = "") -> str:
        """Push one commit to a remote's branch; the reason as git gives it, or empty when done.

        Fast-forward only, unless the branch is the tool's own and still at the commit `instead_of`.
        """
        lease = [f"--force-with-lease=refs/heads/{branch}:{instead_of}"] if instead_of else []
        status, out, err = self._run(
            "push", "--porcelain", "--no-verify", *lease, remote, f"{commit}:refs/heads/{branch}"
        )
        if status == 0:
            return ""
        rejected = [line for line in out.decode(errors="replace").splitlines() if line.startswith("!")]
        told = [line.removeprefix("remote: ").strip() for line in err.decode(errors="replace").splitlines()]
        reason = rejected[0].split("\t")[-1] if rejected else _first_line(err)
        remote_said = next((line for line in told if line.startswith(("GH", "GitLab", "error:", "fatal:"))), "")
        return f"{reason} {remote_said}".strip()

    # --- running git ---

    def _object(self, name: str) -> tuple[bytes, bytes, int, bytes]:
        try:
            found: tuple[bytes, bytes, int, bytes] = self._repo.git.get_object_data(name)
        except ValueError as fault:
            raise Failure(f"git has no object {name}: {fault}", "run: git fsck") from fault
        return found

    def _run(self, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, bytes, bytes]:
        out: Any = self._repo.git.execute(
            ["git", *arguments], with_extended_output=True, with_exceptions=False, stdout_as_string=False,
            strip_newline_in_stdout=False, env=dict(env) if env else None,
        )  # fmt: skip
        status, stdout, stderr = out
        return int(status), stdout, stderr if isinstance(stderr, bytes) else stderr.encode()

    def _must(self, *arguments: str, env: Mapping[str, str] | None = None) -> bytes:
        status, out, err = self._run(*arguments, env=env)
        if status != 0:
            raise Failure(f"git {arguments[0]} failed: {_first_line(err)}", "run it by hand to see more")
        return out


def _open(path: Path) -> Any:
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        import git
    except ImportError as fault:
        raise Failure("git was not found", "install git, or put it on PATH") from fault
    if git.Git.GIT_PYTHON_GIT_EXECUTABLE is None or not _has_git():
        raise Failure("git was not found", "install git, or put it on PATH")
    try:
        return git.Repo(path, search_parent_directories=True, odbt=git.GitCmdObjectDB)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as fault:
        raise Failure(f"{path} is not in a git repository", "run it inside one, or name one with --repo") from fault


def _has_git() -> bool:
    from shutil import which

    return which("git") is not None


def _kind(mode: int) -> EntryKind:
    if S_ISREG(mode):
        return EntryKind.FILE
    return EntryKind.FOLDER if S_IFMT(mode) == _FOLDER_MODE else EntryKind.OTHER


def _parse_log(out: bytes) -> list[tuple[Landing, bytes, str]]:
    """`git log -z --raw` as (landing, raw entry, path): tokens parted by NUL, a commit's first token marked."""
    found: list[tuple[Landing, bytes, str]] = []
    tokens = iter(out.split(b"\0"))
    landing: Landing | None = None
    for raw in tokens:
        token = raw.lstrip(b"\n")
        if _COMMIT.fullmatch(token):
            when, who, parents = (next(tokens).decode(errors="replace") for _ in range(3))
            landing = Landing(
                token[1:].decode(), datetime.fromtimestamp(int(when), UTC), who, parents.strip().split(" ")[0]
            )
        elif token.startswith(b":") and landing is not None:
            found.append((landing, token, next(tokens).decode(errors="replace")))
    return found


def _first_line(text: bytes) -> str:
    lines = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return (fatal or lines or ["no message"])[0][:300]
