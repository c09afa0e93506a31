"""`promote diff REV..REV`: what lies between two states of a repository, in the cluster. Judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelpromote.adapters.kustomize import Job
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.cluster import difference
from modelpromote.core.comparison import Comparison, ReleaseDifference
from modelpromote.core.names import NameFault, VariantName
from modelpromote.core.outcome import Preview
from modelpromote.core.policy import PATH
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.tree import MemoryTree, Tree, folders
from modelpromote.failures import Failure, Usage
from modelpromote.workflows.diff import unreadable
from modelpromote.workflows.load import load_environment, load_policy, load_release
from modelpromote.workflows.preview import built_objects, file_difference, release_files
from modelpromote.workflows.world import World

_WORKING_TREE = "the working tree"
_NOT_MODELS = frozenset({"extra"})


@dataclass(frozen=True, slots=True)
class _Standing:
    """A release as one side has it, and all that its build may read."""

    release: Release
    files: Mapping[str, bytes]


def diff_revisions(world: World, text: str) -> Comparison:
    """What differs between two revisions (`A..B`), or between one and the working tree (`A`)."""
    first, second = _sides(world, text)
    before, after = _standings(*first), _standings(*second)
    pairs = [(key, before.get(key), after.get(key)) for key in sorted({*before, *after})]
    differing = [pair for pair in pairs if _files(pair[1]) != _files(pair[2])]
    releases = tuple(
        ReleaseDifference(key, _decision(old), _decision(new), shown)
        for (key, old, new), shown in zip(differing, _previews(world, differing), strict=True)
    )
    return Comparison(first[0], second[0], releases, len(pairs) - len(differing))


def _sides(world: World, text: str) -> tuple[tuple[str, Tree], tuple[str, Tree]]:
    """Both sides with their names."""
    before, dots, after = text.partition("..")
    if after.startswith("."):
        raise Usage(f"{text} has three dots", "name the two revisions with two dots: A..B")
    first = (before or "HEAD", world.repository.tree(_commit(world, before or "HEAD")))
    if not dots:
        return first, (_WORKING_TREE, WorkingTree(world.repository.root))
    return first, (after or "HEAD", world.repository.tree(_commit(world, after or "HEAD")))


def _commit(world: World, revision: str) -> str:
    commit = world.repository.resolve(revision)
    if commit is not None:
        return commit
    try:
        VariantName.parse(revision.rpartition("/")[2])
    except NameFault:
        raise Failure(f"there is no commit {revision!r}", "check its spelling, or run: git fetch") from None
    raise Usage(f"{revision} is no revision", f"for what promoting it changes: promote diff {revision} --to ENV")


def _standings(name: str, tree: Tree) -> dict[ReleaseKey, _Standing]:
    """Every release of a tree; none where it has no promote.yaml. Failure names all that cannot be read."""
    if PATH not in tree.entries(""):
        return {}
    policy = load_policy(tree)
    problems = list(policy.problems)
    found: dict[ReleaseKey, _Standing] = {}
    for environment in policy.value.environments if policy.value else ():
        settings = load_environment(tree, environment)
        problems += settings.problems
        for key in _keys(tree, environment):
            release = load_release(tree, key)
            problems += release.problems
            if settings.value is not None and release.value is not None:
                found[key] = _Standing(release.value, release_files(tree, release.value, settings.value))
    if problems:
        raise unreadable(name, problems)
    return found


def _keys(tree: Tree, environment: str) -> list[ReleaseKey]:
    folder = f"environments/{environment}"
    models = [name for name in folders(tree, folder) if name not in _NOT_MODELS]
    return [ReleaseKey(environment, name) for name in models if "release.yaml" in tree.entries(f"{folder}/{name}")]


def _decision(side: _Standing | None) -> Release | None:
    return None if side is None else side.release


def _files(side: _Standing | None) -> Mapping[str, bytes] | None:
    """All that the build reads."""
    return None if side is None else side.files


def _previews(world: World, pairs: Sequence[tuple[ReleaseKey, _Standing | None, _Standing | None]]) -> list[Preview]:
    """The differences of the builds, all of them in one go; of the files without Kustomize."""
    if world.kustomize is None:
        return [Preview(built=False, text=_file_difference(before, after)) for _, before, after in pairs]
    sides = [(key, side) for key, *both in pairs for side in both]
    jobs = [Job(side.files, key.folder) for key, side in sides if side is not None]
    builds = iter(world.kustomize.build(jobs))
    read = [
        built_objects(f"{key.folder}/kustomization.yaml", next(builds)) if side is not None else ({}, [])
        for key, side in sides
    ]
    previews: list[Preview] = []
    for (earlier, wrong), (later, problems) in zip(read[::2], read[1::2], strict=True):
        found = (*wrong, *problems)
        previews.append(Preview(built=True, changes=() if found else difference(earlier, later), problems=found))
    return previews


def _file_difference(before: _Standing | None, after: _Standing | None) -> str:
    old, new = _files(before) or {}, _files(after) or {}
    return file_difference(MemoryTree(old), {**dict.fromkeys(old, b""), **new})
