"""Built releases as plain values: what is wrong with them, and how two of them differ."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.change_traffic import of_build
from modelpromote.core.cluster import FieldChange, ObjectId, difference, faults, objects_of, shared
from modelpromote.core.environment import Environment
from modelpromote.core.names import VariantName
from modelpromote.core.release import Release, first_release

GATEWAY = {"gateway": {"name": "g", "namespace": "g"}, "hostname": "{slug}.example.com"}
KINDS = (
    ("serving.kserve.io", "InferenceService"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("", "ConfigMap"),
)
IDENTITY = ObjectId("", "ConfigMap", "models", "m")
OLD, NEW = "llama-v1-0-fp16", "llama-v1-1-int8"


def environment(*, route: bool = True, server: str = "https://kubernetes.default.svc") -> Environment:
    return Environment.model_validate(
        {
            "apiVersion": "modelpromote/v1",
            "kind": "Environment",
            "name": "prod",
            "target": "kserve",
            "cluster": {"server": server, "namespace": "models", "kserve": "0.17"},
            "replicas": 1,
            "gates": (),
            **({"route": GATEWAY} if route else {}),
        }
    )


IN_FORCE = Release.model_construct(
    **{**dict(first_release("prod", "llama")), "number": 2, "variant": VariantName("v1.1", "int8")}
)


def service(name: str, namespace: str = "models") -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"predictor": {"minReplicas": 1}},
    }


def route(*backends: tuple[str, int | None]) -> dict[str, Any]:
    named = tuple({"name": name, **({"weight": weight} if weight is not None else {})} for name, weight in backends)
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "llama", "namespace": "models"},
        "spec": {"rules": ({"name": "openai", "backendRefs": named},)},
    }


SPLIT = route((f"{OLD}-predictor", 90), (f"{NEW}-predictor", 10))
GOOD = (service(OLD), service(NEW), SPLIT)


def found(*documents: Any, release: Release = IN_FORCE, routed: bool = True) -> list[tuple[str, str]]:
    problems = faults(release, environment(route=routed), KINDS, objects_of(documents))
    assert {one.location.path for one in problems} <= {"environments/prod/llama/kustomization.yaml"}
    return [(one.code, one.detail) for one in problems]


def workload(name: str, **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "models"},
        "spec": {"template": {"metadata": {"labels": labels or {"of": name}}}},
    }


def selecting(name: str, **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "models"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": labels}}


def openshift(to: tuple[str, int | None] | None, *others: tuple[str, int | None]) -> dict[str, Any]:
    backends = [
        {"kind": "Service", "name": name} | ({"weight": weight} if weight is not None else {})
        for name, weight in ([to] if to else []) + list(others)
    ]
    spec = {"to": backends[0] if to else None, "alternateBackends": tuple(backends[1 if to else 0 :])}
    metadata = {"name": "llama", "namespace": "models"}
    return {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": metadata, "spec": spec}


PLAIN = {
    "apps": ("apps", "Deployment"), "services": ("", "Service"), "routes": ("route.openshift.io", "Route"),
}  # fmt: skip


def found_plain(*documents: Any) -> list[tuple[str, str]]:
    problems = faults(IN_FORCE, environment(), (*KINDS, *PLAIN.values()), objects_of(documents))
    return [(one.code, one.detail) for one in problems]


def test_a_service_counts_where_it_selects_the_pods_of_one_workload() -> None:
    split = route((OLD, 90), (NEW, 10))
    workloads = (workload(OLD), workload(NEW))
    assert found_plain(*workloads, selecting(OLD, of=OLD), selecting(NEW, of=NEW), split) == []
    missing = [("MP407", f"backend {NEW} is not in the build")]
    good = selecting(OLD, of=OLD)
    assert found_plain(*workloads, good, split) == missing
    assert found_plain(*workloads, good, selecting(NEW, of="another"), split) == missing
    assert found_plain(*workloads, good, selecting(NEW), split) == missing
    both = (workload(OLD, of=OLD, app="m"), workload(NEW, of=NEW, app="m"))
    assert found_plain(*both, good, selecting(NEW, app="m"), split) == missing


def test_a_route_of_openshift_is_held_to_the_same() -> None:
    both = (service(OLD), service(NEW))
    old, new = f"{OLD}-predictor", f"{NEW}-predictor"
    assert found_plain(*both, openshift((old, 90), (new, 10))) == []
    assert found_plain(*both, openshift((new, None))) == []  # the API's own default is 100
    assert found_plain(*both, openshift((old, 90), (new, 20))) == [("MP406", "weights of the route sum to 110")]
    assert found_plain(*both, openshift(None)) == [("MP406", "weights of the route sum to 0")]
    assert found_plain(*both, openshift((old, 90), ("gone", 10))) == [("MP407", "backend gone is not in the build")]
    assert found_plain(*both, openshift((old, 100)), SPLIT) == [("MP405", "2 routes in the build, expected 1")]


def test_traffic_is_counted_by_workload_whatever_the_route() -> None:
    plain = (workload(OLD), workload(NEW), selecting(OLD, of=OLD), selecting(NEW, of=NEW))
    assert of_build(objects_of((*plain, openshift((OLD, 90), (NEW, 10))))) == {OLD: 90, NEW: 10}
    assert of_build(objects_of((*plain, route((OLD, 100))))) == {OLD: 100, NEW: 0}
    assert of_build(objects_of(GOOD)) == {OLD: 90, NEW: 10}


def test_a_good_build_has_no_fault() -> None:
    assert found(*GOOD) == []
    assert found(service(NEW), routed=False) == []


def test_an_empty_build_is_a_fault() -> None:
    assert found() == [("MP409", "the build has no object")]


def test_nothing_in_force_needs_an_object_but_no_route() -> None:
    idle = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "llama-release", "namespace": "models"}}
    nothing = first_release("prod", "llama")
    assert found(idle, release=nothing) == []
    assert found(idle, SPLIT, release=nothing) == [("MP405", "1 routes in the build, expected 0")]


@pytest.mark.parametrize(
    ("documents", "routed", "count", "expected"),
    [
        ((service(NEW),), True, 0, 1),
        ((*GOOD, {**deepcopy(SPLIT), "metadata": {"name": "other", "namespace": "models"}}), True, 2, 1),
        (GOOD, False, 1, 0),
    ],
)
def test_exactly_one_route_with_a_gateway_and_none_without(
    documents: tuple[Any, ...], routed: bool, count: int, expected: int
) -> None:
    assert found(*documents, routed=routed) == [("MP405", f"{count} routes in the build, expected {expected}")]


@pytest.mark.parametrize(
    ("backends", "total"),
    [(((OLD, 90), (NEW, 11)), 101), (((OLD, 0), (NEW, 0)), 0), (((OLD, None), (NEW, 98)), 99), ((), 0)],
)
def test_weights_that_do_not_sum_to_100(backends: tuple[tuple[str, int | None], ...], total: int) -> None:
    named = [(f"{name}-predictor", weight) for name, weight in backends]
    assert found(service(OLD), service(NEW), route(*named)) == [("MP406", f"weights of the route sum to {total}")]


def test_a_backend_that_is_not_in_the_build() -> None:
    assert found(service(NEW), SPLIT) == [("MP407", f"backend {OLD}-predictor is not in the build")]


def test_a_kind_that_argo_cd_may_not_make() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "models"}}
    detail = "Secret models/s is of a kind that target kserve does not make"
    assert found(*GOOD, secret) == [("MP413", detail)]


def test_the_same_kind_of_another_group_is_another_kind() -> None:
    other = {"apiVersion": "example.com/v1", "kind": "ConfigMap", "metadata": {"name": "s", "namespace": "models"}}
    assert [code for code, _ in found(*GOOD, other)] == ["MP413"]


@pytest.mark.parametrize("namespace", ["kube-system", ""])
def test_an_object_outside_the_namespace(namespace: str) -> None:
    assert ("MP408", f"InferenceService {namespace}/x is outside namespace models") in found(
        *GOOD, service("x", namespace)
    )


def test_two_releases_may_not_own_one_object_on_one_cluster() -> None:
    objects = objects_of((service(NEW),))
    folders = ("environments/prod/a", "environments/prod/b")
    [problem] = shared({folder: (environment(), objects) for folder in folders})
    assert (problem.code, problem.location.path) == ("MP408", "environments/prod/b/kustomization.yaml")
    assert problem.detail == f"InferenceService models/{NEW} belongs to environments/prod/a already"
    apart = {folders[0]: (environment(), objects), folders[1]: (environment(server="https://other:6443"), objects)}
    assert shared(apart) == []


def test_objects_are_known_by_group_kind_namespace_and_name() -> None:
    assert list(objects_of((service(NEW), None, "text"))) == [
        ObjectId("serving.kserve.io", "InferenceService", "models", NEW)
    ]
    assert list(objects_of(({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}},))) == [
        ObjectId("", "Namespace", "", "n")
    ]


def test_objects_that_come_and_go() -> None:
    changes = difference(objects_of((service(OLD), SPLIT)), objects_of((service(NEW), SPLIT)))
    assert [(change.action, change.id.name) for change in changes] == [("deleted", OLD), ("added", NEW)]


def test_items_without_names_are_shown_whole() -> None:
    [change] = difference({IDENTITY: {"args": ("a", "b")}}, {IDENTITY: {"args": ("a", "c")}})
    assert change.fields == (FieldChange("args", ("a", "b"), ("a", "c")),)


def test_a_weight_that_moves_is_named_by_its_backend() -> None:
    later = route((f"{NEW}-predictor", 50), (f"{OLD}-predictor", 50))
    [change] = difference(objects_of((SPLIT,)), objects_of((later,)))
    assert change.action == "changed"
    assert change.fields == (
        FieldChange(f"spec.rules[openai].backendRefs[{OLD}-predictor].weight", 90, 50),
        FieldChange(f"spec.rules[openai].backendRefs[{NEW}-predictor].weight", 10, 50),
    )


values = st.recursive(
    st.booleans() | st.integers(0, 9) | st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@given(values, values)
def test_whatever_differs_is_shown_and_nothing_else(before: Any, after: Any) -> None:
    changes = difference({IDENTITY: {"data": before}}, {IDENTITY: {"data": after}})
    assert bool(changes) is (before != after)
    for change in changes:
        assert change.fields
        assert all(one.before != one.after for one in change.fields)


sizes = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3))


@given(sizes, sizes)
def test_a_difference_turned_round_has_the_sides_exchanged(before: dict[str, int], after: dict[str, int]) -> None:
    old = objects_of(service(name) | {"spec": size} for name, size in before.items())
    new = objects_of(service(name) | {"spec": size} for name, size in after.items())
    there, back = difference(old, new), difference(new, old)
    turned = {"added": "deleted", "deleted": "added", "changed": "changed"}
    assert [(turned[one.action], one.id) for one in there] == [(one.action, one.id) for one in back]
