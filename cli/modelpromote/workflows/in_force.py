"""What is in force, judged as of the commit that put it there: its time, the policy of its parent, its evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from modelpromote.adapters.git import GitRepository
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.history import Change, Event, EventKind, Landing
from modelpromote.core.judgement import Judgement, Situation, judge
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.tree import Tree
from modelpromote.targets.rooms import State
from modelpromote.workflows.chronicle import by_model, changes, timelines
from modelpromote.workflows.load import load_policy
from modelpromote.workflows.situation import Question, gather

_OUT_OF_ORDER = {
    EventKind.REWRITTEN: rules.REWRITTEN,
    EventKind.IRREGULAR: rules.WRONG_NUMBER,
    EventKind.RETURNED: rules.REVERT_OF_REVERT,
}


@dataclass(frozen=True, slots=True)
class Past:
    """The history up to now, uncommitted edits of decisions and slots as its last commit."""

    repository: GitRepository
    working: Tree
    changes: Mapping[str, tuple[Change, ...]]  # by model: what happened to others tells nothing of its releases

    def tree(self, commit: str) -> Tree:
        """The tree of a landing; the empty commit is the working tree."""
        return self.repository.tree(commit) if commit else self.working

    def before(self, commit: str, model: str) -> tuple[Change, ...]:
        """What had landed before a commit, of a model."""
        changes = self.changes[model]
        index = next((n for n, change in enumerate(changes) if change.landing.commit == commit), len(changes))
        return changes[:index]


def judge_in_force(
    repository: GitRepository, working: Tree, state: State, past: Sequence[Change], now: datetime
) -> list[Diagnostic]:
    """Every release: the order of its decisions, and the gates of the one in force. `past` is HEAD's history."""
    everything = [*past, *_edits(repository, working, state, now, len(past))]
    records = Past(repository, working, by_model(everything))
    found: list[Diagnostic] = []
    for key, history in sorted(timelines(everything).items(), key=lambda item: item[0]):
        release, landed = state.releases.get(key), history.landed
        if release is None or landed is None:
            continue
        rule = _OUT_OF_ORDER.get(landed.kind)
        if rule is not None:
            detail = f"number {release.number} ({release.variant or 'none'}): {landed.kind}, in {_name(landed.landing)}"
            found.append(Diagnostic(rule, Location(release.path), detail))
        made = history.promoted(release.number)
        if release.variant is not None and made is not None and landed.kind is not EventKind.REWRITTEN:
            found += _as_of(records, key, made)
            found += _today(records, state, key, release, now)
    return found


def landed_changes(repository: GitRepository) -> tuple[Change, ...]:
    """The history of all releases up to HEAD; empty before the first commit."""
    head = repository.resolve("HEAD")
    return changes(repository, head) if head else ()


def _edits(repository: GitRepository, working: Tree, state: State, now: datetime, position: int) -> list[Change]:
    """Decisions and slots that differ from HEAD, as if they landed now."""
    head = repository.resolve("HEAD")
    committed: Tree | None = repository.tree(head) if head else None
    edit = Landing("", now, "", head or "", position)
    paths = [key.folder + "/release.yaml" for key in state.releases]
    paths += [
        f"{key.folder}/{name}/canary/{number}/kustomization.yaml"
        for (key, name), slots in state.overlays.items()
        for number in range(1, len(slots) + 1)
    ]
    return [
        Change(edit, path, working.read(path))
        for path in paths
        if working.read(path) != (committed.read(path) if committed else None)
    ]


def _as_of(past: Past, key: ReleaseKey, made: Event) -> list[Diagnostic]:
    release, landing = made.release, made.landing
    if release.variant is None:
        return []
    policy_tree = past.tree(landing.parent) if landing.parent else None
    policy = load_policy(policy_tree).value if policy_tree else None
    if policy_tree is None or policy is None or key.environment not in policy.environments:
        return [_refused(release, landing, "nobody judged it: the commit before it has no policy for it")]
    question = Question(
        key,
        release.variant,
        policy,
        policy_tree,
        past.tree(landing.commit),
        past.before(landing.commit, key.model),
        landing.time,
    )
    situation, problems = gather(question)
    if situation is None:
        return [_refused(release, landing, f"[{found.code}] {found.location} {found.detail}") for found in problems]
    judgement = judge(situation, release.lift_hold)
    reasons = [f"[{found.code}] {found.detail}" for found in judgement.findings]
    reasons += [
        f"gate {one.gate}: {one.outcome} {one.figure}"
        for one in judgement.verdicts
        if not one.passes and not one.findings
    ]
    refused = [_refused(release, landing, reason) for reason in reasons]
    return [*refused, *_wrong_fields(situation, judgement, release)]


def _wrong_fields(situation: Situation, judgement: Judgement, release: Release) -> list[Diagnostic]:
    """Where the decision says something else than `promote` would have written."""
    variant = situation.case.candidate.variant
    expected = {
        "previous": situation.current.variant,
        "slot": situation.slot,
        "artifact": variant.artifact.digest,
    }
    wrong = [
        f"{name} is {getattr(release, name) or 'none'}, expected {value or 'none'}"
        for name, value in expected.items()
        if getattr(release, name) != value
    ]
    missing = sorted(set(judgement.evidence) - set(release.evidence))
    known = {
        run.digest for subject in (situation.case.candidate, situation.case.baseline) if subject for run in subject.runs
    }
    wrong += [f"evidence lacks {digest[:19]}, which a verdict rests on" for digest in missing]
    wrong += [f"evidence names {digest[:19]}, which is not there" for digest in release.evidence if digest not in known]
    return [
        Diagnostic(rules.WRONG_PREVIOUS, Location(release.path), f"number {release.number}: {text}") for text in wrong
    ]


def _today(past: Past, state: State, key: ReleaseKey, release: Release, now: datetime) -> list[Diagnostic]:
    """Warnings where today's gates would refuse what is in force; time in the environment before is none of them."""
    if release.variant is None:
        return []
    situation, _ = gather(
        Question(key, release.variant, state.policy, past.working, past.working, past.changes[key.model], now)
    )
    if situation is None:
        return []
    return [
        Diagnostic(
            rules.STALE_POLICY,
            Location(release.path),
            f"{release.variant}: gate {verdict.gate} says {verdict.outcome} today ({verdict.figure})",
        )
        for verdict in judge(situation).verdicts
        if not verdict.passes and verdict.gate != "soak"
    ]


def _refused(release: Release, landing: Landing, reason: str) -> Diagnostic:
    detail = f"number {release.number} ({release.variant}), put in force by {_name(landing)}: {reason}"
    advice = "" if landing.commit else "it has not landed yet: take it out of the change, and use `promote`"
    return Diagnostic(rules.REFUSED_IN_FORCE, Location(release.path), detail, advice)


def _name(landing: Landing) -> str:
    return landing.commit[:10] or "an edit that has not landed"
