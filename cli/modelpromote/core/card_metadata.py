"""The front matter of a card: what the Hub searches by, in the words of its model card format. Pure.

https://github.com/huggingface/hub-docs/blob/main/modelcard.md
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelpromote.core.card_figures import Figure
from modelpromote.core.manifest import Variant
from modelpromote.core.names import full_name

PIPELINE, LIBRARY, SERVED_BY = "text-generation", "transformers", "vllm"
_HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of the front matter; an empty one is left out. `results` are the figures by task."""

    base_model: str
    relation: str
    languages: tuple[str, ...]
    license: str
    datasets: tuple[str, ...]
    tags: tuple[str, ...]
    name: str
    results: Mapping[str, tuple[Figure, ...]]


def metadata(variant: Variant, method: str, figures: Sequence[Figure]) -> Metadata:
    """What can be said of a variant; `method` is that of its artifact."""
    results: dict[str, list[Figure]] = {}
    for figure in figures:
        results.setdefault(figure.task, []).append(figure)
    calibration = variant.calibration
    datasets = (calibration.dataset,) if calibration is not None and is_hub_id(calibration.dataset) else ()
    return Metadata(
        base_model=variant.base_model.id,
        relation="quantized" if variant.variant.is_quantised else "",
        languages=variant.card.languages,
        license=variant.card.license or "",
        datasets=datasets,
        tags=_tags(variant, method),
        name=full_name(variant.model, str(variant.variant)),
        results={task: tuple(listed) for task, listed in results.items()},
    )


def is_hub_id(text: str) -> bool:
    """Whether a text can be the id of a repository on the Hub."""
    return _HUB_ID.fullmatch(text) is not None


def _tags(variant: Variant, method: str) -> tuple[str, ...]:
    recipe = variant.quantization
    named = [recipe.scheme.lower(), recipe.algorithm.lower()] if recipe is not None else []
    quantised = ["quantized"] if variant.variant.is_quantised else []
    return tuple(
        dict.fromkeys([*quantised, variant.variant.precision, *named, *([method] if method else []), SERVED_BY])
    )
