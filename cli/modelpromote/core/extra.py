"""What people write into `environments/<env>/extra/`: what Argo CD would refuse, or what could block a rollback. Pure.

Files are judged as they are written, not as they are built: a Kustomization of people may need what the tool never
runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelpromote.core import rules
from modelpromote.core.cluster import ObjectId
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document
from modelpromote.core.sync_order import ordering

_CLUSTER_WIDE = frozenset(
    {
        "APIService", "CSIDriver", "ClusterIssuer", "ClusterPolicy", "ClusterQueue", "ClusterRole",
        "ClusterRoleBinding", "ClusterSecretStore", "ClusterServingRuntime", "ClusterStorageContainer",
        "CustomResourceDefinition", "GatewayClass", "IngressClass", "MutatingWebhookConfiguration", "Namespace",
        "Node", "PersistentVolume", "PriorityClass", "ResourceFlavor", "RuntimeClass", "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)  # fmt: skip
_OLD_FIELDS = ("commonLabels", "patchesStrategicMerge", "patchesJson6902", "vars", "bases", "imageTags")
_LITERALS = ("literals", "envs", "files")
_REMOTE = ("://", "git@", "github.com/", "?ref=")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The namespace of the environment that a file lies in, and the kinds that only releases may have there."""

    namespace: str
    denied: frozenset[tuple[str, str]]


def faults(document: Document, around: Neighbour) -> Iterator[Diagnostic]:
    """What is wrong with one document: an object, a Kustomization, or nothing that is applied."""
    data: Any = document.data
    if not isinstance(data, dict):
        return
    if str(data.get("apiVersion", "")).startswith("kustomize.config.k8s.io/") or _is_kustomization(document):
        yield from _kustomization(document, data, around)
    elif isinstance(data.get("kind"), str) and isinstance(data.get("apiVersion"), str):
        yield from _object(document, data, around)


def identity(document: Document, namespace: str) -> ObjectId | None:
    """The object that a document is in the cluster; None where it is none."""
    data: Any = document.data
    if not isinstance(data, dict) or _is_kustomization(document):
        return None
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not isinstance(data.get("kind"), str):
        return None
    return ObjectId(_group(data), data["kind"], namespace, name)


def shared(extra: Mapping[ObjectId, Location], owners: Mapping[ObjectId, str]) -> Iterator[Diagnostic]:
    """Objects that a release of the same cluster has, too; `owners` are the releases' folders."""
    for one, place in extra.items():
        if one in owners:
            yield Diagnostic(rules.SHARED_WITH_RELEASE, place, f"{one} belongs to {owners[one]} already")


def _is_kustomization(document: Document) -> bool:
    return document.path.rpartition("/")[2] in {"kustomization.yaml", "kustomization.yml"}


def _group(data: dict[str, Any]) -> str:
    return str(data.get("apiVersion", "")).rpartition("/")[0]


def _object(document: Document, data: dict[str, Any], around: Neighbour) -> Iterator[Diagnostic]:
    kind = data["kind"]
    if (_group(data), kind) in around.denied or kind in _CLUSTER_WIDE:
        why = "comes from promotions only" if kind not in _CLUSTER_WIDE else "is cluster-wide"
        yield Diagnostic(rules.FOREIGN_KIND, document.locate(("kind",)), f"{kind} {why}; Argo CD would refuse it")
    metadata = data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    yield from _namespace(document, ("metadata", "namespace"), metadata.get("namespace"), around)
    yield from _annotations(document, ("metadata", "annotations"), metadata.get("annotations"))
    if kind == "Secret" and not _group(data):
        for key in ("data", "stringData"):
            if isinstance(data.get(key), dict) and data[key]:
                detail = f"the values of Secret {metadata.get('name')} can be read by all who can read the repository"
                yield Diagnostic(rules.SECRET_IN_GIT, document.locate((key,), key=True), detail)


def _kustomization(document: Document, data: dict[str, Any], around: Neighbour) -> Iterator[Diagnostic]:
    yield from _namespace(document, ("namespace",), data.get("namespace"), around)
    yield from _annotations(document, ("commonAnnotations",), data.get("commonAnnotations"))
    for key in _OLD_FIELDS:
        if key in data:
            detail = "it reaches selectors, too" if key == "commonLabels" else "Kustomize warns of it"
            yield Diagnostic(rules.OLD_FIELD, document.locate((key,), key=True), f"{key}: {detail}")
    for index, generator in enumerate(_listed(data.get("secretGenerator"))):
        for key in _LITERALS:
            if isinstance(generator, dict) and generator.get(key):
                detail = f"{key} of a secretGenerator can be read by all who can read the repository"
                yield Diagnostic(rules.SECRET_IN_GIT, document.locate(("secretGenerator", index, key)), detail)
    for key in ("resources", "components", "bases"):
        for index, named in enumerate(_listed(data.get(key))):
            if isinstance(named, str) and any(mark in named for mark in _REMOTE):
                detail = f"{named} is fetched at every sync"
                yield Diagnostic(rules.REMOTE_RESOURCE, document.locate((key, index)), detail)


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _namespace(document: Document, place: tuple[str, ...], value: Any, around: Neighbour) -> Iterator[Diagnostic]:
    if isinstance(value, str) and value != around.namespace:
        detail = f"namespace {value!r}, this environment has {around.namespace!r}"
        yield Diagnostic(rules.OTHER_NAMESPACE, document.locate(place), detail)


def _annotations(document: Document, place: tuple[str, ...], value: Any) -> Iterator[Diagnostic]:
    for key, text in ordering(value):
        yield Diagnostic(rules.ORDERED_SYNC, document.locate((*place, key), key=True), f"{key}: {text}")
