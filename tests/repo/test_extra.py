"""What people add in `extra/`: Argo CD applies it, apart from the models, and it cannot serve or route anything."""

from typing import Any

import pytest
import yaml
from stage import PROJECT

from modelpromote.targets import TARGETS

ENVIRONMENTS = ("test", "staging", "prod")


def objects(environment: str) -> dict[tuple[str, str], Any]:
    text = (PROJECT / "argocd" / f"{environment}.yaml").read_text("utf-8")
    return {(found["kind"], found["metadata"]["name"]): found["spec"] for found in yaml.safe_load_all(text)}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_application_of_its_own_follows_the_folder_alone(environment: str) -> None:
    found = objects(environment)["ApplicationSet", f"models-{environment}-extra"]
    (generator,) = found["generators"]
    models = objects(environment)["ApplicationSet", f"models-{environment}"]["generators"][0]["git"]
    assert generator["git"]["directories"] == [{"path": f"environments/{environment}/extra"}]
    assert "files" not in generator["git"]
    assert {key: generator["git"][key] for key in ("repoURL", "revision")} == {
        key: models[key] for key in ("repoURL", "revision")
    }
    template = found["template"]
    assert template["metadata"]["name"] == f"{environment}-extra"
    assert template["spec"]["project"] == f"models-{environment}-extra"
    assert template["spec"]["source"]["path"] == "{{ .path.path }}"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_its_project_keeps_it_in_the_namespace_and_from_what_serves(environment: str) -> None:
    both = objects(environment)
    models, extra = both["AppProject", f"models-{environment}"], both["AppProject", f"models-{environment}-extra"]
    assert extra["destinations"] == models["destinations"]
    assert extra["sourceRepos"] == models["sourceRepos"]
    assert extra["clusterResourceWhitelist"] == []
    denied = {(kind["group"], kind["kind"]) for kind in extra["namespaceResourceBlacklist"]}
    allowed = {(kind["group"], kind["kind"]) for kind in models["namespaceResourceWhitelist"]}
    assert denied < allowed
    assert {kind for _, kind in denied} >= {"InferenceService", "ServingRuntime", "HTTPRoute"}
    ours = {kind for target in TARGETS.values() for kind in target.KINDS} - set(TARGETS["kserve"].KINDS)
    assert {kind for _, kind in allowed - denied - ours} == {"ConfigMap", "PodMonitor", "PrometheusRule"}
