"""What Kustomize built, as Argo CD would apply it: objects, their faults, and their difference. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Value
from modelpromote.core.environment import Environment
from modelpromote.core.heeded import unheeded
from modelpromote.core.release import Release
from modelpromote.core.routes import kind_of, splits, workloads


@dataclass(frozen=True, slots=True, order=True)
class ObjectId:
    """What makes an object the same one to a cluster."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


Objects = Mapping[ObjectId, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs, by its path; None where it is absent on that side."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that is `added`, `changed` or `deleted`."""

    action: str
    id: ObjectId
    fields: tuple[FieldChange, ...] = field(default=())


def objects_of(documents: Iterable[Value]) -> dict[ObjectId, Any]:
    """The built documents by identity."""
    found: dict[ObjectId, Any] = {}
    for document in documents:
        if isinstance(document, dict):
            metadata: Any = document.get("metadata") or {}
            identity = ObjectId(
                *kind_of(document),
                str(metadata.get("namespace", "")),
                str(metadata.get("name")),
            )
            found[identity] = document
    return found


def faults(
    release: Release, environment: Environment, kinds: Iterable[tuple[str, str]], objects: Objects
) -> list[Diagnostic]:
    """What is wrong with a built release: the exit code of Kustomize proves nothing."""
    place = Location(f"{release.folder}/kustomization.yaml")
    if not objects:
        return [Diagnostic(rules.EMPTY_BUILD, place, "the build has no object")]
    allowed = set(kinds)
    found = [
        Diagnostic(
            rules.KIND_NOT_ALLOWED,
            place,
            f"{identity} is of a kind that target {environment.target} does not make",
        )
        for identity in objects
        if (identity.group, identity.kind) not in allowed
    ]
    found += [
        Diagnostic(rules.SHARED_OBJECT, place, f"{identity} is outside namespace {environment.cluster.namespace}")
        for identity in objects
        if identity.namespace != environment.cluster.namespace
    ]
    for identity, built in objects.items():
        found += unheeded(place, identity.kind, built, environment.cluster.kserve)
    return [*found, *_route_faults(release, environment, objects, place)]


def _route_faults(release: Release, environment: Environment, objects: Objects, place: Location) -> list[Diagnostic]:
    routes = splits(objects.values())
    expected = 1 if environment.route is not None and release.variant is not None else 0
    if len(routes) != expected:
        return [Diagnostic(rules.ROUTE_COUNT, place, f"{len(routes)} routes in the build, expected {expected}")]
    found: list[Diagnostic] = []
    services = workloads(objects.values())
    for split in routes[0] if routes else ():
        total = sum(backend.weight for backend in split)
        if total != 100:  # noqa: PLR2004
            found.append(Diagnostic(rules.WEIGHTS, place, f"weights of the route sum to {total}"))
        missing = [backend.service for backend in split if backend.service not in services]
        found += [Diagnostic(rules.BACKEND_MISSING, place, f"backend {name} is not in the build") for name in missing]
    return found


def shared(releases: Mapping[str, tuple[Environment, Objects]]) -> list[Diagnostic]:
    """Objects that two releases (by folder) would both own on one cluster."""
    owners: dict[tuple[str, ObjectId], str] = {}
    found: list[Diagnostic] = []
    for folder, (environment, objects) in sorted(releases.items()):
        for identity in objects:
            owner = owners.setdefault((environment.cluster.server, identity), folder)
            if owner != folder:
                place = Location(f"{folder}/kustomization.yaml")
                found.append(Diagnostic(rules.SHARED_OBJECT, place, f"{identity} belongs to {owner} already"))
    return found


def difference(before: Objects, after: Objects) -> tuple[ObjectChange, ...]:
    """What changes in the cluster, object by object, fields by path."""
    changes: list[ObjectChange] = []
    for identity in sorted({*before, *after}):
        if identity not in before:
            changes.append(ObjectChange("added", identity))
        elif identity not in after:
            changes.append(ObjectChange("deleted", identity))
        elif before[identity] != after[identity]:
            fields = tuple(_fields("", before[identity], after[identity]))
            changes.append(ObjectChange("changed", identity, fields))
    return tuple(changes)


def _fields(path: str, before: Any, after: Any) -> Iterable[FieldChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _fields(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif isinstance(before, tuple) and isinstance(after, tuple):
        named = _by_name(before), _by_name(after)
        if named[0] is not None and named[1] is not None:
            for name in sorted({*named[0], *named[1]}):
                yield from _fields(f"{path}[{name}]", named[0].get(name), named[1].get(name))
        elif before != after:
            yield FieldChange(path, before, after)
    elif before != after:
        yield FieldChange(path, before, after)


def _by_name(items: tuple[Any, ...]) -> dict[str, Any] | None:
    """Items of a list by their `name`, where every one has its own; so a new backend moves no other."""
    named = {str(item["name"]): item for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None
