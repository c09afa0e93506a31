"""Routes and Services in a build: who gets which share, and which workload stands behind a Service. Pure.

It knows kinds, not targets: a new target needs a line here only where its Services are made by a controller.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HTTP_ROUTE = ("gateway.networking.k8s.io", "HTTPRoute")
OPENSHIFT_ROUTE = ("route.openshift.io", "Route")
ROUTE_KINDS = (HTTP_ROUTE, OPENSHIFT_ROUTE)

# workloads whose controller makes the Service: its name is theirs with this at its end
_SUFFIXES = {("serving.kserve.io", "InferenceService"): "-predictor"}
_SERVICE = ("", "Service")


@dataclass(frozen=True, slots=True)
class Backend:
    """A Service that a route sends requests to, and its share."""

    service: str
    weight: int


Split = tuple[Backend, ...]


def kind_of(built: Any) -> tuple[str, str]:
    """API group and kind of a built object."""
    return str(built.get("apiVersion", "")).rpartition("/")[0], str(built.get("kind"))


def splits(objects: Iterable[Any]) -> list[tuple[Split, ...]]:
    """Each route of a build: how each of its rules splits requests."""
    return [_ROUTES[kind_of(built)](built) for built in objects if kind_of(built) in _ROUTES]


def workloads(objects: Iterable[Any]) -> dict[str, str]:
    """The workload behind each Service of a build, by the Service's name.

    A Service that selects no pods of the build, or those of several workloads, has none.
    """
    listed = tuple(objects)
    found: dict[str, str] = {}
    for built in listed:
        suffix = _SUFFIXES.get(kind_of(built))
        if suffix is not None:
            found[f"{_name(built)}{suffix}"] = _name(built)
        elif kind_of(built) == _SERVICE:
            behind = [_name(one) for one in listed if _selects(built, one)]
            if len(behind) == 1:
                found[_name(built)] = behind[0]
    return found


def _name(built: Any) -> str:
    return str(built["metadata"]["name"])


def _selects(service: Any, workload: Any) -> bool:
    """Whether the pods of a workload have all the labels that a Service looks for."""
    selector = (service.get("spec") or {}).get("selector") or {}
    labels = _labels_of_pods(workload)
    return bool(selector) and selector.items() <= labels.items()


def _labels_of_pods(workload: Any) -> Mapping[str, str]:
    template = (workload.get("spec") or {}).get("template") or {}
    return (template.get("metadata") or {}).get("labels") or {}


def _of_http_route(built: Any) -> tuple[Split, ...]:
    """A backend without a weight has 1."""
    rules = built["spec"]["rules"]
    return tuple(
        tuple(Backend(str(one["name"]), int(one.get("weight", 1))) for one in rule.get("backendRefs") or ())
        for rule in rules
    )


def _of_openshift_route(built: Any) -> tuple[Split, ...]:
    """`to` and `alternateBackends`; one without a weight has 100."""
    return (tuple(_openshift_backends(built["spec"])),)


def _openshift_backends(spec: Any) -> Iterator[Backend]:
    for one in (spec.get("to"), *(spec.get("alternateBackends") or ())):
        if one and one.get("name"):
            yield Backend(str(one["name"]), int(one.get("weight", 100)))


_ROUTES: Mapping[tuple[str, str], Callable[[Any], tuple[Split, ...]]] = {
    HTTP_ROUTE: _of_http_route,
    OPENSHIFT_ROUTE: _of_openshift_route,
}
