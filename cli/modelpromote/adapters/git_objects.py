"""Trees and logs as git stores and prints them: read, and written as objects without an index."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from stat import S_IFMT, S_ISDIR, S_ISREG

from modelpromote.adapters.git_command import Git
from modelpromote.adapters.git_partial import PartialClone
from modelpromote.core.history import Landing
from modelpromote.core.tree import EntryKind, read_together
from modelpromote.failures import Failure

_COMMIT = re.compile(rb"\x01[0-9a-f]{40,64}")
_FOLDER_MODE, _FILE_MODE = 0o040000, 0o100644
_SHA1_LENGTH = 20
_TYPES = {_FOLDER_MODE: "tree", 0o160000: "commit"}
_LAST_MOMENT = 221_845_392_000  # the year 9000: spans can still be added to it
MAX_BLOB = 64 * 1024 * 1024
# for `git log`: what is derived from history does not depend on anybody's settings
LOG = (
    "-c", "log.showSignature=false", "-c", "log.showRoot=true", "log", "--first-parent", "--diff-merges=first-parent",
    "--raw", "--no-abbrev", "--no-renames", "--no-relative", "--encoding=UTF-8", "-z",
    "--format=%x01%H%x00%ct%x00%an%x00%P",
)  # fmt: skip

Entries = dict[str, tuple[int, str]]


class GitTree:
    """The tree of one commit; listings are read once."""

    def __init__(self, git: Git, commit: str, lacking: PartialClone) -> None:
        self.commit = commit
        self._git = git
        self._lacking = lacking
        self._listings: dict[str, Entries] = {}

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none."""
        folder, _, name = path.rpartition("/")
        mode, sha = self._listing(folder).get(name, (0, ""))
        if not S_ISREG(mode):
            return None
        self._lacking.bring(self.commit, read_together(path))
        return read_blob(self._git, sha, path)

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name."""
        return {name: _kind(mode) for name, (mode, _) in self._listing(folder).items()}

    def _listing(self, folder: str) -> Entries:
        if folder not in self._listings:
            self._listings[folder] = self._read_listing(folder)
        return self._listings[folder]

    def _read_listing(self, folder: str) -> Entries:
        if not folder:
            return read_tree(self._git, f"{self.commit}^{{tree}}")
        above, _, name = folder.rpartition("/")
        mode, sha = self._listing(above).get(name, (0, ""))
        return read_tree(self._git, sha) if S_ISDIR(mode) else {}


def read_blob(git: Git, sha: str, path: str) -> bytes:
    """The content of a blob, of at most MAX_BLOB bytes; `path` is named where that fails."""
    size = git.size(sha)
    if size > MAX_BLOB:
        raise Failure(f"{path} has {size} bytes", f"the tool reads no file of more than {MAX_BLOB} bytes")
    return git.object(sha)


def read_tree(git: Git, tree: str) -> Entries:
    """The entries of a tree object: mode and object id by name."""
    return dict(_tree_entries(git.object(tree)))


def _tree_entries(data: bytes) -> Iterator[tuple[str, tuple[int, str]]]:
    """A tree object is `MODE NAME NUL ID` again and again."""
    place = 0
    while place < len(data):
        space, end = data.index(b" ", place), data.index(b"\0", place)
        sha = data[end + 1 : end + 1 + _SHA1_LENGTH].hex()
        name = data[space + 1 : end].decode(errors="surrogateescape")
        yield name, (int(data[place:space], 8), sha)
        place = end + 1 + _SHA1_LENGTH


def write_tree(git: Git, tree: str | None, changes: Mapping[str, bytes]) -> str:
    """The tree in which these files have these contents, and everything else is as it was."""
    entries = read_tree(git, tree) if tree else {}
    below: dict[str, dict[str, bytes]] = {}
    for path, content in changes.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = content
        else:
            mode = entries[name][0] if name in entries else _FILE_MODE
            entries[name] = (mode, _made(git, "hash-object", "-t", "blob", "-w", "--stdin", fed=content))
    for name, part in below.items():
        mode, sha = entries.get(name, (0, ""))
        entries[name] = (_FOLDER_MODE, write_tree(git, sha if S_ISDIR(mode) else None, part))
    listing = "".join(
        f"{mode:06o} {_TYPES.get(S_IFMT(mode), 'blob')} {sha}\t{name}\0" for name, (mode, sha) in entries.items()
    )
    # --missing: a partial clone need not have what is not changed
    return _made(git, "mktree", "-z", "--missing", fed=listing.encode(errors="surrogateescape"))


def _made(git: Git, *arguments: str, fed: bytes) -> str:
    """The object that a command makes of its stdin."""
    return git.must(*arguments, fed=fed).decode().strip()


def parse_log(out: bytes) -> list[tuple[Landing, bytes, str]]:
    """`git log -z --raw` as (landing, raw entry, path): tokens parted by NUL, a commit's first token marked."""
    found: list[tuple[Landing, bytes, str]] = []
    tokens = iter(out.split(b"\0"))
    landing: Landing | None = None
    for raw in tokens:
        token = raw.lstrip(b"\n")
        if _COMMIT.fullmatch(token):
            when, who, parents = (next(tokens).decode(errors="replace") for _ in range(3))
            landing = Landing(token[1:].decode(), moment(when), who, parents.strip().split(" ")[0])
        elif token.startswith(b":") and landing is not None:
            found.append((landing, token, next(tokens).decode(errors="replace")))
    return found


def moment(seconds: str) -> datetime:
    """A time as git writes it; what is no time at all, or beyond all calendars, is the first or the last one."""
    try:
        return datetime.fromtimestamp(max(0, min(int(seconds), _LAST_MOMENT)), UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _kind(mode: int) -> EntryKind:
    if S_ISREG(mode):
        return EntryKind.FILE
    return EntryKind.FOLDER if S_IFMT(mode) == _FOLDER_MODE else EntryKind.OTHER
