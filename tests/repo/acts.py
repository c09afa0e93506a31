"""Acts on a stage: the real CLI in this process, and what it said."""

import contextlib
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage import Stage

from modelpromote.app import run


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.rstrip().rpartition("\n")[2]

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        return [found["code"] for found in self.json["findings"]]


def call(stage: Stage, *arguments: str, when: str = "", repo: Path | None = None) -> Said:
    """Run `promote ARGUMENTS` in the clone."""
    out, err, before = io.StringIO(), io.StringIO(), dict(os.environ)
    os.environ.update(stage.environment)
    if when:
        os.environ["GIT_COMMITTER_DATE"] = os.environ["GIT_AUTHOR_DATE"] = when
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*arguments, "--repo", str(repo or stage.repo)])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Said(code, out.getvalue(), err.getvalue())


def done(stage: Stage, *arguments: str, when: str = "") -> Said:
    """The same, and it must have worked; the clone then has what the remote has."""
    said = call(stage, *arguments, when=when)
    assert said.code == 0, said.out + said.err
    stage.pull()
    return said


def status(stage: Stage, environment: str) -> tuple[str, str, int]:
    """What `promote status` says is in force: variant, step, number."""
    for release in call(stage, "status", "--json").json["releases"]:
        if release["environment"] == environment:
            return release["variant"], release["step"], release["number"]
    raise AssertionError(environment)
