"""Running git through GitPython: where, with which environment, for how long. It never waits for an answer."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from modelpromote.adapters.git_faults import failure, reason
from modelpromote.failures import Failure

# what git sets for its hooks, and what changes the meaning of a command; config given by variables is kept
LED_ASTRAY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
_SETTINGS = ("-c", "color.ui=false", "-c", "i18n.commitEncoding=UTF-8")
PATIENCE = 300.0  # seconds after which a command that talks to others is given up
_SILENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")  # bytes per second, seconds
_SSH = "ssh -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"


class Git:
    """Commands in one repository. Without a terminal nobody can answer, so nothing is asked."""

    def __init__(self, path: Path) -> None:
        for name in LED_ASTRAY:
            os.environ.pop(name, None)
        os.environ.setdefault("GIT_OPTIONAL_LOCKS", "0")
        self._asks = sys.stdin is not None and sys.stdin.isatty()
        if not self._asks:
            os.environ.setdefault("GIT_TERMINAL_PROMPT", "0")
            os.environ.setdefault("GCM_INTERACTIVE", "never")
            os.environ.pop("SSH_ASKPASS", None)  # a window that nobody sees; GIT_ASKPASS is how CI answers
        self._repo = _open(path)
        self._talk: tuple[tuple[str, ...], dict[str, str]] | None = None
        self.working_tree = Path(self._repo.working_tree_dir) if self._repo.working_tree_dir else None
        self.git_dir = Path(self._repo.git_dir)
        self.common_dir = Path(self._repo.common_dir)

    def run(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        patience: float | None = None,
        stdin: IO[bytes] | None = None,
    ) -> tuple[int, bytes, str]:
        """Run git: its status, stdout and stderr. It is killed after `patience` seconds."""
        out: Any = self._repo.git.execute(
            ["git", *_SETTINGS, *arguments], with_extended_output=True, with_exceptions=False, stdout_as_string=False,
            strip_newline_in_stdout=False, env=dict(env) if env else None, kill_after_timeout=patience, istream=stdin,
        )  # fmt: skip
        status, stdout, stderr = out
        told = stderr.decode(errors="replace") if isinstance(stderr, bytes) else _readable(stderr)
        if told.startswith("Timeout: the command"):
            told = f"fatal: git {_verb(arguments)} got no answer in {patience:g} s"
        return int(status), stdout, told

    def must(self, *arguments: str, env: Mapping[str, str] | None = None, fed: bytes | None = None) -> bytes:
        """Run git, `fed` on its stdin; what it said. A Failure where it did not work."""
        with _stdin(fed) as stdin:
            status, out, err = self.run(*arguments, env=env, stdin=stdin)
        if status != 0:
            raise failure(f"git {_verb(arguments)} failed", err, "run it by hand to see more")
        return out

    def talk(self, *arguments: str, fed: bytes | None = None) -> tuple[int, bytes, str]:
        """Run a command that talks to a remote: it ends, whatever the remote and the network do."""
        if self._talk is None:
            self._talk = self._manners()
        settings, env = self._talk
        with _stdin(fed) as stdin:
            return self.run(*settings, *arguments, env=env, patience=None if self._asks else PATIENCE, stdin=stdin)

    def _manners(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Time limits, and an ssh that does not ask, where the user has set nothing of the kind."""
        _, out, _ = self.run("config", "--name-only", "--get-regexp", r"^(http\..*lowspeed|core\.sshcommand)")
        names = out.decode(errors="replace").lower()
        own_ssh = "sshcommand" in names or any(name in os.environ for name in ("GIT_SSH_COMMAND", "GIT_SSH"))
        asks = "" if self._asks else " -o BatchMode=yes"
        return () if "lowspeed" in names else _SILENCE, {} if own_ssh else {"GIT_SSH_COMMAND": f"{_SSH}{asks}"}

    def object(self, name: str) -> bytes:
        """The content of an object."""
        try:
            data: bytes = self._repo.git.get_object_data(name)[3]
        except (ValueError, OSError) as fault:
            raise self._no_object(name) from fault
        return data

    def size(self, name: str) -> int:
        """The size of an object in bytes."""
        try:
            size: int = self._repo.git.get_object_header(name)[2]
        except (ValueError, OSError) as fault:
            raise self._no_object(name) from fault
        return size

    def _no_object(self, name: str) -> Failure:
        """Why an object cannot be read; in a partial clone it is the remote that has it."""
        self.close()
        _, _, err = self.run("cat-file", "-s", name)
        message = f"git cannot read the object {name}: {reason(err) or 'it is not there'}"
        if any((self.common_dir / "objects" / "pack").glob("*.promisor")):
            return Failure(message, "this clone is partial and fetches what it lacks: check the remote, then try again")
        return Failure(message, "run: git fsck")

    def close(self) -> None:
        """End the processes that are kept for reading objects."""
        self._repo.git.clear_cache()


@contextmanager
def _stdin(fed: bytes | None) -> Iterator[IO[bytes] | None]:
    """A file that a command reads its stdin from; None where it is given nothing."""
    if fed is None:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        file.write(fed)
        file.seek(0)
        yield file


def _open(path: Path) -> Any:
    from shutil import which

    if which("git") is None:
        raise Failure("git was not found", "install git, or put it on PATH")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git

    try:
        repository = git.Repo(path, search_parent_directories=True, odbt=git.GitCmdObjectDB)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError) as fault:
        raise Failure(f"{path} is not in a git repository", "run it inside one, or name one with --repo") from fault
    except OSError as fault:
        raise Failure(f"{path} cannot be opened: {fault.strerror}", "check the folder's permissions") from fault
    return repository


def _verb(arguments: tuple[str, ...]) -> str:
    """The first argument that is neither `-c` nor its setting."""
    return next((word for word in arguments if not word.startswith("-") and "=" not in word), "git")


def _readable(text: str) -> str:
    """GitPython hands bytes that are no UTF-8 over as surrogates."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
