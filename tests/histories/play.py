"""A history being played: the book, the hands, chance, and what must hold after each act."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from histories.book import Book
from histories.built import blob_id, expected, found
from histories.hands import WAYS, Hands
from histories.line import Landed, Line
from modelpromote.core.outcome import Destination, Made, Outcome, Plan, Refusal
from modelpromote.core.record import Standing, acts, standings
from modelpromote.workflows.status import read_record
from modelpromote.workflows.transition import Confirm
from modelpromote.workflows.validate import validate
from modelpromote.workflows.world import World

T = TypeVar("T")
DEPTH = {"test": 1, "staging": 2, "prod": 4}
Job = Callable[[World, Destination, Confirm], Outcome | Plan]


@dataclass
class Play:
    """`told` is the story so far, for whoever has to find out why an act failed."""

    book: Book
    hands: Hands
    rng: random.Random
    counts: Counter[str]
    told: list[str] = field(default_factory=list)
    between: Callable[["Play", Line], None] | None = None

    def pick(self, found: Iterable[T]) -> T | None:
        """One of them by chance; None where there is none."""
        listed = list(found)
        return self.rng.choice(listed) if listed else None

    def line(self, lines: Iterable[Line]) -> Line | None:
        """One of them; the later its environment, the likelier, and likelier still where it can climb."""
        weights = {
            line.key: (
                line,
                DEPTH[line.key.environment] * (3 if line.release.variant and self._has_ladder(line) else 1),
            )
            for line in lines
        }
        if not weights:
            return None
        return self.rng.choices(*zip(*weights.values(), strict=True))[0]

    def _has_ladder(self, line: Line) -> bool:
        return self.book.settings[line.key.environment].ladder

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def tell(self, text: str) -> None:
        self.told.append(f"{self.hands.now:%d %H:%M} {text}")

    def pause(self) -> None:
        """Some minutes; now and then days, so that decisions leave the revert window."""
        self.hands.wait(timedelta(days=self.rng.randint(1, 3)) if self.chance(0.06) else timedelta(minutes=7))

    # --- the tool makes a commit ---

    def carry(self, line: Line, job: Job, *, quiet: bool = False) -> Landed:
        """A transition: pushed by the tool, or left by it and landed by others, sometimes after something else."""
        if quiet or self.chance(0.3):
            return self.hands.pushed(self._made(job, Destination.REMOTE).commit)
        made = self._made(job, Destination.LOCAL)
        assert made.ref == f"refs/modelpromote/{line.key.environment}/{line.key.model}"
        way = self.rng.choice(WAYS)
        if way == "push":
            return self.hands.land(made.commit, way)
        self.pause()
        between, meanwhile = self.between, self.chance(0.5)
        return self.hands.land(
            made.commit, way, between=(lambda: between(self, line)) if between and meanwhile else None
        )

    def _made(self, job: Job, destination: Destination) -> Made:
        made = job(self.hands.world, destination, lambda _: True)
        assert isinstance(made, Made), made
        return made

    def is_refused(self, job: Job, code: str) -> None:
        """The tool says no, for this one reason."""
        answer = job(self.hands.world, Destination.NOWHERE, lambda _: True)
        assert isinstance(answer, Refusal), answer
        assert [one.rule.code for one in answer.findings] == [code]

    # --- what must hold ---

    def check(self, *, thorough: bool) -> None:
        """The remote has the book's files, they build as the book says, status and validate agree."""
        files = self.book.files()
        listed = self.hands.git("ls-tree", "-r", "-z", "main", at=self.hands.stage.remote).rstrip("\0").split("\0")
        there = {path: entry.split()[2] for entry, _, path in (one.partition("\t") for one in listed)}
        wanted = {path: blob_id(content) for path, content in files.items()}
        assert sorted(there) == sorted(wanted)
        assert [path for path in wanted if there[path] != wanted[path]] == []
        for line in self.book.lines.values():
            assert found(self.hands.kustomize, line, files) == expected(self.book, line), line.key
        self._check_status()
        if thorough:
            assert self.hands.git("status", "--porcelain", "--branch") == "## main"
            self.counts["validate was asked"] += 1
            said = validate(self.hands.world)
            assert said.findings == ()
            assert said.built

    def _check_status(self) -> None:
        """The record of the deployed branch is the book's: what is in force, its holds, and the whole history."""
        record = read_record(self.hands.world, offline=True)
        shown = {(one.key.environment, one.key.model): one for one in standings(record)}
        assert {key: _shown(one) for key, one in shown.items()} == {
            key: _standing(line) for key, line in self.book.lines.items()
        }
        for (environment, model), line in self.book.lines.items():
            one = shown[environment, model]
            assert (one.commit, one.since) == (line.last.commit, line.last.time)
            told = [(act.kind, act.number, act.variant) for act in acts(record, environment, model)]
            assert told == line.acts[::-1]


def _shown(one: Standing) -> tuple[object, ...]:
    return one.release, one.step, one.fault, {name for name, _ in one.holds}


def _standing(line: Line) -> tuple[object, ...]:
    step = str(line.step) if line.step else "all traffic" if line.release.variant else ""
    return line.release, step, "", set(line.held.values())
