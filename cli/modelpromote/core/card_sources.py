"""Where a card's figures come from: its evidence entries, each under a short mark. Pure."""

from dataclasses import dataclass

from modelpromote.core.evidence import ArtifactFacts, Run
from modelpromote.core.gates.gate import Subject
from modelpromote.core.gates.speed import KINDS as LOAD_TESTS
from modelpromote.core.gates.system_tests import deciding_tests
from modelpromote.core.manifest import Variant
from modelpromote.core.speed import LoadTest

KINDS = ("artifact", "lm-eval", "junit", *LOAD_TESTS)


@dataclass(frozen=True, slots=True)
class Source:
    """One entry: `E1` is the variant's own, `B1` one of its baseline's."""

    mark: str
    run: Run

    @property
    def id(self) -> str:
        """The entry's id: its folder's name."""
        return self.run.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card is a function of: a variant, its evidence and its baseline."""

    own: Subject
    baseline: Subject | None

    @property
    def variant(self) -> Variant:
        """The variant whose card it is."""
        return self.own.variant

    @property
    def baseline_name(self) -> str:
        """The short name of the baseline; of the baseline itself its own."""
        return str(self.variant.baseline or self.variant.variant)

    @property
    def subjects(self) -> tuple[tuple[str, Subject], ...]:
        """The variant, and the baseline where it is another one, each with the letter of its marks."""
        return (("E", self.own), *((("B", self.baseline),) if self.baseline else ()))


def sources(card: Card, used: frozenset[str]) -> tuple[Source, ...]:
    """The entries that the card uses, by digest: the variant's own first, by kind, the newest first."""
    found: list[Source] = []
    for letter, subject in card.subjects:
        runs = [run for kind in KINDS for run in subject.of_kind(kind) if run.digest in used]
        found += [Source(f"{letter}{number}", run) for number, run in enumerate(runs, 1)]
    return tuple(found)


def artifact_run(subject: Subject | None) -> tuple[Run, ArtifactFacts] | None:
    """The newest run of kind artifact, and what it says."""
    runs = subject.of_kind("artifact") if subject is not None else ()
    return next(((run, run.content) for run in runs if isinstance(run.content, ArtifactFacts)), None)


def test_runs(subject: Subject) -> tuple[Run, ...]:
    """The JUnit runs that decide, each once."""
    return tuple({run.path: run for run, _ in deciding_tests(subject.of_kind("junit"))}.values())


def load_tests(card: Card) -> tuple[tuple[Run, LoadTest] | None, tuple[Run, LoadTest] | None]:
    """The newest load test of the variant, and the newest one of the same tool of its baseline."""
    own = _newest_load_test(card.own, LOAD_TESTS)
    if own is None or card.baseline is None:
        return own, None
    return own, _newest_load_test(card.baseline, (own[0].entry.kind,))


def _newest_load_test(subject: Subject, kinds: tuple[str, ...]) -> tuple[Run, LoadTest] | None:
    runs = [(run, run.content) for kind in kinds for run in subject.of_kind(kind)]
    tests = [(run, content) for run, content in runs if isinstance(content, LoadTest)]
    return max(tests, key=lambda one: (one[0].entry.finished, one[0].digest), default=None)
