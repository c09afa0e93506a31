"""Tells the demo: types real commands into the clone, and holds what comes of them against what should."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text
from stage import Stage

_PROMOTE = (sys.executable, "-m", "modelpromote")


class Surprise(Exception):
    """A step did not come out as it should."""


def check(held: bool, what: str) -> None:  # noqa: FBT001 - the fact itself
    """Stop where something is not as it should be."""
    if not held:
        raise Surprise(what)


@dataclass(frozen=True)
class Narrator:
    """A terminal in the clone of the stage."""

    stage: Stage
    out: Console

    def tell(self, text: str) -> None:
        """A sentence or two between the commands."""
        self.out.print()
        for line in text.split("\n"):
            self.out.print(Text(f"# {line}", style="cyan"), soft_wrap=True)

    def promote(self, *arguments: str, expected: int = 0) -> None:
        """`promote ...`, shown."""
        self._show(("promote", *arguments), (*_PROMOTE, *arguments), expected)

    def git(self, *arguments: str) -> None:
        """`git ...`, shown."""
        self._show(("git", *arguments), ("git", *arguments), 0)

    def ask(self, *arguments: str, expected: int = 0) -> Any:
        """The answer of `promote ... --json`, for the demo's own checks; nothing is shown."""
        command = (*_PROMOTE, *arguments, "--json")
        done = subprocess.run(
            command, cwd=self.stage.repo, env=self._environment(), stdout=subprocess.PIPE, check=False
        )
        _expect(("promote", *arguments), done.returncode, expected)
        return json.loads(done.stdout)

    def in_force(self, environment: str) -> Any:
        """What runs in an environment, as `promote status --json` has it."""
        return next(one for one in self.ask("status")["releases"] if one["environment"] == environment)

    def _show(self, typed: tuple[str, ...], command: tuple[str, ...], expected: int) -> None:
        shown = " ".join(f'"{word}"' if " " in word else word for word in typed)
        self.out.print(Text(f"\n$ {shown}", style="bold"), soft_wrap=True)
        done = subprocess.run(command, cwd=self.stage.repo, env=self._environment(), check=False)
        _expect(typed, done.returncode, expected)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.stage.environment}


def _expect(typed: tuple[str, ...], code: int, expected: int) -> None:
    check(code == expected, f"{' '.join(typed)}: exit code {code}, expected {expected}")
