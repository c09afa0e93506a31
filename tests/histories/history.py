"""One history of acts by chance: which acts there are, how likely each is, and the check after every one."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from stage import Stage

from histories import changing, moving, undoing
from histories.book import Book
from histories.hands import Hands
from histories.line import Landed, Line
from histories.play import Play
from histories.zoo import MODELS

ACTS = 60
Act = Callable[[Play, list[Line]], bool]
# act -> how likely, and whether all of `validate` is asked after it
DECK: dict[Act, tuple[float, bool]] = {
    moving.put_in_force: (18, False),
    moving.step_up: (26, False),
    moving.step_back: (8, False),
    moving.roll_back: (3, True),
    undoing.revert: (9, True),
    undoing.unwind: (2.5, True),
    changing.change_namespace: (2, True),
    changing.change_replicas: (1.5, True),
    changing.change_route: (1, True),
    changing.change_ladder: (6, True),
    changing.add_variant: (2, True),
    changing.retire_variant: (2.5, True),
}


def play_history(stage: Stage, way: str, seed: int, start: datetime, setting: Callable[[Hands], None]) -> Play:
    """60 acts. `setting` gets the hands before the first, to show their clock to the tool."""
    rng = random.Random(seed)  # noqa: S311 - a history has to come again, not to surprise
    counts: Counter[str] = Counter()
    hands = Hands(stage, rng, counts, start)
    setting(hands)
    hands.wait(timedelta(0))
    play = Play(Book(Landed(hands.head(), merge=False, time=start), way), hands, rng, counts)
    play.between = _something_else
    model = MODELS[0]
    try:
        while len(play.told) < ACTS:
            before, model = model, rng.choice(MODELS)
            counts["changes from one model to the other"] += before != model
            thorough = _act(play, play.book.of_model(model))
            play.check(thorough=thorough or len(play.told) >= ACTS)
    except Exception as fault:
        fault.add_note("\n".join([*play.told[-25:], f"the last of {len(play.told)} acts of seed {seed}"]))
        raise
    counts["acts"] += len(play.told)
    return play


def _act(play: Play, lines: list[Line]) -> bool:
    """One act that is possible now; whether to ask `validate` after it."""
    play.pause()
    while True:
        act = play.rng.choices(list(DECK), [weight for weight, _ in DECK.values()])[0]
        if act(play, lines):
            return DECK[act][1]


def _something_else(play: Play, line: Line) -> None:
    """Lands while a commit waits: something of the other model, or the hostname of an environment."""
    others = [one for one in play.book.lines.values() if one.key.model != line.key.model]
    if play.chance(0.3) or not (
        moving.put_in_force(play, others, quiet=True) or moving.step_up(play, others, quiet=True)
    ):
        changing.change_route(play, others, quiet=True)
    play.check(thorough=False)
    play.pause()
