"""The tables of a card as rows of finished Markdown: what was quantised, how large it is, what was tested. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelpromote.core.card_sources import Card, artifact_run
from modelpromote.core.evidence import ArtifactFacts, WeightGroup
from modelpromote.core.gates.agreement import describe
from modelpromote.core.gates.system_tests import deciding_tests, outcomes_of
from modelpromote.core.manifest import Calibration, Quantization
from modelpromote.core.markdown import code, escape

MANIFEST = "variant.yaml"
WEIGHTS = ".safetensors"
_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what, how much, and by whose word (a mark of the evidence, or variant.yaml)."""

    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Size:
    """What an artifact takes, before and after; `share` is after / before in percent."""

    label: str
    before: str
    after: str
    share: str


@dataclass(frozen=True, slots=True)
class Tests:
    """One category of system tests."""

    __test__ = False  # not a test of pytest's

    category: str
    passed: int
    ran: int
    source: str


def quantization_rows(card: Card, marks: Mapping[str, str]) -> tuple[Row, ...]:
    """What the artifact itself says first, then what only the manifest knows."""
    known = artifact_run(card.own)
    rows = list(_measured_rows(known[1], marks[known[0].digest], known[0].entry.tool.version)) if known else []
    recipe = card.variant.quantization
    return (*rows, *(_recipe_rows(recipe, with_weights=not known) if recipe else ()))


def calibration_rows(calibration: Calibration | None) -> tuple[Row, ...]:
    """The data that the recipe saw; none where the manifest names none."""
    if calibration is None:
        return ()
    given = {
        "Dataset": code(calibration.dataset),
        "Revision": code(calibration.revision) if calibration.revision else "",
        "Split": code(calibration.split) if calibration.split else "",
        "Samples": f"{calibration.samples:,}",
        "Sequence length": f"{calibration.sequence_length:,} tokens",
        "Seed": str(calibration.seed) if calibration.seed is not None else "",
    }
    return tuple(Row(label, value, MANIFEST) for label, value in given.items() if value)


def sizes(card: Card) -> tuple[Size, ...]:
    """Weights and the whole artifact, against the baseline's; none where one of the two was not measured."""
    own, before = artifact_run(card.own), artifact_run(card.baseline)
    if own is None or before is None:
        return ()
    found: list[Size] = []
    for label, ending in (("Weights (safetensors)", WEIGHTS), ("All files", "")):
        was, is_now = _bytes(before[1], ending), _bytes(own[1], ending)
        if was:
            found.append(Size(label, size_text(was), size_text(is_now), f"{100 * is_now / was:.1f}%"))
    return tuple(found)


def test_rows(card: Card, marks: Mapping[str, str]) -> tuple[Tests, ...]:
    """By category: how many tests ran, and how many of them passed in every run of their suite."""
    runs = card.own.of_kind("junit")
    outcomes = outcomes_of(runs)
    found: dict[str, list[tuple[bool, str]]] = {}
    for run, test in deciding_tests(runs):
        passed = outcomes[test.suite, test.id].keys() == {"passed"}
        found.setdefault(test.category, []).append((passed, marks[run.digest]))
    return tuple(
        Tests(
            code(category) if category else "none",
            sum(passed for passed, _ in tests),
            len(tests),
            ", ".join(sorted({mark for _, mark in tests})),
        )
        for category, tests in sorted(found.items())
    )


def size_text(count: int) -> str:
    """`2,611,952 bytes (2.6 MB)`."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004  # decimal units
        value, unit = value / 1000, unit + 1
    exact = f"{count:,} bytes"
    return f"{exact} ({value:.1f} {_UNITS[unit]})" if unit else exact


def _measured_rows(facts: ArtifactFacts, mark: str, version: str) -> Iterator[Row]:
    if facts.method:
        yield Row("Format", escape(f"{facts.method} {version}".strip()), mark)
    for group in facts.measured:
        yield Row("Weights", f"{_group_text(group)}, in {group.layers:,} layers", mark)
    for text in dict.fromkeys(_activation_text(group) for group in facts.configured):
        yield Row("Activations", text, mark)
    if facts.method:
        yield Row("Left as it was", _listed(facts.ignore) or "nothing is named", mark)
    if facts.stored:
        yield Row("Stored beside it" if facts.method else "Stored as", _listed(facts.stored), mark)


def _recipe_rows(recipe: Quantization, *, with_weights: bool) -> Iterator[Row]:
    yield Row("Scheme", code(recipe.scheme), MANIFEST)
    if with_weights:
        yield Row("Bits of a weight", str(recipe.bits), MANIFEST)
        yield Row("Group size", str(recipe.group_size or "none"), MANIFEST)
        yield Row("Left as it was", _listed(recipe.ignore) or "nothing is named", MANIFEST)
    yield Row("Algorithm", code(recipe.algorithm), MANIFEST)
    if recipe.actorder:
        yield Row("Activation order", code(recipe.actorder), MANIFEST)
    yield Row("Targets", _listed(recipe.targets), MANIFEST)
    yield Row("Tool", escape(recipe.tool), MANIFEST)


def _group_text(group: WeightGroup) -> str:
    symmetry = {True: ", symmetric", False: ", asymmetric", None: ""}[group.symmetric]
    return f"{escape(describe(group))}{symmetry}"


def _activation_text(group: WeightGroup) -> str:
    if not group.activations:
        return "not quantised"
    return f"{group.activation_bits or 'unknown'} bits, {escape(group.activations)}"


def _listed(names: tuple[str, ...]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join([*map(code, names[:_SHOWN]), *([f"and {rest:,} more"] if rest > 0 else [])])


def _bytes(facts: ArtifactFacts, ending: str) -> int:
    return sum(file.size for file in facts.files if file.path.endswith(ending))
