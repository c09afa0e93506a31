"""One commit that moves a release: planned on the fetched branch, built as objects, pushed as compare-and-swap.

A plan is made anew from what was fetched whenever the branch has moved; nothing is ever rebased as text.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from modelpromote.adapters import clock
from modelpromote.adapters.git import Author
from modelpromote.adapters.git_faults import came_too_late
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.outcome import Answer, Destination, Made, Outcome, Plan, Refusal
from modelpromote.core.policy import Policy
from modelpromote.failures import Failure
from modelpromote.workflows.world import World, fetched

MAX_TRIES = 60
STUCK_AFTER = 6  # pushes that lost although the branch did not move: a lock that nobody takes away
_LONGEST_PAUSE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan is made on: the fetched tip, its policy, who commits and when."""

    tip: str
    policy: Policy
    author: Author


Confirm = Callable[[Plan], bool]


def carry_out(
    world: World, decide: Callable[[Ground], Answer], destination: Destination, confirm: Confirm
) -> Outcome | Plan:
    """Plan, ask, commit, push; again from the start while the branch moves. A Plan comes back when the answer is no.

    Asked again only where the commit would not be what was agreed to: another release's commit changes nothing.
    """
    asked: Plan | None = None
    first_tip = ""
    tips: list[str] = []
    for attempt in range(MAX_TRIES):
        began = clock.now()
        ground = Ground(*fetched(world), world.repository.author())
        plan = decide(ground)
        if asked is not None and _moved(world, first_tip, ground.tip, asked):
            return _lost(asked)
        if not isinstance(plan, Plan):
            return plan
        if destination is Destination.NOWHERE:
            return Made(plan, destination)
        if asked is None or plan.files != asked.files:
            if not confirm(plan):
                return plan
            began = clock.now()
        asked, first_tip = plan, first_tip or ground.tip
        tips.append(ground.tip)
        patient = tips[-STUCK_AFTER:] != [ground.tip] * STUCK_AFTER
        made = _write(world, ground, plan, destination, patient=patient)
        if made is not None:
            return made
        clock.wait(_pause(attempt, (clock.now() - began).total_seconds()))
    raise Failure(f"the branch moved {MAX_TRIES} times in a row", "try again when fewer others promote")


def _pause(attempt: int, took: float) -> float:
    """Seconds to stand back after an attempt that `took` so long: at random, and up to twice as long each time.

    Who races on at once only makes the others lose: with n promoters that is n attempts for every one that lands.
    """
    return random.uniform(0, min(_LONGEST_PAUSE, took * 2 ** min(attempt + 1, 10)))  # noqa: S311 - it guards nothing


def _write(world: World, ground: Ground, plan: Plan, destination: Destination, *, patient: bool) -> Made | None:
    """The commit, where it was asked for; None when the branch has moved under it, or is about to (if `patient`)."""
    git = world.repository
    commit = git.commit(ground.tip, plan.files, plan.message, ground.author)
    if ground.policy.via.get(plan.key.environment, "push") == "pr":
        return _on_a_branch_of_its_own(world, plan, destination, commit)
    branch = ground.policy.branch
    made = Made(plan, destination, commit, f"{world.remote}/{branch}", _push_command(world, commit, branch))
    if destination is Destination.LOCAL:
        return _kept(world, made)
    reason = git.push(world.remote, commit, branch)
    if not reason:
        return made
    tip = _tip_after(world, commit, branch, reason)
    if git.contains(tip, commit):
        return made  # it landed, and only the answer was lost
    if tip != ground.tip:
        world.notice(f"{branch} moved meanwhile: judged and rendered again")
        return None
    if patient and came_too_late(reason):
        world.notice(f"another push to {branch} is under way: waiting for it")
        return None
    advice = f"`via: {{{plan.key.environment}: pr}}` in promote.yaml pushes a branch of its own"
    raise Failure(
        f"{world.remote} refused the push to {branch}: {reason}",
        f"check your rights and the branch's protection; {advice}",
    )


def _tip_after(world: World, commit: str, branch: str, reason: str) -> str:
    """Where the branch is after a push that failed; where nobody can say, that is said."""
    try:
        return world.repository.fetch(world.remote, branch)
    except Failure as fault:
        lost = f"the push of {commit[:12]} to {branch} of {world.remote} failed: {reason}"
        unknown = f"and whether it landed cannot be asked: {fault.message}"
        raise Failure(
            f"{lost}, {unknown}",
            "look with `promote status` first; a promotion that has landed is not made twice",
            "whether it was pushed is not known",
        ) from fault


def _on_a_branch_of_its_own(world: World, plan: Plan, destination: Destination, commit: str) -> Made:
    """For a pull request: the branch is named by what it does, and adopted where it does that already."""
    git, key = world.repository, plan.key
    digest = plan.release.artifact.removeprefix("sha256:")[:12]
    branch = f"promote/{key.environment}/{key.model}/{plan.release.number}-{digest}-{plan.kind}"
    made = Made(
        plan, destination, commit, f"{world.remote}/{branch}", _push_command(world, commit, branch), pull_request=True
    )
    if destination is Destination.LOCAL:
        return _kept(world, made)
    there = git.remote_tip(world.remote, branch)
    if there and git.same_change(there, commit):
        return replace(made, commit=there)
    reason = git.push(world.remote, commit, branch, instead_of=there)
    if reason:
        there = git.remote_tip(world.remote, branch)
        if there and git.same_change(there, commit):
            return replace(made, commit=there)  # another run came first, with the same
        raise Failure(f"{world.remote} refused the push to {branch}: {reason}", "check your rights, then try again")
    return made


def _kept(world: World, made: Made) -> Made:
    ref = f"refs/modelpromote/{made.plan.key.environment}/{made.plan.key.model}"
    world.repository.point(ref, made.commit)
    return replace(made, ref=ref)


def _push_command(world: World, commit: str, branch: str) -> str:
    return f"git push {world.remote} {commit}:refs/heads/{branch}"


def _moved(world: World, before: str, after: str, plan: Plan) -> bool:
    """Whether the decision, or what the plan would write, differs between two commits."""
    old, new = world.repository.tree(before), world.repository.tree(after)
    decision = {f"{plan.key.folder}/release.yaml", f"{plan.key.folder}/kustomization.yaml"}
    return any(old.read(path) != new.read(path) for path in sorted(decision | set(plan.files)))


def _lost(plan: Plan) -> Refusal:
    place = Location(plan.release.path)
    detail = f"{plan.key.model} in {plan.key.environment} was changed on the branch while this was decided"
    return Refusal(plan.kind, plan.key, plan.summary, (Diagnostic(rules.LOST_RACE, place, detail),), plan.verdicts)
