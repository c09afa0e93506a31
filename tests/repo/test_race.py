"""Two who promote at once: another release does not stand in the way, the same one does."""

import subprocess
import threading
from pathlib import Path

import pytest
from stage import Stage

from modelpromote.core.outcome import Destination, Made, Refusal
from modelpromote.workflows.promote import Request, promote
from modelpromote.workflows.world import open_world
from repo.acts import call, done

GATE = """#!/bin/sh
# the first push that gets here waits until another one has landed
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
if mkdir "$GIT_DIR/first" 2>/dev/null; then
  touch "$GIT_DIR/waiting"
  for _ in $(seq 200); do [ -e "$GIT_DIR/landed" ] && break; sleep 0.05; done
fi
"""


@pytest.fixture
def slow_remote(stage: Stage) -> Stage:
    """The first push waits in the remote's pre-receive hook until `landed` is there."""
    for name in ("v1.0-fp16",):
        for environment in ("test", "staging"):
            done(stage, name, "--to", environment, "--yes")
    hook = stage.remote / "hooks" / "pre-receive"
    hook.write_text(GATE)
    hook.chmod(0o755)
    return stage


def race(stage: Stage, first: Request, then: Request) -> tuple[object, object, list[str]]:
    """`first` is pushing while `then` is promoted from another clone; what came of both, and what was said."""
    rival = stage.root / "rival"
    subprocess.run(["git", "clone", "-q", str(stage.remote), str(rival)], check=True)
    said: list[str] = []
    results: list[object] = []

    def slow() -> None:
        world = open_world(stage.repo, notice=said.append)
        results.append(promote(world, first, Destination.REMOTE, lambda _: True))

    thread = threading.Thread(target=slow)
    thread.start()
    wait_for(stage.remote / "waiting")
    second = promote(open_world(rival), then, Destination.REMOTE, lambda _: True)
    (stage.remote / "landed").touch()
    thread.join(60)
    return results[0], second, said


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        threading.Event().wait(0.05)
    raise AssertionError(path)


def test_another_release_is_fetched_judged_and_rendered_again(slow_remote: Stage) -> None:
    first, second, said = race(slow_remote, Request("v1.1-int8", "test"), Request("v1.0-fp16", "prod"))
    assert isinstance(second, Made)
    assert isinstance(first, Made)
    assert said == ["main moved meanwhile: judged and rendered again"]
    slow_remote.pull()
    assert slow_remote.git("rev-parse", "HEAD") == first.commit
    assert slow_remote.git("rev-parse", "HEAD~1") == second.commit
    assert call(slow_remote, "validate").code == 0


def test_the_same_release_is_refused(slow_remote: Stage) -> None:
    first, second, said = race(slow_remote, Request("v1.1-int8", "test"), Request("v1.3-int4-g64", "test"))
    assert isinstance(second, Made)
    assert isinstance(first, Refusal)
    assert [found.code for found in first.findings] == ["MP506"]
    slow_remote.pull()
    assert slow_remote.git("rev-parse", "HEAD") == second.commit
    assert said


def test_a_push_that_the_remote_refuses_is_a_failure_in_one_line(stage: Stage) -> None:
    hook = stage.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n")
    hook.chmod(0o755)
    said = call(stage, "v1.0-fp16", "--to", "test", "--yes")
    assert said.code == 3
    first_line = said.err.splitlines()[0]
    assert first_line.startswith("failed: origin refused the push to main: [remote rejected]")
    assert "GH006: Protected branch update failed" in first_line
    assert said.err.splitlines()[-1] == "nothing was done"
