"""One commit that moves a release: planned on the fetched branch, built as objects, pushed as compare-and-swap.

A plan is made anew from what was fetched whenever the branch has moved; nothing is ever rebased as text.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from modelpromote.adapters.git import Author
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.outcome import Answer, Destination, Made, Outcome, Plan, Refusal
from modelpromote.core.policy import Policy
from modelpromote.failures import Failure
from modelpromote.workflows.world import World, fetched

MAX_TRIES = 20


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
    """Plan, ask, commit, push; again from the start while the branch moves. A Plan comes back when the answer is no."""
    asked: Plan | None = None
    first_tip = ""
    for _ in range(MAX_TRIES):
        tip, policy = fetched(world)
        plan = decide(Ground(tip, policy, world.repository.author()))
        if asked is not None and _moved(world, first_tip, tip, asked):
            return _lost(asked)
        if not isinstance(plan, Plan):
            return plan
        if destination is Destination.NOWHERE:
            return Made(plan, destination)
        if asked is None and not confirm(plan):
            return plan
        asked, first_tip = plan, first_tip or tip
        made = _write(world, Ground(tip, policy, world.repository.author()), plan, destination)
        if made is not None:
            return made
        world.notice(f"{policy.branch} moved meanwhile: judged and rendered again")
    raise Failure(f"the branch moved {MAX_TRIES} times in a row", "try again")


def _write(world: World, ground: Ground, plan: Plan, destination: Destination) -> Made | None:
    """The commit, where it was asked for; None when the branch has moved under it."""
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
    if git.fetch(world.remote, branch) != ground.tip:
        return None
    advice = f"`via: {{{plan.key.environment}: pr}}` in promote.yaml pushes a branch of its own"
    raise Failure(
        f"{world.remote} refused the push to {branch}: {reason}",
        f"check your rights and the branch's protection; {advice}",
    )


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
