"""`promote validate`: everything that can be wrong with the working tree, in one run."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.adapters import clock
from modelpromote.adapters.kustomize import Job
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core import cluster
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.environment import Environment
from modelpromote.core.release import first_release
from modelpromote.core.tree import Tree
from modelpromote.targets import TARGETS
from modelpromote.targets.rooms import State
from modelpromote.workflows.in_force import judge_in_force
from modelpromote.workflows.load_evidence import load_runs
from modelpromote.workflows.mid_ladder import changed_mid_ladder
from modelpromote.workflows.preview import built_objects, release_files
from modelpromote.workflows.render import compare
from modelpromote.workflows.world import World


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings, and what was looked at: counts by what they count."""

    findings: tuple[Diagnostic, ...]
    looked_at: Mapping[str, int]
    built: bool

    @property
    def is_clean(self) -> bool:
        """Whether nothing refuses."""
        return not has_errors(self.findings)


def validate(world: World) -> Validation:
    """Schemas, names, evidence, rendering, builds, and the judgement of what is in force."""
    tree = WorkingTree(world.repository.root)
    progress = world.notice
    rendering = compare(world.renderer, tree)
    state = rendering.state
    if state is None:
        return Validation(rendering.findings, {}, built=False)
    progress("evidence")
    runs, evidence = _evidence(tree, state)
    readable = not has_errors(rendering.problems)
    committed = world.committed
    climbing = changed_mid_ladder(committed, state) if committed else []
    progress("builds")
    fresh = readable and not rendering.findings
    built = _builds(world, tree, state) if fresh else []
    progress("what is in force")
    judged = judge_in_force(world.repository, tree, state, clock.now()) if readable else []
    counts = {
        "models": len(state.models),
        "variants": len(state.variants),
        "environments": len(state.environments),
        "runs of evidence": runs,
        "rendered files": len(rendering.files),
        "releases": len(state.releases),
    }
    return Validation(
        in_order([*rendering.findings, *evidence, *climbing, *built, *judged]),
        counts,
        fresh and world.kustomize is not None,
    )


def _evidence(tree: Tree, state: State) -> tuple[int, list[Diagnostic]]:
    count, found = 0, []
    for variant in state.variants.values():
        runs, problems = load_runs(tree, variant)
        count += len(runs)
        found += [*problems, *(problem for run in runs for problem in run.problems)]
    return count, found


def _builds(world: World, tree: Tree, state: State) -> list[Diagnostic]:
    """Every release through the real Kustomize; what it built is held against what must be in it."""
    if world.kustomize is None:
        return []
    keys = [(environment, model) for environment in state.environments.values() for model in state.models]
    releases = [first_release(environment.name, model) for environment, model in keys]
    releases = [next((r for k, r in state.releases.items() if k.folder == one.folder), one) for one in releases]
    jobs = [
        Job(release_files(tree, release, environment), release.folder)
        for release, (environment, _) in zip(releases, keys, strict=True)
    ]
    found: list[Diagnostic] = []
    whole: dict[str, tuple[Environment, cluster.Objects]] = {}
    for release, (environment, _), build in zip(releases, keys, world.kustomize.build(jobs), strict=True):
        objects, problems = built_objects(f"{release.folder}/kustomization.yaml", build)
        found += problems or cluster.faults(release, environment, TARGETS[environment.target].KINDS, objects)
        whole[release.folder] = (environment, objects)
    return [*found, *cluster.shared(whole)]
