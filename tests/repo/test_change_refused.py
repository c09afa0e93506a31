"""`validate --base`: steps out of line, changed evidence, and what must not change or go."""

import shutil

import pytest
from stage import Stage

from modelpromote.core.ladder import Step
from repo.acts import done
from repo.change_acts import PROD, V1_2, V1_3, accepted, details, edit, judged, refused, slot
from repo.expected import MODEL

JUNIT = "evidence/junit-75c3da8f5e1c"


def test_a_step_that_jumps(grown: Stage) -> None:
    base = grown.git("rev-parse", "HEAD")
    for _ in range(2):
        done(grown, "advance", "--env", "prod", "--yes")
    said = refused(grown, "step", "MP524", base=base)
    assert "from 10 to 100 is not one step" in details(said, "MP524")


def test_a_step_of_another_variant(grown: Stage) -> None:
    slot(grown, V1_2, 1, Step.TEN)
    said = refused(grown, "step", "MP524")
    assert f"slot 1 of {V1_2} is not the slot in force in prod, which is slot 1 of {V1_3}" in details(said, "MP524")


def test_a_step_off_staged_without_the_next_slot(grown: Stage) -> None:
    shutil.rmtree(grown.repo / f"{PROD}/{V1_3}/canary/2")
    said = refused(grown, "step", "MP524", base="HEAD~1")
    assert "lays out canary/2, which is not there" in details(said, "MP524")


def test_a_step_with_a_slot_too_many(grown: Stage) -> None:
    slot(grown, V1_3, 1, Step.FIFTY)
    slot(grown, V1_3, 3, Step.STAGED)
    refused(grown, "step", "MP524")


def test_a_new_slot_that_is_not_staged(grown: Stage) -> None:
    slot(grown, V1_3, 3, Step.HUNDRED)
    refused(grown, "step", "MP527", "MP524")


def test_a_step_before_its_bake_time(grown: Stage) -> None:
    edit(grown, "environments/prod/environment.yaml", "10: 0s", "10: 1h")
    grown.publish("Let it bake")
    slot(grown, V1_3, 1, Step.FIFTY)
    said = refused(grown, "step", "MP504")
    assert "is at 10 for" in details(said, "MP504")
    slot(grown, V1_3, 1, Step.STAGED)
    assert judged(grown).json["change"]["kind"] == "step"
    assert judged(grown).code == 0  # down at any time


def test_an_environment_that_changes_mid_ladder(grown: Stage) -> None:
    ladder = "ladder:\n  bake: {staged: 0s, 10: 0s, 50: 0s, 100: 0s}"
    edit(grown, "environments/prod/environment.yaml", ladder, "")
    grown.git("commit", "-qam", "Without a ladder")
    said = judged(grown, "HEAD~1")
    assert said.json["change"]["kind"] == "environment"
    assert "MP517" in said.codes


def test_the_manifest_of_a_released_variant(grown: Stage) -> None:
    edit(grown, f"models/{MODEL}/{V1_3}/variant.yaml", "--max-model-len=512", "--max-model-len=256")
    done(grown, "render")
    said = refused(grown, "variant", "MP521")
    assert "is not what it was as number 2 of tiny-llama in prod" in details(said, "MP521")


def test_a_variant_that_was_taken_back_is_released_too(grown: Stage) -> None:
    done(grown, V1_2, "--to", "test", "--yes")
    done(grown, "rollback", "--env", "test", "--yes")
    edit(grown, f"models/{MODEL}/{V1_2}/variant.yaml", "--max-model-len=512", "--max-model-len=256")
    done(grown, "render")
    refused(grown, "variant", "MP521")


def test_a_released_variant_whose_base_was_damaged_may_be_repaired(grown: Stage) -> None:
    edit(grown, f"models/{MODEL}/{V1_3}/kserve/servingruntime.yaml", "kind:", "# \nkind:")
    refused(grown, "variant", "MP521", "MP401")
    grown.publish("Damaged, pushed by hand")
    done(grown, "render")
    accepted(grown, f"variant tiny-llama/{V1_3}, 1 file")


def test_a_released_variant_does_not_come_back_as_another(grown: Stage) -> None:
    edit(grown, "promote.yaml", "revertWindow: 90d", "revertWindow: 1s")
    grown.publish("Keep nothing")
    for name in (V1_2, "v1.1-int8"):
        done(grown, name, "--to", "test", "--yes", when="2026-11-01T08:00:00Z")
    done(grown, "v1.0-fp16", "--to", "test", "--yes", when="2026-11-02T08:00:00Z")
    done(grown, "retire", V1_2)
    grown.publish("Retire")
    grown.git("checkout", "-q", "HEAD~1", "--", f"models/{MODEL}/{V1_2}")
    edit(grown, f"models/{MODEL}/{V1_2}/variant.yaml", "--max-model-len=512", "--max-model-len=256")
    done(grown, "render")
    assert "MP521" in judged(grown).codes


@pytest.mark.parametrize("removed", [True, False])
def test_evidence_that_is_edited_or_removed(grown: Stage, removed: bool) -> None:
    place = grown.repo / f"models/{MODEL}/{V1_3}/{JUNIT}/junit.xml"
    whole = place.read_bytes()
    if removed:
        shutil.rmtree(place.parent)
    else:
        place.write_bytes(whole.replace(b"time=", b"tIme=", 1))
    said = judged(grown)
    assert said.json["change"]["kind"] == "evidence"
    assert said.code == 1
    assert f"junit.xml is {'removed' if removed else 'changed'}" in details(said, "MP522")
    if not removed:
        grown.publish("Damaged, pushed by hand")
        place.write_bytes(whole)
        accepted(grown, f"evidence of tiny-llama/{V1_3}, 1 file")


def test_a_variant_that_is_still_needed(grown: Stage) -> None:
    done(grown, V1_2, "--to", "test", "--yes")
    base = grown.git("rev-parse", "HEAD")
    done(grown, "rollback", "--env", "test", "--yes")
    done(grown, "retire", V1_2)
    assert judged(grown).code == 0
    said = judged(grown, base)  # where it was in force
    assert "MP518" in said.codes
    assert "number 3 of tiny-llama in test needs it: it is in force" in details(said, "MP518")


def test_an_overlay_that_a_revert_would_need(grown: Stage) -> None:
    edit(grown, "environments/test/environment.yaml", "bits: 4", "bits: 5")
    done(grown, "render")
    grown.publish("A higher floor")
    done(grown, "v1.1-int8", "--to", "test", "--yes")
    done(grown, "v1.0-fp16", "--to", "test", "--yes")
    shutil.rmtree(grown.repo / f"environments/test/{MODEL}/{V1_3}")
    said = refused(grown, "retire", "MP518")
    assert "number 3 of tiny-llama in test needs it: it would come back by a revert of number 4" in details(
        said, "MP518"
    )


def test_a_slot_that_a_release_needs(grown: Stage) -> None:
    shutil.rmtree(grown.repo / f"{PROD}/{V1_3}/canary/2")
    assert judged(grown).code == 0  # no decision ever named it
    shutil.rmtree(grown.repo / f"{PROD}/{V1_3}/canary")
    said = judged(grown)
    assert said.code == 1
    assert "number 2 of tiny-llama in prod needs it" in details(said, "MP518")
