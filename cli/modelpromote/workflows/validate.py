"""`promote validate`: everything that can be wrong with the working tree, in one run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from modelpromote.adapters import clock
from modelpromote.adapters.beside import Beside
from modelpromote.adapters.kustomize import Job
from modelpromote.adapters.templates import fingerprint
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core import cluster
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.environment import Environment
from modelpromote.core.release import ReleaseKey, first_release
from modelpromote.core.tree import Tree, folders
from modelpromote.targets import kinds_in
from modelpromote.targets.rooms import State
from modelpromote.workflows.in_force import judge_in_force, landed_changes
from modelpromote.workflows.load import load_release
from modelpromote.workflows.load_evidence import check_runs
from modelpromote.workflows.load_state import load_state
from modelpromote.workflows.mid_ladder import changed_mid_ladder
from modelpromote.workflows.preview import built_objects, release_files
from modelpromote.workflows.render import Rendering, held_against
from modelpromote.workflows.verified import (
    Hiding,
    Summary,
    Unit,
    Verified,
    faults,
    recall,
    remember,
    summary_of,
    unit_of,
    without,
)
from modelpromote.workflows.world import World

_WORTH_A_PROCESS = 50  # variants; a process costs as much as reading about ten


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings, and what was looked at: counts by what they count.

    Only what is freshly rendered is built, and only where there is a Kustomize.
    """

    findings: tuple[Diagnostic, ...]
    looked_at: Mapping[str, int]
    built: bool
    is_fresh: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether nothing refuses."""
        return not has_errors(self.findings)


def validate(world: World, *, deep: bool = False) -> Validation:
    """Schemas, names, evidence, rendering, builds, and the judgement of what is in force.

    Evidence that has landed is held against its digests, and read whole where a release names it; `deep` reads
    all of it, and looks at every variant again.
    """
    working = WorkingTree(world.repository.root)
    with ThreadPoolExecutor(max_workers=1) as beside:  # git's log is read while it looks at the files
        past = beside.submit(landed_changes, world.repository)
        verified = Verified() if deep else recall(world.repository, fingerprint())
    hidden = verified.hidden(_in_force(working))
    tree = Hiding(working, hidden) if hidden else working
    loaded = load_state(tree)
    state = loaded.value
    if state is None:
        return Validation(loaded.problems, {}, built=False)
    reading = Beside(partial(_evidence, tree, state, verified.landed), len(state.variants), _WORTH_A_PROCESS)
    world.notice("rendered files")
    rendering = held_against(world.renderer, tree, loaded)
    world.notice("evidence")
    runs, evidence = reading.result()
    committed = world.committed
    readable = not has_errors(rendering.problems)
    across = [*faults(hidden.values(), state.variants), *(changed_mid_ladder(committed, state) if committed else [])]
    world.notice("builds")
    fresh = readable and not rendering.findings
    with ThreadPoolExecutor(max_workers=1) as beside:  # Kustomize is waited for, not computed
        building = beside.submit(_builds, world, working, state) if fresh else None
        world.notice("what is in force")
        judged = judge_in_force(world.repository, working, state, past.result(), clock.now()) if readable else []
        built = building.result() if building else []
    found = in_order([*rendering.findings, *evidence, *across, *built, *judged])
    if readable:
        _remember(world, verified, state, rendering, runs, found)
    return Validation(found, _counts(state, rendering, runs, hidden), fresh and world.kustomize is not None, fresh)


def _in_force(tree: Tree) -> list[Unit]:
    """The variants that a release names: they are looked at every time."""
    found: list[Unit] = []
    for environment in folders(tree, "environments"):
        for model in folders(tree, f"environments/{environment}"):
            release = load_release(tree, ReleaseKey(environment, model)).value
            if release is not None:
                found += [(model, str(name)) for name in (release.variant, release.previous) if name]
    return found


def _counts(
    state: State, rendering: Rendering, runs: Mapping[Unit, int], hidden: Mapping[Unit, Summary]
) -> dict[str, int]:
    """What was looked at, what was known to be clean included."""
    models = {*state.models, *(model for model, _ in hidden)}
    return {
        "models": len(models),
        "variants": len(state.variants) + len(hidden),
        "environments": len(state.environments),
        "runs of evidence": sum(runs.values()) + sum(one.runs for one in hidden.values()),
        "rendered files": len(rendering.files) + sum(one.files for one in hidden.values()),
        "releases": len(state.releases),
    }


def _remember(
    world: World,
    verified: Verified,
    state: State,
    rendering: Rendering,
    runs: Mapping[Unit, int],
    found: Sequence[Diagnostic],
) -> None:
    """Keep what was clean, for the next run."""
    units = {(model, str(name)): variant for (model, name), variant in state.variants.items()}
    files = Counter(unit_of(path) for path in rendering.files)
    clean = {unit: summary_of(units[unit], runs[unit], files[unit]) for unit in without(found, units)}
    remember(world.writer, verified, clean)


def _evidence(tree: Tree, state: State, landed: frozenset[str]) -> tuple[dict[Unit, int], list[Diagnostic]]:
    """How many runs each variant has, and what is wrong with them."""
    counts: dict[Unit, int] = {}
    found: list[Diagnostic] = []
    for (model, name), variant in state.variants.items():
        runs, problems = check_runs(tree, variant, landed)
        counts[model, str(name)] = runs
        found += problems
    return counts, found


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
        found += problems or cluster.faults(release, environment, kinds_in(environment), objects)
        whole[release.folder] = (environment, objects)
    return [*found, *cluster.shared(whole)]
