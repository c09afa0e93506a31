"""Who has agreed to a commit is not asked again, unless the commit would be another one."""

import subprocess
from pathlib import Path

from stage import Stage

from modelpromote.core.outcome import Destination, Made, Plan
from modelpromote.workflows.promote import Request, promote
from modelpromote.workflows.world import open_world
from repo.acts import call, done

# the first push that arrives finds that the branch has just moved
MOVE = """#!/bin/sh
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
mkdir "$GIT_DIR/moved" 2>/dev/null && git update-ref refs/heads/main refs/heads/rival
exit 0
"""


def move_at_the_first_push(stage: Stage, rival: Path) -> None:
    """What the rival's HEAD is lands while somebody else's push is being received."""
    stage.git("push", "-q", "origin", "HEAD:refs/heads/rival", at=rival)
    hook = stage.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(MOVE)
    hook.chmod(0o755)


def asked_and_made(stage: Stage) -> tuple[list[Plan], object]:
    """Promote v1.1-int8 to test, agreeing to everything: what was agreed to, and what came of it."""
    asked: list[Plan] = []

    def agree(plan: Plan) -> bool:
        asked.append(plan)
        return True

    return asked, promote(open_world(stage.repo), Request("v1.1-int8", "test"), Destination.REMOTE, agree)


def rival_of(stage: Stage) -> Path:
    rival = stage.root / "rival"
    subprocess.run(["git", "clone", "-q", str(stage.remote), str(rival)], check=True)
    return rival


def test_another_release_changes_nothing_that_was_agreed_to(stage: Stage) -> None:
    for environment in ("test", "staging"):
        done(stage, "v1.0-fp16", "--to", environment, "--yes")
    rival = rival_of(stage)
    kept = call(stage, "v1.0-fp16", "--to", "prod", "--no-push", "--json", repo=rival).json["commit"]
    stage.git("checkout", "-q", kept, at=rival)
    move_at_the_first_push(stage, rival)
    asked, made = asked_and_made(stage)
    assert isinstance(made, Made)
    assert len(asked) == 1
    assert stage.git("rev-list", "--parents", "-1", "main", at=stage.remote).split() == [made.commit, kept]


def test_evidence_that_came_meanwhile_is_shown_before_it_counts(stage: Stage) -> None:
    """The verdicts that were agreed to rest on other files now: the plan is put again."""
    folder = next((stage.repo / "models/tiny-llama/v1.1-int8/evidence").glob("lm-eval-*"))
    rival = rival_of(stage)
    (rival / folder.relative_to(stage.repo) / "entry.yaml").write_bytes(
        (folder / "entry.yaml").read_bytes().replace(b'runner: ""', b'runner: "again"')
    )
    stage.git("commit", "-q", "-am", "Measured by another runner", at=rival)
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    stage.git("pull", "-q", "--rebase", "origin", "main", at=rival)
    move_at_the_first_push(stage, rival)
    asked, made = asked_and_made(stage)
    assert isinstance(made, Made)
    assert [plan.release.evidence == made.plan.release.evidence for plan in asked] == [False, True]
