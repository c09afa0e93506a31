"""A zoo of many models, and a race of promoters for them: what the tests hold and `./dev bench` times."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stage import PROJECT, Stage, render_all

BASELINE = PROJECT / "models" / "tiny-llama" / "v1.0-fp16"
# the first push that gets here waits until another one has landed, so that at least one is too late
GATE = """#!/bin/sh
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
echo >> "$GIT_DIR/pushes"
if mkdir "$GIT_DIR/first" 2>/dev/null; then
  for _ in $(seq 1200); do [ "$(git rev-list --count main)" -gt "$(cat "$GIT_DIR/base")" ] && exit; sleep 0.05; done
fi
"""


def add_models(stage: Stage, count: int) -> list[str]:
    """That many models of one variant each, rendered and published; their names."""
    names = [f"zoo-{number:02}" for number in range(1, count + 1)]
    for name in names:
        target = stage.repo / "models" / name / BASELINE.name
        shutil.copytree(BASELINE, target, ignore=shutil.ignore_patterns("kserve", "README.md"))
        manifest = target / "variant.yaml"
        manifest.write_text(manifest.read_text("utf-8").replace("model: tiny-llama", f"model: {name}"), "utf-8")
    render_all(stage.repo)
    stage.publish(f"Add {count} models")
    return names


def hold_the_first_push(stage: Stage) -> None:
    """From here on the first push waits in the remote's hook until another one has landed."""
    (stage.remote / "base").write_text(stage.git("rev-list", "--count", "main", at=stage.remote))
    hook = stage.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(GATE)
    hook.chmod(0o755)


@dataclass(frozen=True)
class Racer:
    """What became of one promoter."""

    model: str
    code: int
    out: str
    err: str

    @property
    def late(self) -> int:
        """How often its push came too late."""
        return len(self.err.splitlines())


def race(stage: Stage, calls: Mapping[str, Sequence[str]], url: str, variables: Mapping[str, str]) -> list[Racer]:
    """Run all calls at once, each in a process and a clone of its own."""
    running: list[tuple[str, Path, subprocess.Popen[bytes]]] = []
    for model in calls:
        subprocess.run(["git", "clone", "-q", "--no-checkout", url, str(stage.root / model)], check=True)
    for model, arguments in calls.items():
        # files, not pipes: nobody reads while they run
        with (stage.root / f"{model}.out").open("wb") as out, (stage.root / f"{model}.err").open("wb") as err:
            command = [sys.executable, "-m", "modelpromote", *arguments, "--repo", str(stage.root / model)]
            started = subprocess.Popen(
                command, env={**os.environ, **variables}, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        running.append((model, stage.root / model, started))
    until = time.monotonic() + 540
    return [
        Racer(
            model,
            process.wait(max(1, until - time.monotonic())),
            place.with_name(f"{model}.out").read_text("utf-8"),
            place.with_name(f"{model}.err").read_text("utf-8"),
        )
        for model, place, process in running
    ]
