"""`validate --base`: mixed changes, and promotions that nobody should have made."""

import shutil

import pytest
from stage import Stage

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.ladder import Step
from modelpromote.core.render import Renderer
from modelpromote.targets.rooms import overlay_room
from modelpromote.workflows.load import load_environment, load_variant
from repo.acts import done
from repo.change_acts import V1_2, V1_3, decide, details, edit, refused, slot, write
from repo.expected import MODEL


def test_a_promotion_with_a_loosened_gate(grown: Stage) -> None:
    edit(grown, "environments/test/environment.yaml", "limit: 3%", "limit: 0.01%")
    base = grown.publish("A gate that nothing passes")
    edit(grown, "environments/test/environment.yaml", "limit: 0.01%", "limit: 3%")
    grown.git("commit", "-qam", "Loosen it")
    decide(grown, "test", V1_2, 3, V1_3)
    grown.git("commit", "-qam", "And promote")
    said = refused(grown, "mixed", "MP520", "MP508", base=base)
    assert said.json["change"]["summary"] == "change: mixed (environment, promotion), 3 files"
    assert f"environments/test/{MODEL}/release.yaml belongs to a change of kind promotion" in details(said, "MP520")
    assert "environments/test/environment.yaml belongs to a change of kind environment" in details(said, "MP520")
    assert "MP323" in details(said, "MP508")


def test_a_promotion_with_evidence(grown: Stage) -> None:
    folder = next((grown.repo / f"models/{MODEL}/{V1_2}/evidence").glob("lm-eval-*"))
    shutil.copytree(folder, grown.root / "kept")
    shutil.rmtree(folder)
    base = grown.publish("Without perplexity")
    shutil.copytree(grown.root / "kept", folder)
    decide(grown, "test", V1_2, 3, V1_3)
    said = refused(grown, "mixed", "MP520", base=base)
    assert "belongs to a change of kind evidence, other files to promotion" in details(said, "MP520")


def test_a_promotion_that_edits_an_overlay(grown: Stage) -> None:
    decide(grown, "test", V1_2, 3, V1_3)
    edit(grown, f"environments/test/{MODEL}/{V1_2}/kustomization.yaml", "kind:", "# \nkind:")
    refused(grown, "mixed", "MP520", "MP401")


def test_a_promotion_of_a_variant_that_it_adds(grown: Stage) -> None:
    done(grown, "retire", V1_2)
    grown.publish("Retire")
    grown.git("checkout", "-q", "HEAD~1", "--", f"models/{MODEL}/{V1_2}")
    done(grown, "render")
    decide(grown, "test", V1_2, 3, V1_3)
    assert "variant" in details(refused(grown, "mixed", "MP520"), "MP520")


def test_a_promotion_squashed_with_its_first_step(grown: Stage) -> None:
    for _ in range(3):
        done(grown, "advance", "--env", "prod", "--yes")
    for environment in ("test", "staging"):
        done(grown, V1_2, "--to", environment, "--yes")
    base = grown.git("rev-parse", "HEAD")
    for act in ((V1_2, "--to", "prod"), ("advance", "--env", "prod")):
        done(grown, *act, "--yes")
    said = refused(grown, "mixed", "MP520", "MP511", "MP524", "MP525", base=base)
    assert "tiny-llama-v1-2-int4-g128 is new and gets 10% at once" in details(said, "MP525")


def test_a_step_with_a_change_of_environment(grown: Stage) -> None:
    edit(grown, "environments/prod/environment.yaml", "replicas: 4", "replicas: 8")
    done(grown, "render")
    slot(grown, V1_3, 1, Step.FIFTY)
    refused(grown, "mixed", "MP520")


def test_two_promotions(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    for environment in ("test", "staging"):
        done(grown, V1_2, "--to", environment, "--yes")
    said = refused(grown, "promotion", "MP523", "MP508", base=base)
    assert "[MP502]" in details(said, "MP508")  # at the base it was not in force in test


def test_two_promotions_of_one_release(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    for name in (V1_2, "v1.1-int8"):
        done(grown, name, "--to", "test", "--yes")
    refused(grown, "promotion", "MP507", "MP511", base=base)


def test_half_a_promotion(grown: Stage) -> None:
    decide(grown, "test", V1_2, 3, V1_3)
    grown.git("checkout", "-q", "HEAD", "--", f"environments/test/{MODEL}/kustomization.yaml")
    refused(grown, "promotion", "MP412")


def test_the_bad_variant_in_perfect_form(grown: Stage) -> None:
    tree, renderer = WorkingTree(grown.repo), Renderer(load_templates())
    settings, bad = load_environment(tree, "test").value, load_variant(tree, MODEL, "v1.4-int2-g64").value
    assert settings
    assert bad
    for path, text in overlay_room(renderer, bad, settings, ()).items():
        write(grown, path, text)
    base = grown.publish("An overlay below the floor")
    decide(grown, "test", "v1.4-int2-g64", 3, V1_3)
    grown.git("commit", "-qam", "promote: tiny-llama v1.4-int2-g64 to test")
    said = refused(grown, "promotion", "MP508", base=base)
    assert "[MP301]" in details(said, "MP508")


def test_a_promotion_over_one_that_is_mid_ladder(grown: Stage) -> None:
    for environment in ("test", "staging"):
        done(grown, V1_2, "--to", environment, "--yes")
    decide(grown, "prod", V1_2, 3, V1_3, slot=1)
    said = refused(grown, "promotion", "MP508", "MP526")
    assert "[MP501]" in details(said, "MP508")
    assert "tiny-llama-v1-0-fp16 has 90% and is taken away" in details(said, "MP526")


def test_a_promotion_past_the_ladder(grown: Stage) -> None:
    for _ in range(3):
        done(grown, "advance", "--env", "prod", "--yes")
    for environment in ("test", "staging"):
        done(grown, V1_2, "--to", environment, "--yes")
    decide(grown, "prod", V1_2, 3, V1_3)
    refused(grown, "promotion", "MP511", "MP525", "MP526")


def test_traffic_is_judged_without_kustomize_too(grown: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelpromote.workflows.world.find_kustomize", lambda: None)
    for environment in ("test", "staging"):
        done(grown, V1_2, "--to", environment, "--yes")
    decide(grown, "prod", V1_2, 3, V1_3)
    said = refused(grown, "promotion", "MP508", "MP511", "MP525", "MP526")
    assert f"{V1_2} is new and gets 100% at once" in details(said, "MP525")


def test_a_promotion_before_its_soak_time(grown: Stage) -> None:
    edit(grown, "environments/staging/environment.yaml", "for: 0s", "for: 1h")
    grown.publish("Let it soak")
    done(grown, V1_2, "--to", "test", "--yes")
    decide(grown, "staging", V1_2, 3, V1_3)
    assert "[MP341]" in details(refused(grown, "promotion", "MP508"), "MP508")


def test_a_revert_of_a_revert(grown: Stage) -> None:
    done(grown, "rollback", "--env", "test", "--yes")
    base = grown.git("rev-parse", "HEAD")
    grown.git("revert", "--no-edit", "HEAD")
    said = refused(grown, "promotion", "MP510", "MP508", base=base)
    assert "revert of a revert" in details(said, "MP510")
    assert "[MP503]" in details(said, "MP508")


def test_an_older_state_than_the_one_before(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    for _ in range(2):
        done(grown, "rollback", "--env", "test", "--yes")
    refused(grown, "promotion", "MP507", base=base)


def test_a_decision_that_is_rewritten(grown: Stage) -> None:
    edit(grown, f"environments/test/{MODEL}/release.yaml", 'reason: ""', 'reason: "another"')
    refused(grown, "promotion", "MP509")


def test_a_decision_that_is_removed(grown: Stage) -> None:
    (grown.repo / f"environments/test/{MODEL}/release.yaml").unlink()
    refused(grown, "promotion", "MP402", "MP412")
