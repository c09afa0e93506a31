"""What a job needs of the world, built once by a command."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from modelpromote.adapters.files import Writer
from modelpromote.adapters.git import GitRepository
from modelpromote.adapters.kustomize import Kustomize, find_kustomize
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.policy import Policy
from modelpromote.core.render import Renderer
from modelpromote.core.tree import Tree
from modelpromote.failures import Failure
from modelpromote.workflows.load import load_policy

_ROOMS = ("models", "environments", "argocd")


@dataclass(frozen=True)
class World:
    """A repository and a remote; templates and Kustomize are looked up when they are first used."""

    repository: GitRepository
    remote: str = "origin"
    notice: Callable[[str], None] = lambda _: None

    @cached_property
    def renderer(self) -> Renderer:
        """Renders the tool's own templates."""
        return Renderer(load_templates())

    @property
    def committed(self) -> Tree | None:
        """The tree of HEAD; None before the first commit."""
        head = self.repository.resolve("HEAD")
        return self.repository.tree(head) if head else None

    @property
    def working(self) -> WorkingTree:
        """The working tree as it is now; a Failure where a sparse checkout leaves out what is to be looked at."""
        left_out = self.repository.left_out(_ROOMS)
        if left_out:
            raise Failure(
                f"this checkout is sparse: {left_out[0]} is not there ({len(left_out)} files are left out)",
                f"run: git sparse-checkout add {' '.join(_ROOMS)}   (or: git sparse-checkout disable)",
            )
        return WorkingTree(self.repository.root)

    @cached_property
    def writer(self) -> Writer:
        """Writes files of the working tree."""
        return Writer(self.repository.root, self.repository.scratch)

    @cached_property
    def kustomize(self) -> Kustomize | None:
        """The Kustomize of this machine; None where there is none."""
        return find_kustomize()


def open_world(path: Path, remote: str = "origin", notice: Callable[[str], None] = lambda _: None) -> World:
    """The world as seen from a folder."""
    return World(GitRepository(path), remote, notice)


def deployed_branch(world: World) -> str:
    """The branch that Argo CD follows, as the checkout's promote.yaml names it; asked of HEAD, never of edits."""
    head = world.repository.resolve("HEAD")
    tracked = [
        f"refs/remotes/{world.remote}/HEAD",
        f"refs/remotes/{world.remote}/main",
        f"refs/remotes/{world.remote}/master",
    ]
    for revision in [*tracked, *([head] if head else [])]:
        commit = world.repository.resolve(revision)
        policy = load_policy(world.repository.tree(commit)).value if commit else None
        if policy is not None:
            return policy.branch
    raise Failure(
        "no promote.yaml that can be read",
        "run it inside a repository of modelpromote; `promote validate` says more",
    )


def fetched(world: World) -> tuple[str, Policy]:
    """The tip of the deployed branch, just fetched, and its policy."""
    branch = deployed_branch(world)
    tip = world.repository.fetch(world.remote, branch)
    policy = load_policy(world.repository.tree(tip))
    if policy.value is None:
        reasons = "; ".join(f"{found.location} {found.detail}" for found in policy.problems)
        raise Failure(f"promote.yaml of the deployed branch cannot be read: {reasons}", "mend it there first")
    if policy.value.branch != branch:
        raise Failure(
            f"promote.yaml on {branch} says that {policy.value.branch} is the deployed branch",
            f"run: git fetch {world.remote} && git remote set-head {world.remote} {policy.value.branch}",
        )
    return tip, policy.value


def last_fetched(world: World) -> tuple[str, Policy]:
    """The same as it was fetched last, without asking the remote."""
    branch = deployed_branch(world)
    tip = world.repository.resolve(f"refs/remotes/{world.remote}/{branch}") or world.repository.resolve(
        f"refs/heads/{branch}"
    )
    if tip is None:
        raise Failure(f"branch {branch} was never fetched", "run it without --offline")
    policy = load_policy(world.repository.tree(tip)).value
    if policy is None:
        raise Failure("promote.yaml of the deployed branch cannot be read", "run `promote validate` there")
    return tip, policy
