"""Acts of anyone's hand: plain reverts of the promotion in force, at any step, and all the way down to number 0."""

from histories.line import Line
from histories.play import Play


def revert(play: Play, lines: list[Line]) -> bool:
    """Mostly of a release with a ladder; there each step is as likely as the others."""
    able = [line for line in lines if play.book.can_return(line)]
    climbed = [line for line in able if line.step]
    if climbed or play.chance(0.6):
        able = climbed
    at = play.pick(sorted({_where(line) for line in able}))
    line = play.pick(one for one in able if _where(one) == at)
    if line is None:
        return False
    _undo(play, line)
    return True


def unwind(play: Play, lines: list[Line]) -> bool:
    """Reverts that stand on each other, until nothing is in force."""
    line = play.pick(one for one in lines if len(one.stack) > 2 and _all_there(play, one))
    if line is None:
        return False
    while len(line.stack) > 1:
        _undo(play, line)
        play.check(thorough=len(line.stack) == 1)
        play.pause()
    assert (line.name, line.release.number) == ("none", 0)
    play.counts["stacked reverts down to number 0"] += 1
    return True


def _undo(play: Play, line: Line) -> None:
    decision, where = line.stack[-1], _where(line)
    title = f"Put back what ran before {line.name}" if play.chance(0.25) else ""
    play.tell(f"revert {line.key.model}/{line.name} in {line.key.environment} {where} {title}")
    landed = play.hands.land_here(play.hands.revert(decision.landed, title))
    play.counts["plain reverts"] += 1
    play.counts[f"reverts {where}"] += 1
    play.counts["reverts under another title"] += bool(title)
    play.counts["reverts of a merge commit"] += decision.landed.merge
    play.book.reverted(line, landed)


def _where(line: Line) -> str:
    return f"at {line.step}" if line.step else "without a ladder"


def _all_there(play: Play, line: Line) -> bool:
    named = {str(name) for one in line.stack for name in (one.release.variant, one.release.previous) if name}
    return named <= set(play.book.variants[line.key.model])
