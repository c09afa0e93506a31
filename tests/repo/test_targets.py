"""A repository that changes how it serves: refused mid-ladder, a fresh render otherwise."""

import re

import pytest
from stage import Stage, render_all

from modelpromote.adapters.kustomize import find_kustomize
from repo.acts import call, done, status
from repo.change_acts import judged
from repo.ways import WAYS

needs_kustomize = pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")
OTHERS = pytest.mark.parametrize("way", [way for way in WAYS if way != "kserve"])


def serve(stage: Stage, way: str, *environments: str) -> None:
    for name in environments:
        path = stage.repo / "environments" / name / "environment.yaml"
        path.write_text(WAYS[way](path.read_text("utf-8")), "utf-8")


@OTHERS
def test_mid_ladder_it_is_refused(grown: Stage, way: str) -> None:
    serve(grown, way, "prod")
    said = call(grown, "render")
    assert said.code == 1
    assert "changes while tiny-llama/v1.3-int4-g64 (10) is mid-ladder in prod" in said.out
    assert grown.git("status", "--porcelain").split() == ["M", "environments/prod/environment.yaml"]


@needs_kustomize
@OTHERS
def test_after_done_everything_is_rendered_anew_and_a_revert_still_works(grown: Stage, way: str) -> None:
    path = "environments/prod/tiny-llama/release.yaml"
    promotion = grown.git("log", "-1", "--format=%H", "--", path)
    for _ in range(3):
        done(grown, "advance", "--env", "prod", "--yes")
    assert status(grown, "prod")[1] == "done"
    serve(grown, way, "test", "staging", "prod")
    render_all(grown.repo)
    stale = re.findall(r"(\S+): error\[MP403\]", call(grown, "validate").out)
    for path in stale:
        (grown.repo / path).unlink()
    grown.publish(f"Serve with {way}")
    assert call(grown, "validate", "--json").json["findings"] == []
    said = judged(grown, "HEAD~1").json
    assert (said["change"]["kind"], said["findings"]) == ("environment", [])
    grown.git("revert", "--no-edit", promotion)
    grown.git("push", "-q", "origin", "HEAD:main")
    assert call(grown, "validate", "--json").json["findings"] == []
    assert status(grown, "prod")[0] == "v1.0-fp16"


def test_what_the_target_cannot_serve_is_not_promoted(stage: Stage) -> None:
    """Also where nobody asked `validate` before it landed."""
    manifest = stage.repo / "models/tiny-llama/v1.0-fp16/variant.yaml"
    serve(stage, "deployment", "test")
    manifest.write_text(manifest.read_text("utf-8").replace("pvc://tiny-llama/v1.0-fp16", "s3://models/v1.0"), "utf-8")
    stage.publish("Serve without KServe")
    said = call(stage, "v1.0-fp16", "--to", "test", "--dry-run")
    assert said.code == 1
    assert "error[MP442] target deployment: s3:// needs KServe's storage initializer" in said.out
