"""Every way to serve, built by the real Kustomize at every step: golden at 10, accepted by the cluster's schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage import PROJECT

from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.core.cluster import faults, objects_of
from modelpromote.core.ladder import Step
from modelpromote.core.release import first_release
from modelpromote.targets import kinds_in
from repo.ways import WAYS
from targets.served import ENVIRONMENT, KEY, MODEL, NEW, OLD, built, by_kind, environment, files_of

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = PROJECT.parent / "shared" / "schemas"
LADDER = (None, *Step)
DIGEST = "sha256:" + "3" * 64
KUBERNETES = "1.33.0"  # the first with image volumes that have a subPath
pytestmark = pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")


def settings_of(way: str, step: Step | None) -> Any:
    manifest = WAYS[way](ENVIRONMENT)
    return environment(manifest if step else manifest.replace("ladder: {bake: {}}\n", ""))


@pytest.mark.parametrize("way", WAYS)
def test_a_release_at_10_is_the_golden_one(way: str, request: pytest.FixtureRequest) -> None:
    output, path = built(files_of(settings_of(way, Step.TEN), Step.TEN)), GOLDEN / f"{way}.yaml"
    if request.config.getoption("--update-golden"):
        path.write_bytes(output)
    assert output == path.read_bytes()


@pytest.mark.parametrize("step", LADDER, ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_every_step_builds_what_the_checks_of_a_release_ask_for(way: str, step: Step | None) -> None:
    settings = settings_of(way, step)
    objects = objects_of(yaml.safe_load_all(built(files_of(settings, step))))
    release = first_release("prod", MODEL).model_copy(update={"variant": NEW, "previous": OLD})
    assert faults(release, settings, kinds_in(settings), objects) == []


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the CRD schemas (../shared/schemas) are not here")
@pytest.mark.parametrize("step", LADDER, ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_every_object_passes_its_schema(way: str, step: Step | None) -> None:
    objects = by_kind(built(files_of(settings_of(way, step), step)))
    objects |= {(one["kind"], one["metadata"]["name"]): one for one in applied(way)}
    for one in objects.values():
        if one["apiVersion"] != "route.openshift.io/v1":  # has no CRD: see test_openshift.py
            check_schema(one)


def applied(way: str) -> list[Any]:
    """What is applied once, for Argo CD."""
    return list(yaml.safe_load_all(files_of(settings_of(way, Step.TEN), Step.TEN)["argocd/prod.yaml"]))


def check_schema(built_object: dict[str, Any]) -> None:
    group, _, version = built_object["apiVersion"].rpartition("/")
    if group in {"", "apps"}:
        kubernetes_validate = pytest.importorskip("kubernetes_validate")
        kubernetes_validate.validate(built_object, KUBERNETES, strict=True)
        return
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = SCHEMAS / f"{group}_{built_object['kind'].lower()}_{version}.json"
    validator = jsonschema_rs.Draft7Validator(json.loads(schema.read_text("utf-8").replace("^(?i)(abort|warn)?$", "")))
    assert [str(error) for error in validator.iter_errors(built_object)] == []


@pytest.mark.parametrize(
    "uri",
    [
        f"oci://registry.example.com/llama@{DIGEST}",
        "pvc://llama/v1.3",
        "hf://acme/llama:0cb88a4f764b7a12671c53f0838cd831a0843b95",
    ],
)
def test_pods_without_kserve_pass_the_schema_of_kubernetes_whatever_has_the_weights(uri: str) -> None:
    output = built(files_of(settings_of("deployment", Step.TEN), Step.TEN, uri))
    for (kind, _), one in by_kind(output).items():
        if kind in {"Deployment", "Service"}:
            check_schema(one)


def test_pods_have_the_labels_the_port_and_the_arguments_of_those_that_kserve_makes() -> None:
    ours = by_kind(built(files_of(settings_of("deployment", Step.TEN), Step.TEN)))
    theirs = by_kind(built(files_of(settings_of("kserve", Step.TEN), Step.TEN)))
    slug = "llama-3-2-3b-v1-3-int4-g64"
    pod = ours["Deployment", slug]["spec"]["template"]
    service, runtime = theirs["InferenceService", slug], theirs["ServingRuntime", slug]
    predictor = service["spec"]["predictor"]
    assert pod["metadata"]["labels"] == predictor["labels"]
    (container,), (made) = pod["spec"]["containers"], runtime["spec"]["containers"][0]
    for key in ("image", "command", "ports", "readinessProbe", "startupProbe", "lifecycle"):
        assert container[key] == made[key]
    assert container["args"] == [*made["args"], *predictor["model"]["args"]]
    assert container["resources"] == predictor["model"]["resources"]
    assert pod["spec"]["tolerations"] == predictor["tolerations"]
    monitors = [found["PodMonitor", "llama-3-2-3b"] for found in (ours, theirs)]
    assert monitors[0] == monitors[1]


def test_the_overlay_that_is_gone_from_the_ladder_is_gone_from_the_build() -> None:
    objects = by_kind(built(files_of(settings_of("deployment", Step.DONE), Step.DONE)))
    assert [name for kind, name in objects if kind in {"Deployment", "Service"}] == ["llama-3-2-3b-v1-3-int4-g64"] * 2
    assert KEY.folder == f"environments/prod/{MODEL}"
