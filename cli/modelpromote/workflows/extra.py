"""Read what people write into `extra/`, and judge it: what is wrong in it, and which objects it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelpromote.adapters.yaml_stream import read_stream
from modelpromote.core import cluster, extra, rules
from modelpromote.core.cluster import ObjectId
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.tree import EntryKind, Tree, walk
from modelpromote.targets.rooms import kinds_decided

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Extra:
    """The faults of all that is there, and its objects by the cluster that they lie in."""

    findings: tuple[Diagnostic, ...] = ()
    objects: Mapping[str, Mapping[ObjectId, Location]] = field(default_factory=dict)


def read_extra(tree: Tree, environments: Iterable[Environment]) -> Extra:
    """Every YAML file below `environments/<env>/extra/`."""
    found: list[Diagnostic] = []
    objects: dict[str, dict[ObjectId, Location]] = {}
    for environment in environments:
        around = extra.Neighbour(environment.cluster.namespace, frozenset(kinds_decided(environment)))
        known = objects.setdefault(environment.cluster.server, {})
        for path, kind in walk(tree, f"environments/{environment.name}/extra"):
            content = tree.read(path) if kind is EntryKind.FILE and path.endswith(_ENDINGS) else None
            if content is None:
                continue
            documents, problems = read_stream(path, content)
            # anchors and the like are fine in files that only Kustomize reads
            found += [one for one in problems if one.rule is not rules.YAML_FEATURE]
            for document in documents:
                found += extra.faults(document, around)
                one = extra.identity(document, around.namespace)
                if one is not None:
                    known[one] = document.locate(("metadata", "name"))
    return Extra(tuple(found), objects)


def shared_with_releases(
    beside: Extra, releases: Mapping[str, tuple[Environment, cluster.Objects]]
) -> list[Diagnostic]:
    """Objects in extra/ that a built release has, too."""
    found: list[Diagnostic] = []
    for server, objects in beside.objects.items():
        owners = {
            identity: folder
            for folder, (environment, built) in releases.items()
            for identity in built
            if environment.cluster.server == server
        }
        found += extra.shared(objects, owners)
    return found
