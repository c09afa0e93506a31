"""Running a program to see what it says: nothing is asked, nothing is kept, and what hangs is cut off."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelpromote.adapters.git_command import LED_ASTRAY

_LONGEST = 20_000  # characters of an answer
_SILENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said; `hung` where it was cut off, `status` -1 where it could not be run."""

    status: int
    out: str = ""
    err: str = ""
    hung: bool = False

    @property
    def worked(self) -> bool:
        """Whether it ended well."""
        return self.status == 0 and not self.hung

    @property
    def first(self) -> str:
        """The first line that it said."""
        return next((line.strip() for line in (self.out + "\n" + self.err).splitlines() if line.strip()), "")


def ask(
    command: Sequence[str],
    patience: float,
    *,
    folder: Path | None = None,
    fed: bytes = b"",
    more: Mapping[str, str] | None = None,
) -> Answer:
    """Run a program for at most `patience` seconds, then end it with all that it started."""
    env = {name: value for name, value in os.environ.items() if name not in LED_ASTRAY}
    env |= _SILENT | dict(more or {})
    env.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=10")
    try:
        running = subprocess.Popen(
            list(command), cwd=folder, env=env, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except OSError as fault:
        return Answer(-1, err=str(fault.strerror))
    with running:
        try:
            out, err = running.communicate(fed, timeout=patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return Answer(-1, hung=True)
    return Answer(running.returncode, _text(out), _text(err))


def _text(said: bytes) -> str:
    return said[:_LONGEST].decode(errors="replace")
