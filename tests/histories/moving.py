"""Acts of the tool on one release: promotions, steps up and back, rollbacks."""

from histories.book import Book
from histories.line import LADDER, Line
from histories.play import Play
from modelpromote.core import rules
from modelpromote.core.ladder import Step
from modelpromote.core.outcome import Destination, Outcome, Plan, Refusal
from modelpromote.workflows import advance, promote, rollback
from modelpromote.workflows.transition import Confirm
from modelpromote.workflows.world import World


def put_in_force(play: Play, lines: list[Line], *, quiet: bool = False) -> bool:
    """A variant that serves in the environment before; a held one only with a reason."""
    line = play.line(one for one in lines if candidates(play.book, one))
    if line is None:
        return False
    name = play.rng.choice(candidates(play.book, line))
    held = play.book.holds(line, name)
    asked = promote.Request(f"{line.key.model}/{name}", line.key.environment, reason=play.pick(("", "latency")) or "")
    if held and play.chance(0.5):
        play.is_refused(lambda world, to, confirm: promote.promote(world, asked, to, confirm), rules.HELD.code)
        play.counts["refused for a hold"] += 1
    request = promote.Request(asked.variant, asked.environment, asked.reason, "measured by hand" if held else "")
    play.tell(f"promote {asked.variant} to {asked.environment} {'lifting a hold' if held else ''}")
    release = play.book.next_release(line, name, request.reason, request.lift_hold)
    landed = play.carry(line, lambda world, to, confirm: promote.promote(world, request, to, confirm), quiet=quiet)
    play.counts["promotions"] += 1
    play.counts["promotions that lift a hold"] += bool(held)
    play.counts["re-promotions of replaced variants"] += name in line.replaced
    play.counts["re-promotions of reverted variants"] += name in line.reverted
    play.book.promoted(line, release, landed)
    return True


def candidates(book: Book, line: Line) -> list[str]:
    """The variants that may be put in force there now."""
    before = book.before(line)
    if line.climbs:
        return []
    return [
        name for name in book.variants[line.key.model] if name != line.name and (not before or before.serves == name)
    ]


def step_up(play: Play, lines: list[Line], *, quiet: bool = False) -> bool:
    line = play.line(one for one in lines if one.climbs)
    if line is None or line.step is None:
        return False
    if play.chance(0.1):
        other = next(name for name in play.book.variants[line.key.model] if name != line.name)
        asked = promote.Request(f"{line.key.model}/{other}", line.key.environment, lift_hold="all the same")
        answer = promote.promote(play.hands.world, asked, Destination.NOWHERE, lambda _: True)
        assert isinstance(answer, Refusal)
        assert rules.MID_LADDER in {found.rule for found in answer.findings}
        play.counts["refused mid-ladder"] += 1
    return _to(play, line, LADDER[LADDER.index(line.step) + 1], back=False, quiet=quiet)


def step_back(play: Play, lines: list[Line]) -> bool:
    line = play.line(one for one in lines if one.step not in {None, Step.STAGED})
    if line is None or line.step is None:
        return False
    return _to(play, line, LADDER[LADDER.index(line.step) - 1], back=True)


def _to(play: Play, line: Line, step: Step, *, back: bool, quiet: bool = False) -> bool:
    play.tell(f"step {line.key.model}/{line.name} in {line.key.environment} to {step}")
    request = advance.Request(line.key.environment, line.key.model, back)
    landed = play.carry(line, lambda world, to, confirm: advance.advance(world, request, to, confirm), quiet=quiet)
    play.counts["steps back" if back else "steps"] += 1
    play.book.stepped(line, step, landed)
    return True


def roll_back(play: Play, lines: list[Line]) -> bool:
    """By the tool: after `done` it first brings the previous variant back, unless it is told not to wait."""
    line = play.line(one for one in lines if play.book.can_return(one) and (one.step or play.chance(0.3)))
    if line is None:
        return False
    now = play.chance(0.3)
    request = rollback.Request(line.key.environment, line.key.model, reason="tool calls broken", at_once=now)

    def job(world: World, to: Destination, confirm: Confirm) -> Outcome | Plan:
        return rollback.rollback(world, request, to, confirm)

    if line.step is Step.DONE and not now:
        play.tell(f"warm {line.release.previous} of {line.key.model} in {line.key.environment}")
        play.book.stepped(line, Step.HUNDRED, play.carry(line, job))
        play.counts["steps back"] += 1
        play.check(thorough=False)
        play.pause()
    play.tell(f"roll back {line.key.model}/{line.name} in {line.key.environment} at {line.step}")
    landed = play.carry(line, job)
    play.counts["rollbacks by the tool"] += 1
    play.book.reverted(line, landed)
    return True
