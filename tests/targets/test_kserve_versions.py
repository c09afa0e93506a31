"""Every version of KServe that the target is for: its spelling, its schema; and none outside."""

import pytest

from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.core.kserve import VERSIONS
from modelpromote.core.ladder import Step
from targets.served import ENVIRONMENT, built, by_kind, environment, environment_or_faults, files_of
from targets.test_builds import SCHEMAS, check_schema

SPELLINGS = {"0.15": ("RawDeployment", "external")}


def manifest(version: str) -> str:
    return ENVIRONMENT.replace('"0.17"', f'"{version}"')


def test_they_are_0_15_to_0_21() -> None:
    assert VERSIONS == ("0.15", "0.16", "0.17", "0.18", "0.19", "0.20", "0.21")


@pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")
@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the CRD schemas (../shared/schemas) are not here")
@pytest.mark.parametrize("version", VERSIONS)
def test_each_gets_its_own_spelling_and_passes_the_schema(version: str) -> None:
    objects = by_kind(built(files_of(environment(manifest(version)), Step.TEN)))
    services = [one for (kind, _), one in objects.items() if kind == "InferenceService"]
    for service in services:
        found = service["metadata"]["annotations"]
        mode, scaler = SPELLINGS.get(version, ("Standard", "none"))
        assert found["serving.kserve.io/deploymentMode"] == mode
        assert found["serving.kserve.io/autoscalerClass"] == scaler
        check_schema(service)
        # KServe says nothing where it ignores these: the first needs Knative, the second 0.21
        assert "canaryTrafficPercent" not in service["spec"]["predictor"]
        assert "canary" not in service["spec"]
    assert len(services) == 2


@pytest.mark.parametrize("version", ["0.14", "0.22", "0.1", "0.150", "0.015"])
def test_no_other_is_rendered_for(version: str) -> None:
    found, problems = environment_or_faults(manifest(version))
    assert found is None
    assert [(one.code, one.location.key) for one in problems] == [("MP441", "cluster.kserve")]
    assert f"expected 0.15 to 0.21, given '{version}'" in problems[0].detail


def test_another_target_does_not_ask() -> None:
    found, problems = environment_or_faults(manifest("0.99").replace("target: kserve", "target: deployment"))
    assert (found is not None, problems) == (True, ())
