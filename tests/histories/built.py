"""What the cluster must get from a release by the book, and what the real Kustomize builds of its files."""

import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from histories.book import Book
from histories.line import Line
from modelpromote.adapters.kustomize import Build, Job, Kustomize
from modelpromote.core.ladder import Step

# weight of the variant in force, and the share of the full replicas that it has, in percent
AT = {Step.STAGED: (0, 10), Step.TEN: (10, 50), Step.FIFTY: (50, 100), Step.HUNDRED: (100, 100), Step.DONE: (100, 100)}
# what watches a model, whichever variant is in force; the ConfigMap is the dashboard
WATCHED = {"PodMonitor": 1, "PrometheusRule": 1, "ConfigMap": 1}
Cluster = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a release consists of in a way to serve; `counts`: in how many fields replicas are stated."""

    of_variant: tuple[str, ...]
    suffix: str
    counts: int
    route: str = "HTTPRoute"


MADE = {
    "kserve": MadeOf(("InferenceService", "ServingRuntime"), "-predictor", 2),
    "deployment": MadeOf(("Deployment", "Service"), "", 1),
    "openshift": MadeOf(("InferenceService", "ServingRuntime"), "-predictor", 2, "Route"),
}


@dataclass(frozen=True, slots=True)
class Remembering(Kustomize):
    """The real Kustomize, asked once for each content of the files that a build reads."""

    def build(self, jobs: Sequence[Job]) -> list[Build]:
        keys = [(job.folder, _digest(dict(reads(job.files, job.folder)))) for job in jobs]
        new = {key: job for key, job in zip(keys, jobs, strict=True) if key not in _BUILDS}
        _BUILDS.update(zip(new, Kustomize.build(self, list(new.values())), strict=True))
        return [_BUILDS[key] for key in keys]


_BUILDS: dict[tuple[str, str], Build] = {}


def reads(files: Mapping[str, bytes], path: str) -> Iterator[tuple[str, bytes]]:
    """The files that Kustomize reads to build a folder: its kustomization.yaml, and all that this one names."""
    kustomization = f"{path}/kustomization.yaml"
    if path in files:
        yield path, files[path]
    elif kustomization in files:
        yield kustomization, files[kustomization]
        for named in _named(files[kustomization]):
            yield from reads(files, posixpath.normpath(f"{path}/{named}"))


@cache
def _named(kustomization: bytes) -> tuple[str, ...]:
    document = yaml.load(kustomization, yaml.CSafeLoader)
    return (*document.get("resources", ()), *document.get("components", ()))


def _digest(files: Mapping[str, bytes]) -> str:
    return hashlib.sha256("\n".join(f"{path}\0{blob_id(files[path])}" for path in sorted(files)).encode()).hexdigest()


@cache
def blob_id(content: bytes) -> str:
    """The name that git gives to a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def expected(book: Book, line: Line) -> Cluster:
    """Replicas and weights by variant, and what the environment says of the rest."""
    settings, release, model = book.settings[line.key.environment], line.release, line.key.model
    if release.variant is None:
        return {"kinds": {"ConfigMap": 1}, "namespaces": {settings.namespace}}
    full, name = settings.replicas, line.name
    weight, share = AT[line.step] if line.step else (100, 100)
    replicas = {name: -(-full * share // 100)}
    weights = {name: weight} if weight else {}
    if line.step and line.step is not Step.DONE:
        replicas[str(release.previous)] = full
        weights[str(release.previous)] = 100 - weight
    made = MADE[settings.way]
    return {
        "kinds": WATCHED | {made.route: 1, **dict.fromkeys(made.of_variant, len(replicas))},
        "namespaces": {settings.namespace},
        "replicas": sorted((_slug(model, name), *[count] * made.counts) for name, count in replicas.items()),
        "weights": sorted((f"{_slug(model, name)}{made.suffix}", part) for name, part in weights.items()),
        "hostnames": [settings.hostname.replace("{slug}", model)],
    }


def found(kustomize: Kustomize, line: Line, files: Mapping[str, bytes]) -> Cluster:
    """What Kustomize builds of the files that the release reads."""
    build = kustomize.build([Job(dict(reads(files, line.key.folder)), line.key.folder)])[0]
    assert build.fault == ""
    return as_cluster(build.output)


@cache
def as_cluster(output: bytes) -> Cluster:
    """The objects of a build, in the terms of `expected`."""
    objects = list(yaml.load_all(output, yaml.CSafeLoader))
    kinds = [one["kind"] for one in objects]
    cluster: Cluster = {
        "kinds": {kind: kinds.count(kind) for kind in kinds},
        "namespaces": {one["metadata"]["namespace"] for one in objects},
    }
    routes = [one["spec"] for one in objects if one["kind"] in {"HTTPRoute", "Route"}]
    if not routes:
        return cluster
    (route,) = routes
    backends = [backend for rule in route.get("rules", ()) for backend in rule["backendRefs"]]
    backends += [route["to"], *route.get("alternateBackends", ())] if "to" in route else []
    return cluster | {
        "replicas": sorted((one["metadata"]["name"], *_counts(one)) for one in objects if _counts(one)),
        "weights": sorted((backend["name"], backend["weight"]) for backend in backends),
        "hostnames": route.get("hostnames") or [route["host"]],
    }


def _counts(built: Any) -> tuple[int, ...]:
    spec = built.get("spec", {})
    spec = spec.get("predictor", spec)
    return tuple(spec[key] for key in ("minReplicas", "maxReplicas", "replicas") if key in spec)


def _slug(model: str, name: str) -> str:
    return f"{model}-{name}".replace(".", "-")
