"""One commit that moves a release: planned on the fetched branch, built as objects, pushed as compare-and-swap.

A plan is made anew from what was fetched whenever the branch has moved; nothing is ever rebased as text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from modelpromote.adapters.git import Author
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.outcome import Answer, Destination, Made, Outcome, Plan, Refusal
from modelpromote.core.policy import Policy
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import walk
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
        if asked is not None and _moved(world, first_tip, tip, asked.key):
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
    commit = world.repository.commit(ground.tip, plan.files, plan.message, ground.author)
    title = plan.message.split("\n", 1)[0]
    environment = plan.key.environment
    request = ground.policy.via.get(environment, "push") == "pr"
    digest = plan.release.artifact.removeprefix("sha256:")[:12]
    branch = (
        f"promote/{environment}/{plan.key.model}/{plan.release.number}-{digest}-{plan.kind}"
        if request
        else ground.policy.branch
    )
    push = f"git push {world.remote} {commit}:refs/heads/{branch}"
    ref = f"refs/modelpromote/{environment}/{plan.key.model}"
    world.repository.point(ref, commit)
    made = Made(plan, destination, commit, ref, push, title, plan.message, request)
    if destination is Destination.LOCAL:
        return made
    reason = world.repository.push(world.remote, commit, branch)
    if not reason:
        return Made(plan, destination, commit, f"{world.remote}/{branch}", push, title, plan.message, request)
    if not request and world.repository.fetch(world.remote, ground.policy.branch) != ground.tip:
        return None
    raise Failure(
        f"{world.remote} refused the push to {branch}: {reason}",
        "check your rights and the branch's protection; `via: {"
        + environment
        + ": pr}` in promote.yaml pushes a branch of its own",
    )


def _moved(world: World, before: str, after: str, key: ReleaseKey) -> bool:
    """Whether a release, its decision or its slots, differs between two commits."""
    old, new = world.repository.tree(before), world.repository.tree(after)
    paths = {path for tree in (old, new) for path, _ in walk(tree, key.folder)}
    return any(old.read(path) != new.read(path) for path in sorted(paths) if _is_decision(path, key))


def _is_decision(path: str, key: ReleaseKey) -> bool:
    return path in {f"{key.folder}/release.yaml", f"{key.folder}/kustomization.yaml"} or "/canary/" in path


def _lost(plan: Plan) -> Refusal:
    place = Location(plan.release.path)
    detail = f"{plan.key.model} in {plan.key.environment} was changed on the branch while this was decided"
    return Refusal(plan.kind, plan.key, plan.summary, (Diagnostic(rules.LOST_RACE, place, detail),), plan.verdicts)
