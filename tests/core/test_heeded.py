"""What a built object must not have: fields that nothing heeds, annotations that hold up a rollback."""

from typing import Any

import pytest

from core.test_cluster import GOOD, NEW, SPLIT, environment, found, service
from modelpromote.core.diagnostics import Location
from modelpromote.core.heeded import unheeded

OLD_ONE = GOOD[0]


def spoilt(**spec: Any) -> dict[str, Any]:
    one = service(NEW)
    return {**one, "spec": {**one["spec"], **spec}}


def annotated(key: str, value: str) -> dict[str, Any]:
    one = service(NEW)
    return {**one, "metadata": {**one["metadata"], "annotations": {key: value}}}


@pytest.mark.parametrize(
    "built",
    [
        spoilt(canaryTrafficPercent=10),
        spoilt(predictor={"canaryTrafficPercent": 10}),
        spoilt(canary={"weight": 10}),
    ],
)
def test_a_canary_field_that_nothing_heeds_is_a_fault_of_the_build(built: dict[str, Any]) -> None:
    assert [code for code, _ in found(OLD_ONE, built, SPLIT)] == ["MP465"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("argocd.argoproj.io/sync-wave", "1"),
        ("argocd.argoproj.io/hook", "PostSync"),
        ("argocd.argoproj.io/sync-options", "PruneLast=true"),
    ],
)
def test_an_annotation_that_orders_a_sync_is_a_fault_of_the_build(key: str, value: str) -> None:
    assert found(OLD_ONE, annotated(key, value), SPLIT) == [("MP462", f"InferenceService {NEW}: {key}: {value}")]


def test_spec_canary_is_heeded_from_kserve_0_21_on() -> None:
    def codes(kserve: str) -> list[str]:
        return [one.code for one in unheeded(Location("a"), "InferenceService", spoilt(canary={}), kserve)]

    assert (codes("0.20"), codes("0.21"), codes("0.100")) == (["MP465"], [], [])
    assert environment().cluster.kserve == "0.17"


def test_hostile_shapes_are_no_crash() -> None:
    for built in (None, "text", (), {"metadata": (), "spec": "x"}, {"metadata": {"annotations": ("a",)}}):
        assert list(unheeded(Location("a"), "InferenceService", built, "0.17")) == []
