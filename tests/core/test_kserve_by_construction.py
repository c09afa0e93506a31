"""What cannot go wrong because of how the kserve target renders: docs/rules-from-the-field.md names these tests."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from stage import PROJECT

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.environment import Environment
from modelpromote.core.manifest import Variant
from modelpromote.core.render import Renderer
from modelpromote.targets import kserve
from modelpromote.workflows.load import load_environment, load_variant

TREE = WorkingTree(Path(PROJECT))
RENDERER = Renderer(load_templates())


def variant(gpus: int) -> Variant:
    one = load_variant(TREE, "tiny-llama", "v1.3-int4-g64").value
    assert one is not None
    return one.model_copy(update={"serving": one.serving.model_copy(update={"gpus": gpus})})


def environment(version: str) -> Environment:
    one = load_environment(TREE, "prod").value
    assert one is not None
    return one.model_copy(update={"cluster": one.cluster.model_copy(update={"kserve": version})})


@pytest.mark.parametrize("gpus", [0, 1, 4])
def test_gpu_requests_equal_gpu_limits(gpus: int) -> None:
    files = kserve.base(RENDERER, variant(gpus))
    resources: Any = yaml.safe_load(files["inferenceservice.yaml"])["spec"]["predictor"]["model"]["resources"]
    expected = str(gpus) if gpus else None
    assert [resources[kind].get("nvidia.com/gpu") for kind in ("requests", "limits")] == [expected] * 2


@pytest.mark.parametrize(("version", "older"), [("0.14", True), ("0.15", True), ("0.16", False), ("0.17", False)])
def test_the_deployment_mode_is_spelled_as_the_kserve_there_spells_it(version: str, older: bool) -> None:
    base = yaml.safe_load(kserve.base(RENDERER, variant(0))["inferenceservice.yaml"])["metadata"]["annotations"]
    overlay = kserve.overlay(RENDERER, variant(0), environment(version))["kustomization.yaml"]
    patched = {
        one["path"].rpartition("~1")[2]: one["value"]
        for patch in yaml.safe_load(overlay)["patches"]
        for one in yaml.safe_load(patch["patch"])
        if "annotations" in one["path"]
    }
    spelled = {key.rpartition("/")[2]: value for key, value in base.items()} | patched
    modern = {"deploymentMode": "Standard", "autoscalerClass": "none"}
    assert spelled == ({"deploymentMode": "RawDeployment", "autoscalerClass": "external"} if older else modern)
