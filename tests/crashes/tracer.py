"""Runs the CLI again and again, each time in a forked process that is killed just before its n-th write.

A program of its own: requests are JSON lines on stdin, answers JSON lines on stdout. Everything is imported once, so
that a run costs what its work costs. A write is whatever Python can do to files, and every start of a process.
"""

import importlib
import json
import os
import pkgutil
import signal
import sys
from pathlib import Path
from typing import Any

_WRITES = {
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.remove",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "shutil.move",
    "shutil.rmtree",
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """An audit hook that notes each point, and kills this process before the one with this number (0: none).

    A point is a write below `root`, or the start of a process. Writes elsewhere (drafts for Kustomize, what git is
    fed) are seen by nobody else: all between two other points are one.
    """

    def __init__(self, root: str, kill_at: int, notes: Path) -> None:
        self._root = root
        self._kill_at = kill_at
        self._notes = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._count = 0
        self._elsewhere = False
        self._removed = ""  # the folder that shutil.rmtree is at: it names what lies in it without its path

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event."""
        if event == "subprocess.Popen":
            ours = "git" in str(arguments[1][0])
            self._elsewhere = self._elsewhere and not ours
            self._point(f"{event} {' '.join(map(str, arguments[1]))}")
        elif is_write(event, arguments):
            path = str(arguments[0])
            if event == "shutil.rmtree":
                self._removed = path
            inside = (path if path.startswith("/") else self._removed).startswith(self._root)
            if inside or not self._elsewhere:
                self._elsewhere = not inside
                self._point(f"{event} {path}")

    def _point(self, what: str) -> None:
        self._count += 1
        os.write(self._notes, f"{what}\n".encode(errors="replace"))
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def is_write(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether an audit event changes files."""
    if event != "open":
        return event in _WRITES
    path, mode, flags = arguments
    writing = bool((mode and set(mode) & set("wax+")) or flags & _WRITING)
    return writing and not isinstance(path, int) and path != os.devnull


def carry_out(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, run, wait: how it ended, what it said, and the writes that it came to."""
    folder = Path(request["notes"])
    child = os.fork()
    if child == 0:
        become_the_cli(request, folder)
    _, status = os.waitpid(child, 0)
    read = {name: (folder / name).read_text("utf-8") for name in ("out", "err", "points")}
    return {**read, "code": os.waitstatus_to_exitcode(status)}


def become_the_cli(request: dict[str, Any], folder: Path) -> None:
    """In the child: the CLI with its own output files, watched."""
    for number, place in ((0, Path(os.devnull)), (1, folder / "out"), (2, folder / "err")):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    os.environ.update(request["environment"])
    os.chdir(request["at"])
    run = importlib.import_module("modelpromote.app").run
    sys.addaudithook(Watch(request["at"], request["kill_at"], folder / "points"))
    code = run(request["call"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Import everything, then serve."""
    package = importlib.import_module("modelpromote")
    for module in pkgutil.walk_packages(package.__path__, "modelpromote."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    importlib.import_module("git")
    importlib.import_module("jinja2")
    for line in sys.stdin:
        answer = carry_out(json.loads(line))
        sys.__stdout__.write(json.dumps(answer) + "\n")
        sys.__stdout__.flush()


if __name__ == "__main__":
    main()
