"""recipe.yaml of llm-compressor: which modifiers ran, and with which settings. Works on plain values, never on YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelpromote.core.document import Value
from modelpromote.core.evidence import ArtifactFacts, WeightGroup
from modelpromote.core.gates.agreement import describe, lowest_groups, scheme_widths
from modelpromote.evidence.plain_text import printable

_ALGORITHMS = {
    "GPTQModifier": "gptq",
    "AWQModifier": "awq",
    "QuantizationModifier": "rtn",
    "SmoothQuantModifier": "smoothquant",
    "SparseGPTModifier": "sparsegpt",
    "SpinQuantModifier": "spinquant",
    "QuIPModifier": "quip",
    "AutoRoundModifier": "autoround",
}
_MAX_MODIFIERS = 50
_SUFFIX = "_modifiers"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe says. `calibrated` is None where it does not say whether it needed data."""

    algorithm: str
    scheme: str = ""
    widths: tuple[Mapping[str, Value], ...] = ()
    calibrated: bool | None = None


def recipe(data: Value) -> Recipe | None:
    """The recipe; None where there is no modifier in it."""
    modifiers = [*_modifiers(data)][: _MAX_MODIFIERS + 1]
    if not modifiers or len(modifiers) > _MAX_MODIFIERS:
        return None
    names = [_ALGORITHMS.get(name, printable(name.removesuffix("Modifier").lower(), 40)) for name, _ in modifiers]
    schemes = [fields["scheme"] for _, fields in modifiers if isinstance(fields.get("scheme"), str)]
    needs = [fields["requires_calibration_data"] for _, fields in modifiers if "requires_calibration_data" in fields]
    return Recipe(
        "+".join(dict.fromkeys(names)),
        printable(str(schemes[0]), 60) if schemes else "",
        tuple(width for _, fields in modifiers for width in _widths(fields)),
        any(need is True for need in needs) if needs else None,
    )


def recipe_differences(said: Recipe, facts: ArtifactFacts) -> Iterator[str]:
    """Where the recipe says something else than config.json."""
    for group in lowest_groups(facts):
        widths = scheme_widths(said.scheme)
        if widths is not None and widths[0] != group.bits:
            yield f"recipe.yaml has scheme {said.scheme}, {group.source} has {describe(group)}"
    for weights in said.widths:
        if not any(_alike(weights, group) for group in facts.configured):
            size = weights.get("group_size")
            stated = f"{weights.get('num_bits')} bits" + (f" in groups of {size}" if size is not None else "")
            stated += ", not symmetric" if weights.get("symmetric") is False else ""
            shown = ", ".join(map(describe, facts.configured)) or "nothing quantised"
            yield f"recipe.yaml has {printable(stated, 80)}, config.json has {shown}"


def _alike(weights: Mapping[str, Value], group: WeightGroup) -> bool:
    bits, size, symmetric = (weights.get(key) for key in ("num_bits", "group_size", "symmetric"))
    same_size = (None if size == -1 else size) == group.group_size
    return bits == group.bits and same_size and (symmetric is None or symmetric == group.symmetric)


def _modifiers(data: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """(name, settings) of every modifier, in the order of the file: stages hold groups of them."""
    for name, value in data.items() if isinstance(data, dict) else ():
        if name.endswith("Modifier") and isinstance(value, dict):
            yield name, value
        elif isinstance(value, dict) and (name.endswith(("_stage", _SUFFIX)) or name == "modifiers"):
            yield from _modifiers(value)


def _widths(fields: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    groups = fields.get("config_groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict):
            yield weights
