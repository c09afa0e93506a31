"""The model card of a variant, and its picture: a function of variant, evidence and baseline alone. Pure."""

from collections.abc import Sequence
from typing import Any

from modelpromote.core import chart as charts
from modelpromote.core.card_evaluation import evaluations
from modelpromote.core.card_figures import Figure, figures, incomplete
from modelpromote.core.card_files import CARD, PICTURE
from modelpromote.core.card_metadata import is_hub_id, metadata
from modelpromote.core.card_rows import MANIFEST, calibration_rows, quantization_rows, sizes, test_rows
from modelpromote.core.card_scores import in_short, not_compared, score_row, yaml_number
from modelpromote.core.card_serving import serving_command
from modelpromote.core.card_sources import Card, artifact_run, load_tests, sources, test_runs
from modelpromote.core.card_speed import performance
from modelpromote.core.manifest import BaseModelRef
from modelpromote.core.markdown import code, escape, fence, paragraphs
from modelpromote.core.render import Renderer

_HUB = "https://huggingface.co"


def card_room(renderer: Renderer, card: Card) -> dict[str, str]:
    """The card's files by path: README.md, and recovery.svg where something is compared with the baseline."""
    found = figures(card.own, card.baseline)
    chart = charts.chart(found)
    names = {"variant": card.variant, "variant_name": str(card.variant.variant), "baseline_name": card.baseline_name}
    values = {**names, **_values(card, found), "picture": PICTURE if chart else ""}
    files = {f"{card.variant.folder}/{CARD}": renderer.render("card/README.md.j2", **values)}
    if chart is not None:
        picture = renderer.render("card/recovery.svg.j2", chart=chart, top=charts.TOP, **names)
        files[f"{card.variant.folder}/{PICTURE}"] = picture
    return files


def _values(card: Card, found: Sequence[Figure]) -> dict[str, Any]:
    partial, known = tuple(incomplete(card.own)), artifact_run(card.own)
    sized = sizes(card)
    used = {run.digest for figure in found for run in (figure.run, figure.baseline_run) if run is not None}
    used |= {run.digest for run, _ in partial} | {run.digest for run in test_runs(card.own)}
    used |= {known[0].digest} if known else set()
    used |= {test[0].digest for test in load_tests(card) if test is not None}
    before = artifact_run(card.baseline) if sized else None
    used |= {before[0].digest} if before else set()
    listed = sources(card, frozenset(used))
    marks = {source.run.digest: source.mark for source in listed}
    command = serving_command(card.variant)
    return {
        "metadata": metadata(card.variant, known[1].method if known else "", found),
        "base_model": _base_model(card.variant.base_model),
        "in_short": in_short(found),
        "quantization": quantization_rows(card, marks),
        "calibration": calibration_rows(card.variant.calibration),
        "sizes": sized,
        "size_marks": ", ".join(marks[run.digest] for run in ([known[0], before[0]] if known and before else [])),
        "scores": [score_row(figure, marks) for figure in found if figure.higher],
        "perplexities": [score_row(figure, marks) for figure in found if figure.higher is False],
        "others": [score_row(figure, marks) for figure in found if figure.higher is None],
        "apart": not_compared(found),
        "partial": [f"{marks[run.digest]}: {escape(why)}" for run, why in partial],
        "tests": test_rows(card, marks),
        "performance": performance(card, marks),
        "evaluations": evaluations(listed),
        "sources": listed,
        "command": command,
        "fence": fence(command),
        "manifest": MANIFEST,
        "escape": escape,
        "paragraphs": paragraphs,
        "code": code,
        "yaml_number": yaml_number,
    }


def _base_model(model: BaseModelRef) -> str:
    """A link where the manifest names a commit on the Hub: the id alone may name something that is not there."""
    name = code(model.id)
    if model.revision is None or not is_hub_id(model.id):
        return name
    if not is_hub_id(f"revision/{model.revision}"):
        return f"{name} at {code(model.revision)}"
    return f"[{name}]({_HUB}/{model.id}/tree/{model.revision}) at {code(model.revision)}"
