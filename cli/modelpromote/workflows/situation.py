"""Gather what a promotion is judged by: policy from one tree, variant and evidence from another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.gates.gate import Case, Subject
from modelpromote.core.history import Change
from modelpromote.core.judgement import Situation
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName
from modelpromote.core.policy import Policy, profile_of
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import Tree
from modelpromote.workflows.chronicle import timeline_of, timelines
from modelpromote.workflows.load import load_environment, load_slots, load_variant
from modelpromote.workflows.load_evidence import load_runs


@dataclass(frozen=True, slots=True)
class Question:
    """May this variant be put in force there? `policy_tree` judges, `content_tree` is judged, `now` is the time."""

    key: ReleaseKey
    variant: VariantName
    policy: Policy
    policy_tree: Tree
    content_tree: Tree
    past: tuple[Change, ...]
    now: datetime


def gather(question: Question) -> tuple[Situation | None, tuple[Diagnostic, ...]]:
    """The situation, or why there is none to judge."""
    key, tree = question.key, question.content_tree
    environment = load_environment(question.policy_tree, key.environment)
    candidate, problems = load_subject(tree, key.model, question.variant)
    problems = in_order([*environment.problems, *problems])
    if environment.value is None or candidate is None:
        return None, problems
    baseline, more = _baseline(tree, candidate.variant)
    slots = load_slots(tree, key, question.variant)
    known = timelines(question.past)
    history = timeline_of(known, key)
    before = question.policy.before(key.environment)
    digest = candidate.variant.artifact.digest
    case = Case(
        environment=key.environment,
        candidate=candidate,
        baseline=baseline,
        now=question.now,
        before=before,
        traffic_since=timeline_of(known, ReleaseKey(before, key.model)).traffic_since(digest) if before else None,
        profile=profile_of(question.policy, key.model),
    )
    current = history.in_force
    steps = history.step_changes(current) if current and current.slot else ()
    holds = [
        timeline_of(known, ReleaseKey(name, key.model)).hold(digest) for name in up_to(question.policy, key.environment)
    ]
    situation = Situation(
        key=key,
        environment=environment.value,
        places=environment.places,
        case=case,
        history=history,
        current_step=steps[-1].step if steps else None,
        slots=slots.value,
        hold=max((hold for hold in holds if hold), key=lambda hold: hold.since, default=None),
    )
    return situation, in_order([*problems, *more, *slots.problems])


def up_to(policy: Policy, environment: str) -> tuple[str, ...]:
    """The environments up to this one, itself included."""
    return policy.environments[: policy.environments.index(environment) + 1]


def load_subject(tree: Tree, model: str, variant: VariantName) -> tuple[Subject | None, tuple[Diagnostic, ...]]:
    """A variant and its evidence."""
    loaded = load_variant(tree, model, str(variant))
    if loaded.value is None:
        return None, loaded.problems
    runs, problems = load_runs(tree, loaded.value)
    place = Location(f"{loaded.value.folder}/variant.yaml", 1, 1)
    return Subject(loaded.value, runs, place), problems


def _baseline(tree: Tree, variant: Variant) -> tuple[Subject | None, Iterable[Diagnostic]]:
    if variant.baseline is None:
        return None, ()
    subject, problems = load_subject(tree, variant.model, variant.baseline)
    if subject is not None and subject.variant.baseline is not None:
        place = Location(f"{variant.folder}/variant.yaml")
        return None, (Diagnostic(rules.BAD_BASELINE, place, f"baseline {variant.baseline} has a baseline itself"),)
    return subject, problems
