"""The figures of a card as rows of finished Markdown, and the sentence that sums them up. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelpromote.core.card_figures import Figure
from modelpromote.core.markdown import code, escape

_NONE = "-"
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One metric against the baseline's: finished texts, `-` for what there is not."""

    task: str
    metric: str
    baseline: str
    value: str
    change: str
    interval: str
    flips: str
    documents: str
    sources: str


def score_row(figure: Figure, marks: Mapping[str, str]) -> ScoreRow:
    """Where higher is better the recovery, else the change."""
    runs = [figure.run, *([figure.baseline_run] if figure.baseline_run else [])]
    name = figure.metric if figure.filter == "none" else f"{figure.metric},{figure.filter}"
    return ScoreRow(
        code(figure.task),
        code(name),
        _number(figure.baseline),
        _number(figure.value),
        _change(figure),
        _interval(figure),
        _flips(figure),
        f"{figure.samples:,}" if figure.samples is not None else _NONE,
        ", ".join(marks[run.digest] for run in runs),
    )


def in_short(figures: Sequence[Figure]) -> tuple[str, ...]:
    """The score that keeps least and the figure that should be low and does worst: an average would hide them."""
    scores = [figure for figure in figures if figure.higher and figure.kept]
    grown = [figure for figure in figures if figure.higher is False and figure.change]
    found: list[str] = []
    if scores:
        least = min(scores, key=lambda one: (one.kept.point if one.kept else 0.0, one.task, one.metric))
        found.append(f"Of the scores, {_named(least)} keeps least: {_change(least)} of the baseline's.")
    if grown:
        most = max(grown, key=lambda one: one.change.point if one.change else 0.0)
        found.append(f"Where lower is better, {_named(most)} does worst: {_change(most)}.")
    return tuple(found)


def not_compared(figures: Sequence[Figure]) -> tuple[str, ...]:
    """Why figures stand beside the baseline's without being held against them, once per task."""
    reasons = dict.fromkeys((figure.task, reason) for figure in figures for reason in figure.apart)
    return tuple(f"{code(task)}: {escape(reason)}" for task, reason in reasons)


def yaml_number(value: float) -> str:
    """A number that YAML 1.1 and 1.2 read as one: an exponent only behind a point."""
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _named(figure: Figure) -> str:
    return f"{code(figure.task)} {code(figure.metric)}"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.4f}" if abs(value) < 1e6 else f"{value:.6g}"  # noqa: PLR2004


def _change(figure: Figure) -> str:
    if figure.change is None or figure.higher is None:
        return _NONE
    if figure.higher:
        return f"{100 * (1 + figure.change.point):.1f}%"
    return f"{100 * figure.change.point:+.2f}%"


def _interval(figure: Figure) -> str:
    change = figure.change
    if change is None or figure.higher is None:
        return _NONE
    if not figure.paired:
        return "aggregates only"
    if figure.flips is not None and figure.flips.lost == figure.flips.won == 0:
        return _none_flipped(figure.flips.documents)
    if figure.higher:
        return f"{100 * (1 + change.low):.1f}% to {100 * (1 + change.high):.1f}%"
    return f"{100 * change.low:+.2f}% to {100 * change.high:+.2f}%"


def _none_flipped(documents: int) -> str:
    """No flip in n documents does not show that there is none: the exact one-sided bound, 1 - 0.05^(1/n)."""
    return f"no flip; under {100 * (1 - (1 - _CONFIDENCE) ** (1 / documents)):.1f}% flip"


def _flips(figure: Figure) -> str:
    return _NONE if figure.flips is None else f"{figure.flips.lost:,} / {figure.flips.won:,}"
