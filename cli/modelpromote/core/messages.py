"""Commit messages of transitions: for readers, a year later. Truth is in the files; a squash may lose these."""

from collections.abc import Sequence

from modelpromote.core.gates.gate import Verdict
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release

_UNDO = "Undo it, at any step: git revert this commit (a merge commit with -m 1), or\n"


def promotion_message(release: Release, verdicts: Sequence[Verdict]) -> str:
    """The message of a promotion commit, trailers last."""
    start = "staged, without traffic" if release.slot else "with all the traffic"
    lines = [
        f"promote: {release.model} {release.variant} to {release.environment}",
        "",
        f"{release.variant} is in force in {release.environment} from here on ({start}), "
        f"instead of {release.previous or 'nothing'}.",
        *([f"Reason: {release.reason}"] if release.reason else []),
        *([f"Hold lifted: {release.lift_hold}"] if release.lift_hold else []),
        "",
        f"{_UNDO}promote rollback --env {release.environment} --model {release.model}",
        "",
        *_identity(release),
        f"Artifact: {release.artifact}",
        f"Previous-Variant: {release.previous or 'none'}",
        *(f"Gate: {verdict.gate} {verdict.outcome} {verdict.figure}" for verdict in verdicts),
        *(f"Evidence: {digest}" for digest in release.evidence),
    ]
    return "\n".join(lines) + "\n"


def step_message(release: Release, before: Step, after: Step) -> str:
    """The message of a step, up or back."""
    lines = [
        f"step: {release.model} {release.variant} in {release.environment} to {after}",
        "",
        f"From {before} to {after}: {after.weight}% of the traffic.",
        f"Take the whole promotion back: promote rollback --env {release.environment} --model {release.model}",
        "",
        *_identity(release),
        f"Promote-Step: {after}",
    ]
    return "\n".join(lines) + "\n"


def rollback_message(undone: Release, restored: Release, commit: str, reason: str) -> str:
    """The message of a rollback: what `git revert` writes, and who is in force now."""
    title = promotion_message(undone, ()).split("\n", 1)[0]
    lines = [
        f'Revert "{title}"',
        "",
        f"This reverts commit {commit}.",
        *([f"Reason: {reason}"] if reason else []),
        "",
        f"{restored.variant or 'Nothing'} is in force in {undone.environment} again.",
        f"{undone.variant} is on hold there: promoting it again needs newer evidence or --lift-hold REASON.",
        "",
        f"Rollback-Variant: {undone.model}/{undone.variant}",
        f"Rollback-Environment: {undone.environment}",
        f"Rollback-Number: {undone.number}",
        f"Artifact: {undone.artifact}",
    ]
    return "\n".join(lines) + "\n"


def _identity(release: Release) -> list[str]:
    return [
        f"Promote-Variant: {release.model}/{release.variant}",
        f"Promote-Environment: {release.environment}",
        f"Promote-Number: {release.number}",
    ]
