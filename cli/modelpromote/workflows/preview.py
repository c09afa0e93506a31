"""What a transition changes in the cluster: the difference of the built objects, or of the files without Kustomize."""

import difflib
from collections.abc import Mapping

from modelpromote.adapters.kustomize import Build, Job
from modelpromote.adapters.yaml_reader import read_objects
from modelpromote.core import rules
from modelpromote.core.cluster import ObjectId, difference, faults, objects_of
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.outcome import Preview
from modelpromote.core.release import Release
from modelpromote.core.tree import EntryKind, Tree, walk
from modelpromote.targets import kinds_in
from modelpromote.workflows.load import parse_release
from modelpromote.workflows.world import World

_SHOWN = 400  # characters of what Kustomize says; the cause stands at its end


def preview(
    world: World, tree: Tree, environment: Environment, release: Release, files: Mapping[str, bytes]
) -> Preview:
    """The difference that writing `files` into the tree makes to a release, which is `release` afterwards."""
    if world.kustomize is None:
        return Preview(built=False, text=file_difference(tree, files))
    before = release_files(tree, release, environment)
    after = {**before, **files}
    folder = release.folder
    old, new = world.kustomize.build([Job(before, folder), Job(after, folder)])
    place = f"{folder}/kustomization.yaml"
    earlier, _ = built_objects(place, old)
    later, problems = built_objects(place, new)
    if not problems:
        problems = faults(release, environment, kinds_in(environment), later)
    return Preview(built=True, changes=difference(earlier, later), problems=tuple(problems))


def release_files(tree: Tree, release: Release, environment: Environment) -> dict[str, bytes]:
    """All that a release's build may read: its own rooms, and the bases of the model's variants that it names."""
    key, found = release.folder, {}
    decision = tree.read(f"{key}/kustomization.yaml")
    if decision is not None:
        found[f"{key}/kustomization.yaml"] = decision
    named = _named(tree, release)
    rooms = [f"{key}/{room}" for room in ("common", "idle", *named)]
    bases = [f"models/{release.model}/{name}/{environment.target}" for name in named]
    for room in [*rooms, *bases]:
        for path, kind in walk(tree, room):
            content = tree.read(path) if kind is EntryKind.FILE else None
            if content is not None:
                found[path] = content
    return found


def _named(tree: Tree, release: Release) -> tuple[str, ...]:
    """The variants that the release names, and those of the decision that stands in the tree now."""
    content = tree.read(release.path)
    standing = parse_release(release.path, content) if content is not None else None
    names = {str(name) for one in (release, standing) if one for name in (one.variant, one.previous) if name}
    return tuple(sorted(names))


def built_objects(path: str, build: Build) -> tuple[dict[ObjectId, object], list[Diagnostic]]:
    """The objects of a build, or why there are none."""
    if build.fault:
        told = " ".join(build.fault.split())
        shown = told if len(told) <= _SHOWN else f"{told[: _SHOWN // 4]} ... {told[-_SHOWN:]}"
        return {}, [Diagnostic(rules.BUILD_FAILED, Location(path), shown)]
    documents, problems = read_objects(path, build.output)
    return objects_of(documents), list(problems)


def file_difference(tree: Tree, files: Mapping[str, bytes]) -> str:
    """A unified diff from the tree to files that are written into it; of those that go, to nothing."""
    lines: list[str] = []
    for path, content in sorted(files.items()):
        before = (tree.read(path) or b"").decode(errors="replace").splitlines(keepends=True)
        after = content.decode(errors="replace").splitlines(keepends=True)
        lines += difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", n=2)
    return "".join(lines)
