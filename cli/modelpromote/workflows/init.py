"""`promote init`: a repository for a team's own use. Files that are there stay as they are."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpromote.adapters import git_start
from modelpromote.adapters.files import Writer
from modelpromote.adapters.git import GitRepository
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.adapters.yaml_reader import check_both_readings
from modelpromote.core.blueprint import Blueprint
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.policy import Policy
from modelpromote.core.render import Renderer
from modelpromote.core.seeds import environment_path, seeds
from modelpromote.core.tree import MemoryTree, Overlaid, Tree
from modelpromote.failures import Failure, Usage
from modelpromote.workflows.load import Loaded, load_environment, load_policy
from modelpromote.workflows.render import compare
from modelpromote.workflows.schemas import schema_files


@dataclass(frozen=True, slots=True)
class Site:
    """The folder as it was found; `policy` is None where there is no promote.yaml yet."""

    folder: Path
    tree: Tree
    is_repository: bool
    branch: str
    origin: str
    policy: Loaded[Policy] | None

    @property
    def environments(self) -> tuple[str, ...]:
        """Those that promote.yaml lists."""
        return self.policy.value.environments if self.policy and self.policy.value else ()

    @property
    def lacks_an_environment(self) -> bool:
        """Whether an environment has still to be described."""
        return not self.environments or not all(has(self.tree, environment_path(name)) for name in self.environments)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, what is kept as it is, and why nothing can be written."""

    files: Mapping[str, bytes]
    kept: tuple[str, ...]
    findings: tuple[Diagnostic, ...] = ()


def survey(folder: Path) -> Site:
    """What is there. A folder inside somebody's repository is no place for another one."""
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise Usage(f"{folder} is no folder", "name one, or one that is not there yet")
    top = git_start.enclosing(folder)
    if top not in {None, folder}:
        raise Usage(f"{folder} lies inside the repository {top}", f"name its top: promote init {top}")
    tree: Tree = WorkingTree(folder) if folder.is_dir() else MemoryTree({})
    return Site(
        folder,
        tree,
        is_repository=top is not None,
        branch=git_start.head_branch(folder) if top else "",
        origin=git_start.origin_address(folder) if top else "",
        policy=load_policy(tree) if has(tree, "promote.yaml") else None,
    )


def plan(site: Site, blueprint: Blueprint) -> Plan:
    """The files that are missing, rendered ones included, and whether they go together with what is there."""
    renderer = Renderer(load_templates())
    described = {name: load_environment(site.tree, name).value for name in blueprint.environments}
    namespaces = {name: found.cluster.namespace for name, found in described.items() if found is not None}
    wanted = {path: text.encode() for path, text in seeds(renderer, blueprint, namespaces).items()}
    wanted |= {f"schemas/{name}": text for name, text in schema_files().items()}
    missing = {path: text for path, text in wanted.items() if not has(site.tree, path)}
    rendering = compare(renderer, Overlaid(site.tree, missing))
    argocd = {path: text.encode() for path, text in rendering.files.items() if path.startswith("argocd/")}
    missing |= {path: text for path, text in argocd.items() if not has(site.tree, path)}
    kept = tuple(sorted(path for path in {**wanted, **argocd} if path not in missing))
    findings = in_order([*rendering.problems, *rendering.strays]) if missing else ()
    for path, text in missing.items():
        if path.endswith(".yaml"):
            check_both_readings(path, text)
    return Plan(missing, kept, findings if has_errors(findings) else ())


def enact(site: Site, planned: Plan, branch: str | None) -> bool:
    """Write what is missing; whether the folder was made a repository first, with this branch."""
    try:
        site.folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Failure(f"cannot make {site.folder}: {fault.strerror}", "check the permissions above it") from fault
    starts = branch is not None and not site.is_repository
    if branch is not None and starts:
        git_start.start(site.folder, branch)
    with tempfile.TemporaryDirectory(prefix="modelpromote-") as scratch:
        there = starts or site.is_repository
        Writer(site.folder, GitRepository(site.folder).scratch if there else Path(scratch)).write(planned.files)
    return starts


def has(tree: Tree, path: str) -> bool:
    """Whether anything lies there: a file, a folder, a link."""
    folder, _, name = path.rpartition("/")
    return name in tree.entries(folder)
