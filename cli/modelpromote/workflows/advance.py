"""`promote advance`: one step up the ladder, if its bake time has passed. One commit of the slot alone."""

from dataclasses import dataclass

from modelpromote.core import rules
from modelpromote.core.bake import too_early
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.environment import Environment
from modelpromote.core.history import Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.messages import step_message
from modelpromote.core.outcome import AlreadySo, Answer, Destination, Outcome, Plan, Refusal
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.render import Renderer
from modelpromote.core.tree import Tree
from modelpromote.targets import TARGETS, rooms
from modelpromote.workflows.chronicle import changes, timeline_of, timelines
from modelpromote.workflows.freshness import stale
from modelpromote.workflows.load import load_environment, load_slots, load_variant
from modelpromote.workflows.preview import preview
from modelpromote.workflows.select import find_release
from modelpromote.workflows.transition import Confirm, Ground, carry_out
from modelpromote.workflows.world import World

KIND = "step"


@dataclass(frozen=True, slots=True)
class Climb:
    """A release that is in force, and how far it has climbed: what steps and rollbacks are decided on."""

    key: ReleaseKey
    environment: Environment
    history: Timeline
    release: Release
    variant: Variant
    slots: tuple[Step, ...]

    @property
    def step(self) -> Step | None:
        """The step of the slot in force; None where it has no ladder."""
        return self.slots[self.release.slot - 1] if 0 < self.release.slot <= len(self.slots) else None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; `back` is one step down instead of up, `to` the step that it must lead to."""

    environment: str
    model: str = ""
    back: bool = False
    to: Step | None = None

    def is_met(self, at: Step) -> bool:
        """Whether a release at this step is where it was asked to be, or beyond."""
        return self.to is not None and (at == self.to or (at < self.to) is self.back)


def advance(world: World, request: Request, destination: Destination, confirm: Confirm) -> Outcome | Plan:
    """Gather, decide, enact."""
    return carry_out(world, lambda ground: _decide(world, request, ground), destination, confirm)


def gather_climb(
    world: World, ground: Ground, environment: str, model: str
) -> tuple[ReleaseKey, Climb | None, tuple[Diagnostic, ...]]:
    """The release as it stands on the branch; None where nothing is in force, or where it cannot be moved."""
    tree = world.repository.tree(ground.tip)
    key = find_release(tree, ground.policy, environment, model)
    settings = load_environment(tree, environment)
    history = timeline_of(timelines(changes(world.repository, ground.tip, [key])), key)
    release = history.in_force
    if settings.value is None or release is None or release.variant is None:
        return key, None, settings.problems
    variant = load_variant(tree, key.model, str(release.variant))
    slots = load_slots(tree, key, release.variant)
    problems = in_order([*settings.problems, *variant.problems, *slots.problems])
    if release.slot and release.slot > len(slots.value or ()):
        place = Location(release.path)
        problems = (
            *problems,
            Diagnostic(rules.SLOT_MISSING, place, f"slot {release.slot} of {release.variant} is missing"),
        )
    if problems or variant.value is None:
        return key, None, problems
    return key, Climb(key, settings.value, history, release, variant.value, slots.value or ()), ()


def _decide(world: World, request: Request, ground: Ground) -> Answer:
    environment = request.environment
    key, climb, problems = gather_climb(world, ground, environment, request.model)
    summary = f"{key.model} in {environment}"
    if problems:
        return Refusal(KIND, key, summary, problems)
    if climb is None:
        return AlreadySo(KIND, key, f"nothing of {key.model} is in force in {environment}: nothing to advance")
    step = climb.step and (climb.step.back if request.back else climb.step.next)
    if step is None or climb.step is None or request.is_met(climb.step):
        where = f"at {climb.step}" if climb.step else "in force without a ladder"
        return AlreadySo(KIND, key, f"{key.model}/{climb.release.variant} is {where} in {environment}: no step to take")
    tree = world.repository.tree(ground.tip)
    waiting: list[Diagnostic] = []
    if request.to not in {None, step}:
        detail = f"{climb.release.variant} is at {climb.step}: the next step is {step}, {request.to} was asked for"
        waiting.append(Diagnostic(rules.NOT_THE_NEXT_STEP, Location(climb.release.path), detail))
    if not request.back:
        waiting += too_early(climb.environment, climb.history, climb.release, climb.step, ground.author.time)
    findings = in_order([*waiting, *_fresh(world.renderer, tree, climb)])
    if has_errors(findings):
        return Refusal(KIND, key, summary, findings)
    return plan_step(world, tree, climb, step)


def plan_step(world: World, tree: Tree, climb: Climb, step: Step) -> Plan | Refusal:
    """The commit that brings the slot in force to a step; the step off `staged` also lays out the next slot."""
    from_step = climb.step or Step.STAGED
    environment, number = climb.environment, climb.release.slot
    target = TARGETS[environment.target]
    steps = {number: step}
    if from_step is Step.STAGED and number == len(climb.slots):
        steps[number + 1] = Step.STAGED
    files = {
        rooms.slot_path(environment.name, climb.variant, n): target.slot(
            world.renderer, climb.variant, environment, form
        ).encode()
        for n, form in steps.items()
    }
    summary = f"{climb.key.model}/{climb.release.variant} in {environment.name} from {from_step} to {step}"
    shown = preview(world, tree, environment, climb.release, files)
    if has_errors(shown.problems):
        return Refusal(KIND, climb.key, summary, shown.problems)
    where = f"--env {environment.name} --model {climb.key.model}"
    return Plan(
        kind=KIND,
        key=climb.key,
        release=climb.release,
        summary=summary,
        files=files,
        message=step_message(climb.release, from_step, step),
        undo=f"promote rollback {where}",
        preview=shown,
        next=f"promote advance {where}" if step.next else "",
    )


def _fresh(renderer: Renderer, tree: Tree, climb: Climb) -> tuple[Diagnostic, ...]:
    expected = rooms.overlay_room(renderer, climb.variant, climb.environment, climb.slots)
    expected |= rooms.decision_room(renderer, climb.release)
    return stale(tree, expected)
