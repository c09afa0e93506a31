"""`promote diff`: what changes in the cluster, on the zoo with the real Kustomize; nothing is judged or written."""

import shutil

import pytest
from stage import Stage

from repo.acts import call, done
from test_invalid import everything, has_kustomize

needs_kustomize = pytest.mark.skipif(not has_kustomize(), reason="no kustomize, kubectl or oc on PATH")
TO_INT4 = """\
test tiny-llama: v1.0-fp16 -> v1.3-int4-g64
In the cluster:
  ~ HTTPRoute models-test/tiny-llama  changed
      spec.rules[openai].backendRefs[tiny-llama-v1-0-fp16-predictor]: weight 100 -> (none)
      spec.rules[openai].backendRefs[tiny-llama-v1-3-int4-g64-predictor]: (none) -> weight 100
  - InferenceService models-test/tiny-llama-v1-0-fp16  deleted
  + InferenceService models-test/tiny-llama-v1-3-int4-g64  added
  - ServingRuntime models-test/tiny-llama-v1-0-fp16  deleted
  + ServingRuntime models-test/tiny-llama-v1-3-int4-g64  added

1 of 1 releases differ from test as it is to tiny-llama/v1.3-int4-g64 in force there: objects 2 added, 1 changed, 2 deleted; no gate was judged, nothing was written
"""  # noqa: E501 - as it is printed


@pytest.fixture
def served(stage: Stage) -> Stage:
    """The baseline in force in test."""
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    return stage


@needs_kustomize
def test_a_promotion_is_shown_as_the_promotion_itself_shows_it(served: Stage) -> None:
    before = everything(served)
    said = call(served, "diff", "v1.3-int4-g64", "--to", "test")
    assert (said.code, said.out, said.err) == (0, TO_INT4, "")
    assert everything(served) == before
    shown = call(served, "diff", "v1.3-int4-g64", "--to", "test", "--json").json["releases"][0]["cluster"]
    assert shown == call(served, "v1.3-int4-g64", "--to", "test", "--dry-run", "--json").json["cluster"]


@needs_kustomize
def test_what_the_gates_refuse_is_shown_too_and_said_to_be_unjudged(served: Stage) -> None:
    assert call(served, "v1.3-int4-g64", "--to", "prod", "--dry-run").code == 1
    said = call(served, "diff", "v1.3-int4-g64", "--to", "prod", "--exit-code")
    assert said.code == 1
    assert "+ InferenceService models-prod/tiny-llama-v1-3-int4-g64  added" in said.out
    assert said.last.endswith("; no gate was judged, nothing was written")


@needs_kustomize
def test_what_is_in_force_already_changes_nothing(served: Stage) -> None:
    said = call(served, "diff", "v1.0-fp16", "--to", "test", "--exit-code")
    assert said.code == 0
    assert "In the cluster: nothing changes\n" in said.out


def test_what_has_no_overlay_cannot_be_shown(served: Stage) -> None:
    said = call(served, "diff", "v1.4-int2-g64", "--to", "prod")
    assert (said.code, said.out) == (3, "")
    assert "it has 2 bits, and prod asks for 4" in said.err


@needs_kustomize
def test_a_promotion_on_the_branch_is_seen_and_offline_it_is_not(served: Stage) -> None:
    other = served.copy(served.root.parent / "other")
    done(other, "v1.3-int4-g64", "--to", "test", "--yes")
    call_offline = ("diff", "v1.3-int4-g64", "--to", "test", "--exit-code", "--offline")
    assert call(served, *call_offline).code == 1
    served.git("remote", "set-url", "origin", str(other.remote))
    assert call(served, "diff", "v1.3-int4-g64", "--to", "test", "--exit-code").code == 0
    assert call(served, *call_offline).code == 0


@needs_kustomize
def test_revisions_show_the_releases_that_differ_and_count_the_others(served: Stage) -> None:
    said = call(served, "diff", "HEAD~1..HEAD")
    assert said.code == 0
    assert said.out.startswith("test tiny-llama: nothing in force -> v1.0-fp16\n")
    assert said.last == (
        "1 of 3 releases differ from HEAD~1 to HEAD: objects 6 added, 0 changed, 1 deleted; nothing was written"
    )
    back = call(served, "diff", "HEAD..HEAD~1", "--json", "--exit-code")
    assert back.code == 1
    actions = [change["action"] for change in back.json["releases"][0]["cluster"]["changes"]]
    assert (sorted(actions), back.json["same"]) == (["added", *["deleted"] * 6], 2)


@needs_kustomize
def test_a_revision_alone_is_held_against_the_working_tree(served: Stage) -> None:
    assert call(served, "diff").last == "0 of 3 releases differ from HEAD to the working tree; nothing was written"
    manifest = served.repo / "environments/test/environment.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("replicas: 1", "replicas: 7"), "utf-8")
    assert call(served, "render").code == 0
    said = call(served, "diff", "HEAD", "--exit-code")
    assert said.code == 1
    assert "spec.predictor.maxReplicas: 1 -> 7\n" in said.out


@needs_kustomize
def test_a_model_that_comes_and_goes(served: Stage) -> None:
    shutil.rmtree(served.repo / "environments/test/tiny-llama")
    said = call(served, "diff")
    assert said.out.startswith("test tiny-llama: v1.0-fp16 -> no release\n")
    assert said.last.startswith("1 of 3 releases differ from HEAD to the working tree: objects 0 added, 0 changed, 6")


@needs_kustomize
def test_a_build_that_fails_is_said_and_no_difference_is_made_up(served: Stage) -> None:
    overlay = served.repo / "environments/test/tiny-llama/v1.0-fp16/kustomization.yaml"
    overlay.write_text(overlay.read_text("utf-8") + "images: []\n", "utf-8")
    said = call(served, "diff", "--json")
    assert said.code == 3
    (release,) = said.json["releases"]
    assert (release["cluster"]["changes"], [one["code"] for one in release["findings"]]) == ([], ["MP404"])
    assert said.json["summary"].endswith("not whole, some could not be built; nothing was written")


def test_a_side_that_cannot_be_read_is_a_failure_that_names_it(served: Stage) -> None:
    (served.repo / "environments/test/environment.yaml").write_text("a: b\n", "utf-8")
    said = call(served, "diff")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("failed: the working tree cannot be read: environments/test/environment.yaml")


def test_without_kustomize_the_files_are_compared(served: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelpromote.workflows.world.find_kustomize", lambda: None)
    said = call(served, "diff", "HEAD~1..HEAD", "--exit-code")
    assert said.code == 1
    assert "No kustomize, kubectl or oc on PATH: the release was not built." in said.out
    assert "\n+resources:\n" in said.out
    assert said.last.endswith("; nothing was built; nothing was written")
    shutil.rmtree(served.repo / "environments/test/tiny-llama")
    assert "\n--- a/environments/test/tiny-llama/kustomization.yaml\n" in call(served, "diff").out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("v1.3-int4-g64",), 2, "for what promoting it changes: promote diff v1.3-int4-g64 --to ENV"),
        (("HEAD...HEAD",), 2, "with two dots"),
        (("--to", "test"), 2, "it is not said which variant"),
        (("--offline",), 2, "--offline goes with --to"),
        (("v1.3-int4-g64", "--to", "prd"), 2, "did you mean prod?"),
        (("nowhere",), 3, "there is no commit 'nowhere'"),
    ],
)
def test_calls_that_cannot_be_carried_out(stage: Stage, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = call(stage, "diff", *arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
