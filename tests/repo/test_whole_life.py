"""The rest of a release's life: steps back, older promotions, waiting, changes of environment, retirement."""

import time
from pathlib import Path

import pytest
from stage import Stage

from modelpromote.adapters import clock
from repo.acts import call, done, status
from repo.expected import LADDER, Expected


@pytest.fixture
def climbing(stage: Stage) -> tuple[Stage, Expected]:
    """v1.0 everywhere, v1.1 in prod at 10."""
    book = Expected(stage)
    for name in ("v1.0-fp16", "v1.1-int8"):
        for environment in ("test", "staging", "prod"):
            done(stage, name, "--to", environment, "--yes")
            book.promoted(environment, name)
    done(stage, "advance", "--env", "prod", "--yes")
    book.stepped("prod")
    book.check()
    return stage, book


def edit(stage: Stage, path: str, old: str, new: str) -> None:
    place = stage.repo / path
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")


def test_a_step_back_renders_the_step_below(climbing: tuple[Stage, Expected]) -> None:
    stage, book = climbing
    done(stage, "advance", "--env", "prod", "--back", "--yes")
    book.stepped("prod", LADDER[0])
    book.check()
    assert status(stage, "prod") == ("v1.1-int8", "staged", 2)
    done(stage, "advance", "--env", "prod", "--yes")
    book.stepped("prod")
    book.check()
    assert call(stage, "validate").code == 0


def test_a_step_asked_for_by_name_is_taken_once(climbing: tuple[Stage, Expected]) -> None:
    stage, book = climbing
    too_far = call(stage, "advance", "--env", "prod", "--to", "100", "--yes", "--json")
    assert (too_far.code, too_far.codes) == (1, ["MP519"])
    done(stage, "advance", "--env", "prod", "--to", "50", "--yes")
    book.stepped("prod")
    book.check()
    for step in ("50", "10"):
        again = call(stage, "advance", "--env", "prod", "--to", step, "--yes")
        assert (again.code, "already so" in again.out) == (0, True)
    done(stage, "advance", "--env", "prod", "--back", "--to", "10", "--yes")
    book.stepped("prod", LADDER[1])
    book.check()
    for step in ("10", "50"):
        again = call(stage, "advance", "--env", "prod", "--back", "--to", step, "--yes")
        assert (again.code, "already so" in again.out) == (0, True)
    book.check()


def test_a_revert_of_a_step_by_hand_is_found_and_repaired(climbing: tuple[Stage, Expected]) -> None:
    stage, _ = climbing
    edit(stage, "environments/prod/environment.yaml", "replicas: 4", "replicas: 8")
    done(stage, "render")
    stage.publish("Give prod more replicas")
    done(stage, "advance", "--env", "prod", "--yes")
    edit(stage, "environments/prod/environment.yaml", "replicas: 8", "replicas: 2")
    done(stage, "render")
    stage.publish("Give prod fewer replicas")
    stage.git("revert", "--no-edit", "HEAD~1")
    stage.git("push", "-q", "origin", "HEAD:main")
    stale = call(stage, "validate", "--json")
    assert (stale.code, set(stale.codes)) == (1, {"MP401"})
    refused = call(stage, "advance", "--env", "prod", "--yes", "--json")
    assert (refused.code, refused.codes) == (1, ["MP401"])
    done(stage, "render")
    stage.publish("Repair what the revert left stale")
    assert call(stage, "validate").code == 0
    assert status(stage, "prod") == ("v1.1-int8", "10", 2)
    done(stage, "rollback", "--env", "prod", "--yes")
    assert call(stage, "validate").code == 0


def test_an_older_promotion_is_refused_with_the_way_out(climbing: tuple[Stage, Expected]) -> None:
    stage, _ = climbing
    said = call(stage, "rollback", "--env", "prod", "--number", "1", "--yes", "--json")
    assert (said.code, said.codes) == (1, ["MP516"])
    assert "take back 2 (v1.1-int8) first" in said.json["findings"][0]["hint"]
    done(stage, "rollback", "--env", "prod", "--number", "2", "--yes")
    assert status(stage, "prod") == ("v1.0-fp16", "all traffic", 1)
    again = done(stage, "rollback", "--env", "prod", "--number", "2", "--yes", "--json")
    assert again.json["state"] == "already"
    assert status(stage, "prod") == ("v1.0-fp16", "all traffic", 1)


def test_rollbacks_go_down_to_idle(climbing: tuple[Stage, Expected]) -> None:
    stage, book = climbing
    for expected in ("v1.0-fp16", "none"):
        done(stage, "rollback", "--env", "prod", "--yes")
        book.reverted("prod")
        book.check()
        assert status(stage, "prod")[0] == expected
        assert call(stage, "validate").code == 0
    said = call(stage, "rollback", "--env", "prod", "--yes", "--json")
    assert (said.code, said.codes) == (1, ["MP512"])


def test_wait_brings_the_previous_variant_back_and_then_reverts(
    climbing: tuple[Stage, Expected], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, _ = climbing
    for _ in range(3):
        done(stage, "advance", "--env", "prod", "--yes")
    edit(stage, "environments/prod/environment.yaml", "warmup: 0s", "warmup: 5m")
    stage.publish("Models take a while to load")
    first = done(stage, "rollback", "--env", "prod", "--yes")
    assert "run again" not in first.out
    cold = call(stage, "rollback", "--env", "prod", "--yes", "--json")
    assert (cold.code, cold.codes) == (1, ["MP513"])
    done(stage, "advance", "--env", "prod", "--yes")
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{int(time.time() + seconds)} +0000")

    monkeypatch.setattr(clock, "wait", wait)
    said = done(stage, "rollback", "--env", "prod", "--wait", "--yes")
    assert waited == [300]
    assert "waiting 5m, until v1.0-fp16 is ready" in said.err
    assert said.last.startswith("done: tiny-llama in prod from v1.1-int8 back to v1.0-fp16")
    assert status(stage, "prod") == ("v1.0-fp16", "all traffic", 1)


def test_now_does_not_wait(climbing: tuple[Stage, Expected]) -> None:
    stage, _ = climbing
    for _ in range(3):
        done(stage, "advance", "--env", "prod", "--yes")
    said = done(stage, "rollback", "--env", "prod", "--now", "--yes")
    assert said.last.startswith("done: tiny-llama in prod from v1.1-int8 back to v1.0-fp16")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("ladder:\n  bake: {staged: 0s, 10: 0s, 50: 0s, 100: 0s}", "#", "ladder")],
)
def test_an_environment_keeps_its_ladder_while_a_variant_climbs(
    climbing: tuple[Stage, Expected], old: str, new: str, what: str
) -> None:
    stage, _ = climbing
    edit(stage, "environments/prod/environment.yaml", old, new)
    for verb in ("render", "validate"):
        said = call(stage, verb, "--json")
        assert (said.code, said.codes) == (1, ["MP517"])
        assert said.json["findings"][0]["detail"].startswith(f"{what} changes while tiny-llama/v1.1-int8 (10)")
    assert stage.git("status", "--porcelain") == "M environments/prod/environment.yaml"


def test_a_change_of_environment_renders_slots_anew_and_keeps_their_steps(climbing: tuple[Stage, Expected]) -> None:
    stage, book = climbing
    edit(stage, "environments/prod/environment.yaml", "replicas: 4", "replicas: 30")
    edit(stage, "environments/prod/environment.yaml", "namespace: models-prod", "namespace: llm-prod")
    done(stage, "render")
    stage.publish("More replicas, another namespace")
    again = Expected(stage)
    again.stacks, again.highest, again.slots = book.stacks, book.highest, book.slots
    again.check()
    assert call(stage, "validate").code == 0
    assert status(stage, "prod") == ("v1.1-int8", "10", 2)


def test_rendering_a_slot_anew_does_not_start_its_bake_time_again(climbing: tuple[Stage, Expected]) -> None:
    stage, _ = climbing
    before = call(stage, "status", "--json").json["releases"]
    edit(stage, "environments/prod/environment.yaml", "replicas: 4", "replicas: 40")
    done(stage, "render")
    stage.publish("More replicas")
    assert call(stage, "status", "--json").json["releases"] == before


def test_an_environment_is_added_and_taken_away(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    edit(stage, "promote.yaml", "[test, staging, prod]", "[test, staging, prod, edge]")
    place = stage.repo / "environments/edge/environment.yaml"
    place.parent.mkdir()
    text = (stage.repo / "environments/staging/environment.yaml").read_text("utf-8")
    place.write_text(text.replace("staging", "edge"), "utf-8")
    done(stage, "render")
    stage.publish("Add edge")
    assert call(stage, "validate", "--json").json["findings"] == []
    assert status(stage, "edge") == ("none", "", 0)
    edit(stage, "promote.yaml", ", edge]", "]")
    left = call(stage, "validate", "--json")
    assert (left.code, left.codes) == (1, ["MP109"])
    stage.git("rm", "-rq", "environments/edge")
    assert call(stage, "validate", "--json").codes == ["MP403"]
    stage.git("rm", "-q", "argocd/edge.yaml")
    assert call(stage, "validate", "--json").json["findings"] == []


def test_retire_refuses_what_is_needed_and_removes_what_is_not(climbing: tuple[Stage, Expected]) -> None:
    stage, _ = climbing
    for name, words in {
        "v1.1-int8": "names v1.1-int8: it is in force",
        "v1.0-fp16": "is the baseline of tiny-llama/v1.1-int8",
    }.items():
        said = call(stage, "retire", name, "--json")
        assert said.code == 1
        assert set(said.codes) == {"MP518"}
        assert words in said.out
    planned = call(stage, "retire", "v1.2-int4-g128", "--dry-run")
    assert planned.code == 0
    assert stage.git("status", "--porcelain") == ""
    assert call(stage, "retire", "v1.2-int4-g128").last == "tiny-llama/v1.2-int4-g128: 4 folders removed"
    stage.publish("Retire v1.2")
    assert call(stage, "validate", "--json").json["findings"] == []
    assert not Path(stage.repo, "models/tiny-llama/v1.2-int4-g128").exists()


def test_retire_counts_what_a_revert_inside_the_window_would_need(stage: Stage) -> None:
    for name in ("v1.0-fp16", "v1.1-int8", "v1.3-int4-g64"):
        done(stage, name, "--to", "test", "--yes", when="2026-11-01T08:00:00Z")
    done(stage, "v1.2-int4-g128", "--to", "test", "--yes", when="2026-11-02T08:00:00Z")
    said = call(stage, "retire", "v1.1-int8", "--json")
    assert (said.code, said.codes) == (1, ["MP518"])
    assert "would come back by a revert of number 4" in said.json["findings"][0]["detail"]
    edit(stage, "promote.yaml", "revertWindow: 90d", "revertWindow: 1s")
    assert call(stage, "retire", "v1.1-int8", "--json").code == 0
