"""`promote validate`: everything that can be wrong with the working tree, in one run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from modelpromote.adapters import clock
from modelpromote.adapters.crd_schemas import Schemas
from modelpromote.adapters.kustomize import Job
from modelpromote.adapters.templates import fingerprint
from modelpromote.core import cluster, fitting
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.environment import Environment
from modelpromote.core.release import ReleaseKey, first_release
from modelpromote.core.tree import Tree, folders
from modelpromote.failures import Failure
from modelpromote.targets import kinds_in
from modelpromote.targets.rooms import State
from modelpromote.workflows.extra import Extra, read_extra, shared_with_releases
from modelpromote.workflows.in_force import judge_in_force, landed_changes
from modelpromote.workflows.load import load_release
from modelpromote.workflows.mid_ladder import changed_mid_ladder
from modelpromote.workflows.preview import built_objects, release_files
from modelpromote.workflows.render import Rendering, compare
from modelpromote.workflows.schema_checks import Checked, check_schemas
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


@dataclass(frozen=True, slots=True)
class Validation:
    """All findings, and what was looked at: counts by what they count.

    Only what is freshly rendered is built, and only where there is a Kustomize. `schemas` is None where they were not
    asked for, or nothing was built.
    """

    findings: tuple[Diagnostic, ...]
    looked_at: Mapping[str, int]
    built: bool
    is_fresh: bool = False
    schemas: Checked | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing refuses."""
        return not has_errors(self.findings)


def validate(world: World, *, deep: bool = False, schemas: Schemas | None = None) -> Validation:
    """Schemas, names, evidence, rendering, builds, and the judgement of what is in force.

    Evidence is read whole, since cards are rendered from it; `deep` looks at every variant again. With `schemas`
    every built object is held against that of its kind.
    """
    if schemas is not None and world.kustomize is None:
        raise Failure("no kustomize, kubectl or oc on PATH: nothing is built to hold against schemas", "install one")
    working = world.working
    with ThreadPoolExecutor(max_workers=1) as apart:  # git's log is read while it looks at the files
        past = apart.submit(landed_changes, world.repository)
        verified = Verified() if deep else recall(world.repository, fingerprint())
    hidden = verified.hidden(_in_force(working))
    tree = Hiding(working, hidden) if hidden else working
    world.notice("evidence")
    rendering = compare(world.renderer, tree)
    state = rendering.state
    if state is None:
        return Validation(rendering.findings, {}, built=False)
    committed = world.committed
    readable = not has_errors(rendering.problems)
    across = [*faults(hidden.values(), state.variants), *(changed_mid_ladder(committed, state) if committed else [])]
    across += [*fitting.misfits(state.environments.values(), state.variants.values())]
    across += fitting.same_hosts(state.environments, state.models)
    beside = read_extra(working, state.environments.values())
    world.notice("builds")
    fresh = readable and not rendering.findings
    with ThreadPoolExecutor(max_workers=1) as apart:  # Kustomize is waited for, not computed
        building = apart.submit(_builds, world, working, state, beside, schemas) if fresh else None
        world.notice("what is in force")
        judged = judge_in_force(world.repository, working, state, past.result(), clock.now()) if readable else []
        built, checked = building.result() if building else ([], None)
    found = in_order([*rendering.findings, *rendering.evidence, *across, *beside.findings, *built, *judged])
    if readable:
        _remember(world, verified, state, rendering, found)
    return Validation(found, _counts(state, rendering, hidden), fresh and world.kustomize is not None, fresh, checked)


def _in_force(tree: Tree) -> list[Unit]:
    """The variants that a release names: they are looked at every time."""
    found: list[Unit] = []
    for environment in folders(tree, "environments"):
        for model in folders(tree, f"environments/{environment}"):
            release = load_release(tree, ReleaseKey(environment, model)).value
            if release is not None:
                found += [(model, str(name)) for name in (release.variant, release.previous) if name]
    return found


def _counts(state: State, rendering: Rendering, hidden: Mapping[Unit, Summary]) -> dict[str, int]:
    """What was looked at, what was known to be clean included."""
    models = {*state.models, *(model for model, _ in hidden)}
    return {
        "models": len(models),
        "variants": len(state.variants) + len(hidden),
        "environments": len(state.environments),
        "runs of evidence": sum(rendering.runs.values()) + sum(one.runs for one in hidden.values()),
        "rendered files": len(rendering.files) + sum(one.files for one in hidden.values()),
        "releases": len(state.releases),
    }


def _remember(
    world: World,
    verified: Verified,
    state: State,
    rendering: Rendering,
    found: Sequence[Diagnostic],
) -> None:
    """Keep what was clean, for the next run."""
    units = {(model, str(name)): variant for (model, name), variant in state.variants.items()}
    files = Counter(unit_of(path) for path in rendering.files)
    clean = {
        unit: summary_of(units[unit], rendering.runs[unit], files[unit], verified) for unit in without(found, units)
    }
    remember(world.writer, verified, clean)


def _builds(
    world: World, tree: Tree, state: State, beside: Extra, schemas: Schemas | None
) -> tuple[list[Diagnostic], Checked | None]:
    """Every release through the real Kustomize; what it built is held against what must be in it."""
    if world.kustomize is None:
        return [], None
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
    found += [*cluster.shared(whole), *shared_with_releases(beside, whole)]
    if schemas is None:
        return found, None
    checked = check_schemas(schemas, {folder: objects for folder, (_, objects) in whole.items()})
    return [*found, *checked.findings], checked
