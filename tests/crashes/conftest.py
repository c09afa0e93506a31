"""A place to crash in: stages that are copied for every kill, and the program that kills."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from stage import Stage

from repo.acts import done

RUN = Path(__file__).with_name("tracer.py")


@dataclass(frozen=True)
class Run:
    """How a run ended (-9: killed), and the writes that it came to."""

    code: int
    out: str
    err: str
    points: tuple[str, ...]


Tracer = Callable[..., Run]


@pytest.fixture(scope="session")
def tracer(tmp_path_factory: pytest.TempPathFactory, as_process: dict[str, str]) -> Iterator[Tracer]:
    """Run `promote ARGUMENTS` on a stage, killed before its n-th write (0: not at all)."""
    notes = tmp_path_factory.mktemp("notes")
    with subprocess.Popen(
        [sys.executable, str(RUN)], env={**os.environ, **as_process}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as program:  # fmt: skip
        assert program.stdin is not None
        assert program.stdout is not None
        asked, answered = program.stdin, program.stdout

        def call(stage: Stage, *arguments: str, kill_at: int = 0) -> Run:
            request = {
                "call": [*arguments, "--repo", str(stage.repo)],
                "environment": dict(stage.environment),
                "at": str(stage.root),
                "kill_at": kill_at,
                "notes": str(notes),
            }
            asked.write(json.dumps(request) + "\n")
            asked.flush()
            answer = json.loads(answered.readline())
            return Run(answer["code"], answer["out"], answer["err"], tuple(answer["points"].splitlines()))

        yield call
        asked.close()


@pytest.fixture(scope="session")
def climbed_template(zoo_template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """v1.0-fp16 and above it v1.1-int8 in force in prod, the latter staged; a step asks an hour of baking at 10."""
    stage = zoo_template.copy(tmp_path_factory.mktemp("climbed") / "stage")
    manifest = stage.repo / "environments/prod/environment.yaml"
    text = manifest.read_text("utf-8")
    assert "10: 0s" in text
    manifest.write_text(text.replace("10: 0s", "10: 1h"), "utf-8")
    stage.publish("Bake at 10 for an hour")
    for variant in ("v1.0-fp16", "v1.1-int8"):
        for environment in ("test", "staging", "prod"):
            done(stage, variant, "--to", environment, "--yes")
    for git in (stage.repo / ".git", stage.remote):
        stage.git("gc", "-q", at=git)
    return stage


@pytest.fixture
def totals(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Say at how many points a verb was killed: with -s, and in the test's record."""

    def note(verb: str, points: int) -> None:
        said = f"killed at {points} points of {verb}"
        print(said)  # noqa: T201 - shown with -s
        record_property("measured", said)

    return note
