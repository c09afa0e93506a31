"""`promote V --to E`: put a variant in force, if its gates pass. One commit of two files."""

from dataclasses import dataclass

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.judgement import Situation, judge, next_release
from modelpromote.core.messages import promotion_message
from modelpromote.core.names import VariantName
from modelpromote.core.outcome import AlreadySo, Answer, Destination, Outcome, Plan, Refusal
from modelpromote.core.release import ReleaseKey
from modelpromote.core.render import Renderer
from modelpromote.core.tree import Tree
from modelpromote.targets import TARGETS, rooms
from modelpromote.workflows.chronicle import changes
from modelpromote.workflows.freshness import stale
from modelpromote.workflows.preview import preview
from modelpromote.workflows.select import check_environment, find_variant
from modelpromote.workflows.situation import Question, gather, up_to
from modelpromote.workflows.transition import Confirm, Ground, carry_out
from modelpromote.workflows.world import World

KIND = "promotion"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    variant: str
    environment: str
    reason: str = ""
    lift_hold: str = ""


def promote(world: World, request: Request, destination: Destination, confirm: Confirm) -> Outcome | Plan:
    """Gather, decide, enact."""
    return carry_out(world, lambda ground: _decide(world, request, ground), destination, confirm)


def _decide(world: World, request: Request, ground: Ground) -> Answer:
    tree = world.repository.tree(ground.tip)
    check_environment(ground.policy.environments, request.environment)
    model, variant = find_variant(tree, request.variant)
    key = ReleaseKey(request.environment, model)
    summary = f"{model}/{variant} to {request.environment}"
    keys = [ReleaseKey(name, model) for name in up_to(ground.policy, request.environment)]
    past = changes(world.repository, ground.tip, keys)
    question = Question(key, variant, ground.policy, tree, tree, past, ground.author.time)
    situation, problems = gather(question)
    if situation is None:
        return Refusal(KIND, key, summary, problems)
    if situation.already_so:
        return AlreadySo(KIND, key, _already(situation, variant))
    judgement = judge(situation, request.lift_hold)
    fresh = _freshness(world.renderer, tree, situation)
    findings = in_order([*judgement.findings, *fresh])
    if not judgement.allows or has_errors(findings):
        return Refusal(KIND, key, summary, findings, judgement.verdicts)
    release = next_release(situation, judgement, request.reason, request.lift_hold)
    files = {path: text.encode() for path, text in rooms.decision_room(world.renderer, release).items()}
    shown = preview(world, tree, situation.environment, release, files)
    if has_errors(shown.problems):
        return Refusal(KIND, key, summary, shown.problems, judgement.verdicts)
    return Plan(
        kind=KIND,
        key=key,
        release=release,
        summary=summary,
        files=files,
        message=promotion_message(release, judgement.verdicts),
        undo=f"promote rollback --env {key.environment} --model {model}",
        verdicts=judgement.verdicts,
        preview=shown,
        next=f"promote advance --env {key.environment} --model {model}" if release.slot else "",
    )


def _freshness(renderer: Renderer, tree: Tree, situation: Situation) -> tuple[Diagnostic, ...]:
    """The rooms that the promotion would put in force are what the manifests render to."""
    key, environment, variant = situation.key, situation.environment, situation.case.candidate.variant
    if tree.read(situation.current.path) is None:
        detail = f"{key.model} has no decision in {key.environment} yet"
        return (Diagnostic(rules.NOT_WRITTEN, Location(situation.current.path), detail),)
    why = TARGETS[environment.target].unservable(variant)
    if why:
        place = Location(f"{variant.folder}/variant.yaml", key="artifact.uri")
        return (Diagnostic(rules.UNSERVABLE, place, f"target {environment.target}: {why}"),)
    expected = rooms.base_room(renderer, variant, environment.target)
    expected |= rooms.common_room(renderer, key.model, environment) | rooms.decision_room(renderer, situation.current)
    if situation.slots is not None:
        expected |= rooms.overlay_room(renderer, variant, environment, situation.slots)
    return stale(tree, expected)


def _already(situation: Situation, variant: VariantName) -> str:
    step = f", at step {situation.current_step}" if situation.current_step else ""
    where = f"number {situation.current.number}{step}"
    return f"{situation.key.model}/{variant} is in force in {situation.key.environment} already ({where})"
