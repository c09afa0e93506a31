"""`promote`: what it prints and writes, and what it refuses, on the zoo."""

import pytest
from stage import Stage

from repo.acts import call, done, status


def test_a_promotion_is_one_commit_of_two_files_with_its_reasons(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    said = done(stage, "v1.3-int4-g64", "--to", "test", "--yes", "--reason", "smaller")
    assert stage.git("diff", "--name-only", "HEAD~1").splitlines() == [
        "environments/test/tiny-llama/kustomization.yaml",
        "environments/test/tiny-llama/release.yaml",
    ]
    message = stage.git("log", "-1", "--format=%B")
    trailers = stage.git("log", "-1", "--format=%(trailers:only,unfold)").splitlines()
    assert message.startswith("promote: tiny-llama v1.3-int4-g64 to test\n")
    assert "Reason: smaller" in message
    assert trailers[:5] == [
        "Promote-Variant: tiny-llama/v1.3-int4-g64",
        "Promote-Environment: test",
        "Promote-Number: 2",
        "Artifact: sha256:e5af124c70b0d7b57c63c549adbc1c86b73a624da7122b2c12e64906a0d6d70b",
        "Previous-Variant: v1.0-fp16",
    ]
    assert "Gate: perplexity pass +0.02% [+0.01%, +0.04%]" in trailers
    assert sum(line.startswith("Evidence: sha256:") for line in trailers) == 3
    for words in (
        "perplexity       pass",
        "  17\nthe limits stand in environments/test/environment.yaml",
        message.splitlines()[0],
        "git revert",
    ):
        assert words in said.out
    assert said.last == "done: tiny-llama/v1.3-int4-g64 to test; pushed to origin/main"


def test_twice_is_already_so(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    before = stage.git("rev-parse", "HEAD")
    said = done(stage, "v1.0-fp16", "--to", "test", "--yes")
    assert said.last.startswith("already so: tiny-llama/v1.0-fp16 is in force in test already (number 1)")
    assert stage.git("rev-parse", "HEAD") == before


def test_dry_run_and_no_push_leave_the_remote_alone(stage: Stage) -> None:
    before = stage.git("rev-parse", "main", at=stage.remote)
    said = call(stage, "v1.0-fp16", "--to", "test", "--dry-run")
    assert (said.code, said.last) == (0, "dry run: it would be allowed; nothing was written")
    kept = call(stage, "v1.0-fp16", "--to", "test", "--no-push", "--json").json
    assert kept["state"] == "kept"
    assert stage.git("rev-parse", "refs/modelpromote/test/tiny-llama") == kept["commit"]
    assert stage.git("rev-parse", "main", at=stage.remote) == before
    stage.git(*kept["push"].split()[1:])
    assert stage.git("rev-parse", "main", at=stage.remote) == kept["commit"]
    stage.pull()
    assert status(stage, "test") == ("v1.0-fp16", "all traffic", 1)


def test_via_pr_pushes_a_branch_of_its_own(stage: Stage) -> None:
    policy = stage.repo / "promote.yaml"
    policy.write_text(policy.read_text("utf-8").replace("test: push", "test: pr"), "utf-8")
    before = stage.publish("Ask for pull requests in test")
    said = call(stage, "v1.0-fp16", "--to", "test", "--yes")
    assert said.code == 0
    assert "open a pull request from origin/promote/test/tiny-llama/1-5c2b56b7196c-promotion" in said.last
    assert stage.git("rev-parse", "main", at=stage.remote) == before
    again = call(stage, "v1.0-fp16", "--to", "test", "--yes")
    assert again.code == 0, again.err


def test_the_teaching_case_is_refused_by_floor_and_system_tests_but_not_by_perplexity(stage: Stage) -> None:
    for environment in ("test", "staging", "prod"):
        done(stage, "v1.0-fp16", "--to", environment, "--yes")
    said = call(stage, "v1.4-int2-g64", "--to", "prod", "--yes", "--json")
    assert said.code == 1
    verdicts = {one["gate"]: one["outcome"] for one in said.json["verdicts"]}
    assert verdicts == {
        "precision-floor": "fail",
        "artifact": "pass",
        "perplexity": "pass",
        "system-tests": "fail",
        "soak": "fail",
    }
    assert {"MP301", "MP332", "MP502", "MP505"} <= set(said.codes)


@pytest.mark.parametrize(
    ("acts", "refused", "code"),
    [
        ([], ("v1.3-int4-g64", "--to", "prod"), "MP502"),
        ([("v1.0-fp16", "test")], ("v1.3-int4-g64", "--to", "staging"), "MP502"),
        (
            [(name, environment) for name in ("v1.0-fp16", "v1.1-int8") for environment in ("test", "staging", "prod")]
            + [("v1.3-int4-g64", "test"), ("v1.3-int4-g64", "staging")],
            ("v1.3-int4-g64", "--to", "prod"),
            "MP501",
        ),
    ],
    ids=["not before", "other variant before", "mid-ladder"],
)
def test_out_of_order_is_refused_with_the_way_out(
    stage: Stage, acts: list[tuple[str, str]], refused: tuple[str, ...], code: str
) -> None:
    for name, environment in acts:
        done(stage, name, "--to", environment, "--yes")
    before = stage.git("rev-parse", "main", at=stage.remote)
    said = call(stage, *refused, "--yes", "--json")
    assert (said.code, said.codes) == (1, [code])
    assert "promote" in said.json["findings"][0]["hint"]
    assert stage.git("rev-parse", "main", at=stage.remote) == before


def test_a_stale_overlay_is_refused(stage: Stage) -> None:
    place = stage.repo / "environments/test/tiny-llama/v1.0-fp16/kustomization.yaml"
    place.write_text(place.read_text("utf-8").replace("value: 1", "value: 7", 1), "utf-8")
    stage.publish("Edit an overlay by hand")
    said = call(stage, "v1.0-fp16", "--to", "test", "--yes", "--json")
    assert (said.code, said.codes) == (1, ["MP401"])
    assert said.json["findings"][0]["line"] == 15


def test_waiting_times_are_kept_to(stage: Stage) -> None:
    for path in (stage.repo / "environments").glob("*/environment.yaml"):
        text = path.read_text("utf-8").replace("for: 0s", "for: 30m").replace("staged: 0s", "staged: 15m")
        path.write_text(text, "utf-8")
    stage.publish("Wait longer", when="2026-11-25T08:00:00Z")
    done(stage, "v1.0-fp16", "--to", "test", "--yes", when="2026-11-25T08:00:00Z")
    early = call(stage, "v1.0-fp16", "--to", "staging", "--yes", "--json", when="2026-11-25T08:29:59Z")
    assert (early.code, early.codes) == (1, ["MP341"])
    assert "1s to go" in early.json["findings"][0]["detail"]
    done(stage, "v1.0-fp16", "--to", "staging", "--yes", when="2026-11-25T08:30:00Z")
    done(stage, "v1.0-fp16", "--to", "prod", "--yes", when="2026-11-25T09:00:00Z")
    done(stage, "v1.1-int8", "--to", "test", "--yes", when="2026-11-25T09:00:00Z")
    done(stage, "v1.1-int8", "--to", "staging", "--yes", when="2026-11-25T09:30:00Z")
    done(stage, "v1.1-int8", "--to", "prod", "--yes", when="2026-11-25T10:00:00Z")
    early = call(stage, "advance", "--env", "prod", "--yes", "--json", when="2026-11-25T10:14:59Z")
    assert (early.code, early.codes) == (1, ["MP504"])
    done(stage, "advance", "--env", "prod", "--yes", when="2026-11-25T10:15:00Z")
    assert call(stage, "validate").code == 0


def test_a_hold_asks_for_newer_evidence_or_a_reason(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    done(stage, "v1.3-int4-g64", "--to", "test", "--yes")
    done(stage, "rollback", "--env", "test", "--yes")
    held = call(stage, "v1.3-int4-g64", "--to", "test", "--yes", "--json")
    assert (held.code, held.codes) == (1, ["MP503"])
    assert "on hold in test: tiny-llama/v1.3-int4-g64" in call(stage, "status").out
    done(stage, "v1.3-int4-g64", "--to", "test", "--yes", "--lift-hold", "the test was wrong")
    assert 'liftHold: "the test was wrong"' in (stage.repo / "environments/test/tiny-llama/release.yaml").read_text()
    assert "on hold" not in call(stage, "status").out
    assert call(stage, "validate").code == 0


def test_history_tells_what_happened_the_newest_first(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    done(stage, "v1.3-int4-g64", "--to", "test", "--yes")
    done(stage, "rollback", "--env", "test", "--yes")
    acts = call(stage, "history", "--env", "test", "--json").json["acts"]
    assert [(act["kind"], act["number"], act["variant"]) for act in acts] == [
        ("rollback", 1, "v1.0-fp16"),
        ("promotion", 2, "v1.3-int4-g64"),
        ("promotion", 1, "v1.0-fp16"),
        ("first", 0, "none"),
    ]
