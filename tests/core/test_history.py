"""Random lives of a release, folded into a timeline and held against a book that the test keeps itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.history import Decided, EventKind, Hold, Landing, Stepped, Timeline, timeline
from modelpromote.core.ladder import Step
from modelpromote.core.names import VariantName
from modelpromote.core.release import Release, ReleaseKey, first_release

KEY = ReleaseKey("prod", "llama")
START = datetime(2026, 11, 24, 8, tzinfo=UTC)
NAMES = tuple(VariantName("v1." + str(minor), "fp8") for minor in range(4))


def artifact(name: VariantName) -> str:
    return f"sha256:{name.version[-1] * 64}"


def landing(position: int) -> Landing:
    return Landing(f"c{position}", START + timedelta(hours=position), "Ada", f"c{position - 1}", position)


def release(number: int, name: VariantName, previous: VariantName | None, slot: int = 0, reason: str = "") -> Release:
    return Release.model_construct(
        model="llama", slug="llama", environment="prod", number=number, variant=name, previous=previous,
        slot=slot, artifact=artifact(name), evidence=(), reason=reason, lift_hold="",
    )  # fmt: skip


@dataclass
class Book:
    """Acts as they are made: the states that they leave, and what must follow from them."""

    states: list[Decided] = field(default_factory=list)
    stack: list[Release] = field(default_factory=list)
    kinds: list[EventKind] = field(default_factory=list)
    held: dict[str, datetime] = field(default_factory=dict)
    taken_back: list[Release] = field(default_factory=list)
    highest: int = -1

    def land(self, state: Release, kind: EventKind) -> datetime:
        place = landing(len(self.states))
        self.states.append(Decided(place, state))
        self.kinds.append(kind)
        self.highest = max(self.highest, state.number)
        return place.time

    def first(self) -> None:
        self.stack.append(first_release("prod", "llama"))
        self.land(self.stack[-1], EventKind.FIRST)

    def promote(self, name: VariantName) -> None:
        self.stack.append(release(self.highest + 1, name, self.stack[-1].variant))
        self.land(self.stack[-1], EventKind.PROMOTION)
        self.held.pop(artifact(name), None)

    def roll_back(self) -> None:
        undone = self.stack.pop()
        self.taken_back.append(undone)
        self.held[undone.artifact] = self.land(self.stack[-1], EventKind.ROLLBACK)

    def fold(self) -> Timeline:
        return timeline(KEY, self.states)


def kept(acts: list[int]) -> Book:
    """-1 takes back (where there is something), any other number promotes that variant."""
    book = Book()
    book.first()
    for act in acts:
        if act < 0:
            if len(book.stack) > 1:
                book.roll_back()
        elif book.stack[-1].variant != NAMES[act]:
            book.promote(NAMES[act])
    return book


acts = st.lists(st.integers(-1, 3), max_size=25)


@given(acts)
def test_promotions_and_rollbacks_fold_into_a_stack(acts: list[int]) -> None:
    book = kept(acts)
    line = book.fold()
    assert line.stack == tuple(book.stack)
    assert line.in_force == book.stack[-1]
    assert line.before == (book.stack[-2] if len(book.stack) > 1 else None)
    assert line.highest == book.highest
    assert [event.kind for event in line.events] == book.kinds
    assert [event.undone for event in line.events if event.undone] == book.taken_back


@given(acts)
def test_what_was_taken_back_is_held_until_it_is_promoted_again(acts: list[int]) -> None:
    book = kept(acts)
    line = book.fold()
    for name in NAMES:
        since = book.held.get(artifact(name))
        assert line.hold(artifact(name)) == (Hold("prod", since) if since else None)


@given(acts)
def test_a_number_is_never_used_twice(acts: list[int]) -> None:
    line = kept(acts).fold()
    numbers = [event.release.number for event in line.events if event.kind is EventKind.PROMOTION]
    assert numbers == list(range(1, len(numbers) + 1))
    for event in line.events:
        if event.kind is EventKind.PROMOTION:
            assert line.promoted(event.release.number) == event


@given(acts, st.data())
def test_a_commit_that_changes_nothing_is_no_event(acts: list[int], data: st.DataObject) -> None:
    book = kept(acts)
    place = data.draw(st.integers(0, len(book.states) - 1))
    doubled = [*book.states[: place + 1], *book.states[place:]]
    assert timeline(KEY, doubled) == book.fold()


@pytest.fixture
def undone() -> Book:
    """Two promotions, the second taken back."""
    book = Book()
    book.first()
    book.promote(NAMES[1])
    book.promote(NAMES[2])
    book.roll_back()
    return book


def test_a_revert_of_a_revert_is_a_promotion_without_judgement(undone: Book) -> None:
    again = undone.taken_back[-1]
    undone.land(again, EventKind.RETURNED)
    line = undone.fold()
    assert [event.kind for event in line.events] == undone.kinds
    assert line.in_force == again
    assert line.before == undone.stack[-1]
    assert line.hold(again.artifact) == Hold("prod", START + timedelta(hours=3)), "it lifts no hold"


def test_the_next_promotion_after_a_rollback_takes_a_new_number(undone: Book) -> None:
    undone.promote(NAMES[2])
    line = undone.fold()
    assert line.in_force is not None
    assert (line.in_force.number, line.highest) == (3, 3)
    assert line.events[-1].kind is EventKind.PROMOTION


def test_a_decision_that_was_changed_keeps_its_place_in_the_stack(undone: Book) -> None:
    changed = release(1, NAMES[3], None, reason="by hand")
    undone.land(changed, EventKind.REWRITTEN)
    line = undone.fold()
    assert line.events[-1].kind is EventKind.REWRITTEN
    assert line.stack == (undone.stack[0], changed)


@pytest.mark.parametrize("number", [2, 5])
def test_a_number_that_is_not_the_next_is_out_of_order(undone: Book, number: int) -> None:
    undone.land(release(number, NAMES[3], NAMES[1]), EventKind.IRREGULAR)
    assert undone.fold().events[-1].kind is EventKind.IRREGULAR


def test_two_steps_down_at_once_are_no_rollback() -> None:
    book = Book()
    book.first()
    book.promote(NAMES[1])
    book.promote(NAMES[2])
    book.land(book.stack[0], EventKind.IRREGULAR)
    assert book.fold().events[-1].kind is EventKind.IRREGULAR


def test_a_history_that_starts_in_the_middle_is_out_of_order() -> None:
    line = timeline(KEY, [Decided(landing(0), release(3, NAMES[1], None))])
    assert line.events[0].kind is EventKind.IRREGULAR


def test_no_history() -> None:
    line = timeline(KEY, ())
    assert (line.in_force, line.before, line.landed, line.highest) == (None, None, None, -1)
    assert line.traffic_since("none") is None
    assert line.hold("none") is None


def climbing(*steps: tuple[int, Step]) -> Timeline:
    """Variant 2 in slot 1, promoted at hour 2; its slot at each step from the given hour on."""
    book = Book()
    book.first()
    book.promote(NAMES[1])
    book.states.append(Decided(landing(2), release(2, NAMES[2], NAMES[1], slot=1)))
    slots = [Stepped(landing(hour), NAMES[2], 1, step) for hour, step in steps]
    other = [Stepped(landing(1), NAMES[2], 2, Step.DONE), Stepped(landing(1), NAMES[1], 1, Step.DONE)]
    return timeline(KEY, book.states, [*other, *slots])


STAGED, TEN, FIFTY, HUNDRED, DONE = Step


@pytest.mark.parametrize(
    ("steps", "hour"),
    [
        ([(1, STAGED)], None),
        ([(1, STAGED), (3, TEN), (4, FIFTY)], None),
        ([(1, STAGED), (3, TEN), (4, FIFTY), (5, HUNDRED)], 5),
        ([(1, STAGED), (3, TEN), (4, FIFTY), (5, HUNDRED), (6, DONE)], 5),
        ([(3, HUNDRED), (4, DONE), (5, HUNDRED)], 3),
        ([(3, HUNDRED), (4, FIFTY), (6, HUNDRED)], 6),
        ([(1, HUNDRED)], 2),
    ],
)
def test_all_the_traffic_counts_from_the_step_that_gave_it(steps: list[tuple[int, Step]], hour: int | None) -> None:
    since = climbing(*steps).traffic_since(artifact(NAMES[2]))
    assert since == (START + timedelta(hours=hour) if hour is not None else None)


def test_without_a_ladder_the_traffic_counts_from_the_promotion() -> None:
    book = kept([1])
    assert book.fold().traffic_since(artifact(NAMES[1])) == START + timedelta(hours=1)
    assert book.fold().traffic_since(artifact(NAMES[2])) is None
    book.promote(NAMES[2])
    book.roll_back()
    assert book.fold().traffic_since(artifact(NAMES[1])) == START + timedelta(hours=3), "a rollback starts it anew"


def test_steps_of_other_slots_and_variants_are_none_of_a_release() -> None:
    line = climbing((1, STAGED), (3, TEN))
    assert line.in_force is not None
    assert [step.step for step in line.step_changes(line.in_force)] == [STAGED, TEN]
