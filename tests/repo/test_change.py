"""`validate --base`: what the tool does is accepted and called what it is; what cannot be judged is not."""

import re
import shutil

import pytest
from stage import Stage

from repo.acts import call, done
from repo.change_acts import V1_2, V1_3, accepted, edit, judged, refused, transition, write
from repo.expected import MODEL


@pytest.mark.slow
def test_every_commit_of_a_life_is_one_change(grown: Stage) -> None:
    found = []
    for _ in range(7):
        found.append(call(grown, "validate", "--base", "HEAD~1").out.split("\n")[0])
        grown.git("reset", "-q", "--hard", "HEAD~1")
    assert list(reversed(found)) == [
        *(f"change: promotion of tiny-llama/v1.0-fp16 to {name}, 2 files" for name in ("test", "staging", "prod")),
        *(f"change: promotion of tiny-llama/{V1_3} to {name}, 2 files" for name in ("test", "staging", "prod")),
        f"change: step of tiny-llama/{V1_3} in prod from staged to 10, 2 files",
    ]


def test_a_promotion(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    transition(grown, V1_2, "--to", "test")
    change = accepted(grown, f"promotion of tiny-llama/{V1_2} to test, 2 files", base)
    assert change["base"] == base
    assert change["touched"] == [
        {"path": f"environments/test/{MODEL}/{name}", "action": "changed", "kind": "promotion"}
        for name in ("kustomization.yaml", "release.yaml")
    ]
    said = call(grown, "validate", "--base", base)
    assert said.out.startswith(f"change: promotion of tiny-llama/{V1_2} to test, 2 files\n")
    assert said.last.startswith("valid: 0 errors")


def test_steps_up_and_back(grown: Stage) -> None:
    transition(grown, "advance", "--env", "prod")
    accepted(grown, f"step of tiny-llama/{V1_3} in prod from 10 to 50, 1 file", "HEAD~1")
    grown.git("reset", "-q", "--hard", "HEAD~1")
    done(grown, "advance", "--env", "prod", "--back", "--yes")
    accepted(grown, f"step of tiny-llama/{V1_3} in prod from 10 to staged, 1 file", "HEAD~1")
    transition(grown, "advance", "--env", "prod")
    accepted(grown, f"step of tiny-llama/{V1_3} in prod from staged to 10, 1 file", "HEAD~1")


@pytest.mark.slow
def test_steps_up_to_done(grown: Stage) -> None:
    for before, after in (("10", "50"), ("50", "100"), ("100", "done")):
        done(grown, "advance", "--env", "prod", "--yes")
        accepted(grown, f"step of tiny-llama/{V1_3} in prod from {before} to {after}, 1 file", "HEAD~1")
    transition(grown, "advance", "--env", "prod", "--back")
    accepted(grown, f"step of tiny-llama/{V1_3} in prod from done to 100, 1 file", "HEAD~1")


def test_rollbacks_by_the_tool_and_by_hand(grown: Stage) -> None:
    words = f"rollback of tiny-llama in prod from {V1_3} back to v1.0-fp16, 2 files"
    transition(grown, "rollback", "--env", "prod")
    accepted(grown, words, "HEAD~1")
    grown.git("reset", "-q", "--hard", "HEAD~1")
    grown.git("revert", "--no-edit", "HEAD~1")
    accepted(grown, words, "HEAD~1")


def test_no_tightened_policy_blocks_the_way_back(grown: Stage) -> None:
    edit(grown, "environments/test/environment.yaml", "limit: 3%", "limit: 0.01%")
    grown.publish("Tighten the gate")
    transition(grown, "rollback", "--env", "test")
    said = judged(grown, "HEAD~1")
    assert said.code == 0
    assert said.json["change"]["kind"] == "rollback"


def test_a_change_of_environment(grown: Stage) -> None:
    edit(grown, "environments/prod/environment.yaml", "replicas: 4", "replicas: 8")
    done(grown, "render")
    change = accepted(grown, "environment prod, 6 files")
    assert any(f"{V1_3}/canary/1/" in file["path"] for file in change["touched"])  # type: ignore[attr-defined]


def test_an_environment_that_comes_and_goes(grown: Stage) -> None:
    edit(grown, "promote.yaml", "[test, staging, prod]", "[test, staging, prod, edge]")
    text = (grown.repo / "environments/prod/environment.yaml").read_text("utf-8")
    write(grown, "environments/edge/environment.yaml", re.sub(r"\bprod\b", "edge", text))
    done(grown, "render")
    assert accepted(grown, "environment edge, 24 files")["kind"] == "environment"
    grown.publish("Add edge")
    edit(grown, "promote.yaml", ", edge]", "]")
    grown.git("rm", "-rq", "environments/edge", "argocd/edge.yaml")
    assert accepted(grown, "environment edge, 24 files")["kind"] == "environment"


def test_a_ladder_that_comes_and_goes(grown: Stage) -> None:
    path = "environments/staging/environment.yaml"
    edit(grown, path, "\ngates:", "\nladder: {bake: {}}\ngates:")
    done(grown, "render")
    assert accepted(grown, "environment staging, 5 files")["kind"] == "environment"
    grown.publish("A ladder")
    edit(grown, path, "\nladder: {bake: {}}", "")
    done(grown, "render")
    grown.git("rm", "-rq", f"environments/staging/{MODEL}/{V1_2}/canary")
    assert accepted(grown, "environment staging, 2 files")["kind"] == "environment"


def test_evidence_that_is_added(grown: Stage) -> None:
    junit = grown.repo / f"models/{MODEL}/{V1_2}/evidence"
    folder = next(junit.glob("junit-*"))
    kept = grown.root / "junit.xml"
    shutil.copy(folder / "junit.xml", kept)
    shutil.rmtree(folder)
    grown.publish("Without its tests")
    done(grown, "evidence", "add", V1_2, str(kept))
    accepted(grown, f"evidence of tiny-llama/{V1_2}, 2 files")


def test_a_variant_that_is_retired_and_one_that_is_added(grown: Stage) -> None:
    done(grown, "retire", V1_2)
    said = accepted(grown, f"retire of tiny-llama/{V1_2}, 25 files")
    assert said["kind"] == "retire"
    grown.publish("Retire")
    grown.git("checkout", "-q", "HEAD~1", "--", f"models/{MODEL}/{V1_2}")
    done(grown, "render")
    assert accepted(grown, f"variant tiny-llama/{V1_2}, 25 files")["kind"] == "variant"


def test_a_model_that_is_added_needs_no_decision(grown: Stage) -> None:
    shutil.copytree(grown.repo / f"models/{MODEL}/v1.0-fp16", grown.repo / "models/other/v1.0-fp16")
    edit(grown, "models/other/v1.0-fp16/variant.yaml", "model: tiny-llama", "model: other")
    done(grown, "render")
    change = accepted(grown, "variant other/v1.0-fp16, 50 files")
    assert "environments/prod/other/release.yaml" in [file["path"] for file in change["touched"]]  # type: ignore[attr-defined]


def test_an_unreleased_variant_may_change(grown: Stage) -> None:
    edit(grown, f"models/{MODEL}/{V1_2}/variant.yaml", "--max-model-len=512", "--max-model-len=256")
    done(grown, "render")
    accepted(grown, f"variant tiny-llama/{V1_2}, 3 files")


def test_a_card_may_change_after_release(grown: Stage) -> None:
    edit(grown, f"models/{MODEL}/{V1_3}/variant.yaml", "summary: 4-bit", "summary: Four-bit")
    refused(grown, "card", "MP401")
    done(grown, "render")
    accepted(grown, f"card of tiny-llama/{V1_3}, 2 files")


def test_evidence_of_a_baseline_changes_every_card_of_its_model(grown: Stage) -> None:
    folder = next((grown.repo / f"models/{MODEL}/v1.0-fp16/evidence").glob("lm-eval-*"))
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    call(grown, "render")
    for picture in grown.repo.glob(f"models/{MODEL}/*/recovery.svg"):
        picture.unlink()  # with nothing to compare it with, a card has none
    grown.publish("Before the baseline was evaluated")
    runs = grown.root / "runs"
    runs.mkdir()
    for name, content in kept.items():
        if name != "entry.yaml":
            (runs / name).write_bytes(content)
    said = call(grown, "evidence", "add", "v1.0-fp16", str(runs))
    assert said.code == 0, said.out + said.err
    change = accepted(grown, f"evidence of {MODEL}/v1.0-fp16, 11 files")
    touched = {file["path"] for file in change["touched"]}  # type: ignore[attr-defined]
    assert {path for path in touched if path.endswith(("README.md", "recovery.svg"))} == {
        f"models/{MODEL}/{name}/{file}"
        for name in ("v1.0-fp16", "v1.1-int8", V1_2, V1_3, "v1.4-int2-g64")
        for file in ("README.md", "recovery.svg")
    } - {f"models/{MODEL}/v1.0-fp16/recovery.svg"}


def test_a_card_is_no_part_of_a_promotion(grown: Stage) -> None:
    transition(grown, V1_2, "--to", "test")
    edit(grown, f"models/{MODEL}/{V1_2}/README.md", "## Serving", "## How to serve")
    refused(grown, "mixed", "MP401", "MP520", base="HEAD~1")


def test_other_files_go_with_any_kind(grown: Stage) -> None:
    write(grown, "docs/why.md", "because\n")
    accepted(grown, "other, 1 file")
    write(grown, "environments/prod/extra/kustomization.yaml", "kind: Kustomization\n")
    transition(grown, V1_2, "--to", "test")
    write(grown, "docs/why.md", "because\n")
    accepted(grown, f"promotion of tiny-llama/{V1_2} to test, 2 files, 2 files beside it", "HEAD~1")


def test_nothing_changed(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    accepted(grown, f"none, nothing differs from {base[:10]}")


def test_a_change_landed_as_several_commits(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    edit(grown, "environments/prod/environment.yaml", "replicas: 4", "replicas: 8")
    grown.git("commit", "-qam", "Half of it")
    edit(grown, "environments/prod/environment.yaml", "replicas: 8", "replicas: 9")
    done(grown, "render")
    grown.git("commit", "-qam", "The rest")
    accepted(grown, "environment prod, 6 files", base)


@pytest.mark.parametrize("revision", ["nowhere", "", "--all"])
def test_a_base_that_is_not_there(grown: Stage, revision: str) -> None:
    said = call(grown, "validate", f"--base={revision}")
    assert said.code == 3
    assert f"there is no commit {revision!r}" in said.err
    assert "git fetch" in said.err


def test_a_base_beside_the_branch(grown: Stage) -> None:
    grown.git("checkout", "-q", "-b", "side", "HEAD~1")
    said = call(grown, "validate", "--base", "main")
    assert said.code == 3
    assert "git merge-base main HEAD" in said.err


def test_a_base_without_a_policy(grown: Stage) -> None:
    grown.git("checkout", "-q", "--orphan", "anew")
    grown.git("rm", "-rqf", ".")
    write(grown, "README.md", "nothing yet\n")
    grown.git("add", "-A")
    grown.git("commit", "-qm", "Nothing yet")
    grown.git("checkout", "-q", "main", "--", ".")
    said = call(grown, "validate", "--base", "HEAD")
    assert said.code == 3
    assert "has no policy to judge a change by" in said.err


def test_a_format_that_this_version_does_not_know(grown: Stage) -> None:
    edit(grown, "promote.yaml", "render: 1", "render: 2")
    refused(grown, "render", "MP008")
