"""`promote rollback`: the revert of the promotion in force; after `done`, a step back to `100` first."""

from dataclasses import dataclass
from datetime import datetime

from modelpromote.adapters import clock
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors
from modelpromote.core.ladder import Step
from modelpromote.core.messages import rollback_message
from modelpromote.core.outcome import AlreadySo, Answer, Destination, Made, Outcome, Plan, Refusal
from modelpromote.core.quantities import span
from modelpromote.core.release import Release
from modelpromote.core.tree import Tree
from modelpromote.targets import rooms
from modelpromote.workflows.advance import Climb, gather_climb, plan_step
from modelpromote.workflows.preview import preview
from modelpromote.workflows.transition import Confirm, Ground, carry_out
from modelpromote.workflows.world import World

KIND = "rollback"
STEP_BACK = "step-back"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for.

    `number` names the promotion (0: the one in force), `at_once` does not wait for the previous variant to be
    warm, `wait` stays until it is.
    """

    environment: str
    model: str = ""
    reason: str = ""
    number: int = 0
    at_once: bool = False
    wait: bool = False


def rollback(world: World, request: Request, destination: Destination, confirm: Confirm) -> Outcome | Plan:
    """Gather, decide, enact. No gate, hold or policy ever blocks the way back."""
    outcome = carry_out(world, lambda ground: _decide(world, request, ground), destination, confirm)
    if not request.wait or not isinstance(outcome, Made) or outcome.plan.kind != STEP_BACK or not outcome.is_pushed:
        return outcome
    world.notice(f"pushed {outcome.commit[:12]}: {outcome.plan.summary}")
    world.notice(f"waiting {outcome.plan.wait}, until {outcome.plan.release.previous} is ready")
    clock.wait(outcome.plan.wait.seconds)
    return carry_out(world, lambda ground: _decide(world, request, ground), destination, lambda _: True)


def _decide(world: World, request: Request, ground: Ground) -> Answer:
    key, climb, problems = gather_climb(world, ground, request.environment, request.model)
    summary = f"{key.model} in {key.environment}"
    if climb is None:
        nothing = Diagnostic(
            rules.NOTHING_TO_UNDO,
            Location(f"{key.folder}/release.yaml"),
            f"nothing of {key.model} is in force",
        )
        return Refusal(KIND, key, summary, problems or (nothing,))
    tree = world.repository.tree(ground.tip)
    before = climb.history.before
    if before is None:
        detail = "the history does not show what was in force before"
        return Refusal(KIND, key, summary, (Diagnostic(rules.NOTHING_TO_UNDO, Location(climb.release.path), detail),))
    if request.number in {event.undone.number for event in climb.history.events if event.undone}:
        return AlreadySo(
            KIND, key, f"number {request.number} of {key.model} was taken back in {key.environment} already"
        )
    if request.number not in {0, climb.release.number}:
        return Refusal(KIND, key, summary, (_not_the_latest(climb, request.number),))
    if climb.step is Step.DONE and not request.at_once:
        return _warm_first(world, tree, climb)
    if not request.at_once and (cold := _still_cold(climb, ground.author.time)):
        return Refusal(KIND, key, summary, (cold,))
    return _revert(world, tree, climb, before, request.reason)


def _not_the_latest(climb: Climb, number: int) -> Diagnostic:
    """An older promotion cannot be taken back while later ones stand on it."""
    place = Location(climb.release.path)
    later = [release for release in climb.history.stack if release.number > number]
    if number not in {release.number for release in climb.history.stack}:
        return Diagnostic(rules.NOT_THE_LATEST, place, f"number {number} is not in force in {climb.key.environment}")
    names = ", ".join(f"{release.number} ({release.variant})" for release in reversed(later))
    detail = f"number {number} stands below {names}: a revert of it alone would conflict"
    again = f"promote rollback --env {climb.key.environment} --model {climb.key.model}"
    times = f", {len(later)} times" if len(later) > 1 else ""
    return Diagnostic(rules.NOT_THE_LATEST, place, detail, f"take back {names} first: {again}{times}")


def _warm_first(world: World, tree: Tree, climb: Climb) -> Plan | Refusal:
    plan = plan_step(world, tree, climb, Step.HUNDRED)
    if isinstance(plan, Refusal):
        return plan
    again = f"promote rollback --env {climb.key.environment} --model {climb.key.model}"
    return Plan(
        kind=STEP_BACK,
        key=plan.key,
        release=plan.release,
        summary=f"{plan.summary}: {climb.release.previous} starts again, before anything is taken back",
        files=plan.files,
        message=plan.message,
        undo=f"promote advance --env {climb.key.environment} --model {climb.key.model}",
        preview=plan.preview,
        wait=climb.environment.warmup,
        next=f"{again}   (in {climb.environment.warmup}, when {climb.release.previous} is ready; --now does not wait)",
    )


def _still_cold(climb: Climb, now: datetime) -> Diagnostic | None:
    """The previous variant was brought back less than `warmup` ago."""
    steps = [change.step for change in climb.history.step_changes(climb.release)]
    if steps[-2:] != [Step.DONE, Step.HUNDRED]:
        return None
    left = climb.environment.warmup.delta - (now - climb.history.step_since(climb.release))
    if left.total_seconds() <= 0:
        return None
    ago, asked = span(now - climb.history.step_since(climb.release)), climb.environment.warmup
    detail = f"{climb.release.previous} was brought back {ago} ago, {asked} is asked: {span(left)} to go"
    return Diagnostic(rules.NOT_WARM, Location(climb.release.path), detail)


def _revert(world: World, tree: Tree, climb: Climb, before: Release, reason: str) -> Plan | Refusal:
    """The two files of the decision, back to what they were: the same as `git revert` of the promotion."""
    made = climb.history.promoted(climb.release.number)
    commit = made.landing.commit if made else ""
    files = {path: text.encode() for path, text in rooms.decision_room(world.renderer, before).items()}
    back = f"from {climb.release.variant} back to {before.variant or 'nothing'}"
    summary = f"{climb.key.model} in {climb.key.environment} {back}"
    shown = preview(world, tree, climb.environment, before, files)
    if has_errors(shown.problems):
        return Refusal(KIND, climb.key, summary, shown.problems)
    return Plan(
        kind=KIND,
        key=climb.key,
        release=before,
        summary=summary,
        files=files,
        message=rollback_message(climb.release, before, commit, reason),
        undo=f"promote {climb.key.model}/{climb.release.variant} --to {climb.key.environment} --lift-hold REASON",
        preview=shown,
    )
