"""OpenShift's Route: weights at every step, its documented structure, and what cannot be one.

No CRD describes it (OpenShift's API server has it built in): what it may have is written down here, as the API
reference of route.openshift.io/v1 has it.
"""

from typing import Any

import pytest

from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.core.ladder import Step
from repo.ways import WAYS
from targets.served import ENVIRONMENT, built, by_kind, environment, environment_or_faults, files_of

BACKEND = {"kind": {"Service"}, "name": str, "weight": range(257)}
SPEC = {
    "host": str,
    "path": str,
    "to": BACKEND,
    "alternateBackends": [BACKEND],
    "port": {"targetPort": str},
    "tls": {
        "termination": {"edge", "passthrough", "reencrypt"},
        "insecureEdgeTerminationPolicy": {"Allow", "Disable", "None", "Redirect"},
    },
    "wildcardPolicy": {"None", "Subdomain"},
}  # fmt: skip
REQUIRED = {"host", "to"}
OLD, NEW = "llama-3-2-3b-v1-0-fp16-predictor", "llama-3-2-3b-v1-3-int4-g64-predictor"
SPLITS = [
    (Step.STAGED, [(OLD, 100)]),
    (Step.TEN, [(OLD, 90), (NEW, 10)]),
    (Step.FIFTY, [(OLD, 50), (NEW, 50)]),
    (Step.HUNDRED, [(OLD, 0), (NEW, 100)]),
    (Step.DONE, [(NEW, 100)]),
]


def accepts(shape: Any, value: Any) -> bool:
    """Whether a value has the documented structure: no key but these, of these types or values."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(key in shape and accepts(shape[key], one) for key, one in value.items())
    if isinstance(shape, list):
        return isinstance(value, list) and 0 < len(value) <= 3 and all(accepts(shape[0], one) for one in value)
    if isinstance(shape, type):
        return isinstance(value, shape) and bool(value)
    return value in shape


def route_at(step: Step, way: str = "openshift") -> dict[str, Any]:
    objects = by_kind(built(files_of(environment(WAYS[way](ENVIRONMENT)), step)))
    (found,) = [one for (kind, _), one in objects.items() if kind in {"Route", "HTTPRoute"}]
    assert isinstance(found, dict)
    return found


@pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")
@pytest.mark.parametrize(("step", "split"), SPLITS, ids=lambda value: str(value) if isinstance(value, Step) else "")
def test_its_weights_are_those_of_the_step(step: Step, split: list[tuple[str, int]]) -> None:
    route = route_at(step)
    spec = route["spec"]
    assert [(one["name"], one["weight"]) for one in (spec["to"], *spec.get("alternateBackends", ()))] == split
    assert (route["apiVersion"], route["metadata"]["namespace"]) == ("route.openshift.io/v1", "models-prod")
    assert accepts(SPEC, spec)
    assert set(spec) >= REQUIRED
    assert (spec["host"], spec["port"]) == ("llama-3-2-3b.models.example.com", {"targetPort": "http"})


@pytest.mark.parametrize(
    "spoilt",
    [{"to": {"kind": "Service", "name": "x", "weight": 257}}, {"alternateBackend": []}, {"alternateBackends": []},
     {"tls": {"termination": "Edge"}}, {"host": ["x"]}],
)  # fmt: skip
def test_the_structure_refuses_what_is_not_documented(spoilt: dict[str, Any]) -> None:
    assert not accepts(SPEC, {"host": "x", "to": {"kind": "Service", "name": "x", "weight": 100}} | spoilt)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("  kind: Route\n", "  kind: Route\n  gateway: {name: g, namespace: g}\n", ["MP440"]),
        ('"{slug}.models', '"*.models', ["MP440"]),
        ("  kind: Route\n", "", ["MP007"]),
        ("  kind: Route\n", "  kind: Ingress\n", ["MP008"]),
    ],
)
def test_what_cannot_be_one_is_refused(old: str, new: str, codes: list[str]) -> None:
    manifest = WAYS["openshift"](ENVIRONMENT)
    assert old in manifest
    found, problems = environment_or_faults(manifest.replace(old, new))
    assert found is None
    assert [one.code for one in problems] == codes
