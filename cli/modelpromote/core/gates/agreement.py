"""What name, manifest, config.json and header say of the weights, and where two of them disagree."""

import re
from collections.abc import Iterator

from modelpromote.core import rules
from modelpromote.core.diagnostics import Rule
from modelpromote.core.evidence import ArtifactFacts, WeightGroup
from modelpromote.core.manifest import Quantization
from modelpromote.core.names import VariantName

Fault = tuple[Rule, str]

STORED = {"fp32": "F32", "fp16": "F16", "bf16": "BF16"}
# the format fixes type, strategy and group size
_FIXED = {"nvfp4": ("float", "tensor_group", 16), "mxfp4": ("float", "group", 32)}
_STRATEGIES = {"ch": {"channel"}, "tensor": {"tensor"}}
_WITHOUT_CONFIG = {
    "int8": {"channel"},
    "fp8": {"channel", "tensor", "block"},
    "nf4": {"group"},
    "fp4": {"group"},
}
_TYPES = {"nf": "nf", "int": "int"}
_ANY_STRATEGY = {"channel", "tensor", "block"}
_SCHEME = re.compile(r"W([0-9]{1,2})A([0-9]{1,2})(?:_.*)?", re.IGNORECASE)
_FULL_ACTIVATIONS = 16
_SHOWN = 5


def describe(group: WeightGroup) -> str:
    """`int4 g64`, `float8 channel`."""
    grouping = f"g{group.group_size}" if group.group_size is not None else group.strategy
    if group.block is not None:
        grouping = f"block {group.block[0]}x{group.block[1]}"
    return f"{group.type}{group.bits} {grouping}"


def lowest_groups(facts: ArtifactFacts) -> tuple[WeightGroup, ...]:
    """The configured groups with the fewest bits: a mixed build is named after these."""
    fewest = min((group.bits for group in facts.configured), default=0)
    return tuple(group for group in facts.configured if group.bits == fewest)


def name_faults(name: VariantName, facts: ArtifactFacts) -> Iterator[Fault]:
    """MP312: where the name says something else than config.json, or than what is stored."""
    if name.is_quantised and not facts.configured:
        yield rules.NAME_NOT_CONFIG, f"{name} is quantised, config.json quantises no weights"
    elif name.is_quantised:
        yield from ((rules.NAME_NOT_CONFIG, text) for group in lowest_groups(facts) for text in _misnamed(name, group))
    elif facts.method:
        yield rules.NAME_NOT_CONFIG, f"{name} is not quantised, config.json has quant_method {facts.method}"
    elif set(facts.stored) != {STORED[name.precision]} or facts.measured:
        kinds = ", ".join((*facts.stored, *map(describe, facts.measured))) or "nothing"
        yield rules.NAME_NOT_CONFIG, f"{name} is stored as {STORED[name.precision]}, the header has {kinds}"


def header_faults(facts: ArtifactFacts) -> Iterator[Fault]:
    """MP313 and MP316: where the weights are not what config.json describes."""
    for group in facts.measured:
        alike = [known for known in facts.configured if _has_form(group, known)]
        if not alike:
            said = ", ".join(describe(known) for known in facts.configured) or "nothing quantised"
            detail = f"the header has {describe(group)} in {group.layers} layers, config.json says {said}"
            yield rules.CONFIG_NOT_HEADER, detail
        elif not any(_same_symmetry(group, known) for known in alike):
            detail = f"{describe(group)}: the header and config.json disagree on symmetric"
            yield rules.CONFIG_NOT_HEADER, detail
    for group in facts.configured:
        if not any(_has_form(measured, group) for measured in facts.measured):
            said = group.source.partition(" ")[0]
            yield rules.CONFIG_NOT_HEADER, f"{said} says {describe(group)}, no layer of the header has it"
    if facts.leftovers:
        more = len(facts.leftovers) - _SHOWN
        names = ", ".join(facts.leftovers[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        yield rules.LEFT_UNQUANTISED, f"config.json quantises it, the weights are plain: {names}"


def recipe_faults(recipe: Quantization, facts: ArtifactFacts) -> Iterator[Fault]:
    """MP314: where the quantization block of variant.yaml says something else than config.json."""
    for group in lowest_groups(facts):
        place = group.source
        if recipe.bits != group.bits:
            yield rules.RECIPE_NOT_CONFIG, f"bits: {recipe.bits} in variant.yaml, {group.bits} in {place}"
        is_open = group.strategy == "group" and group.group_size is None
        is_left_out = recipe.group_size is None and _is_fixed(group)
        if recipe.group_size != group.group_size and not is_open and not is_left_out:
            stated, said = recipe.group_size or "none", group.group_size or "none"
            yield rules.RECIPE_NOT_CONFIG, f"groupSize: {stated} in variant.yaml, {said} in {place}"
        if group.symmetric is not None and recipe.symmetric != group.symmetric:
            stated, said = str(recipe.symmetric).lower(), str(group.symmetric).lower()
            yield rules.RECIPE_NOT_CONFIG, f"symmetric: {stated} in variant.yaml, {said} in {place}"
        yield from _scheme_faults(recipe.scheme, group)


def _misnamed(name: VariantName, group: WeightGroup) -> Iterator[str]:
    kind = _TYPES.get(name.precision.rstrip("0123456789"), "float")
    if (group.type, group.bits) != (kind, name.bits):
        yield f"{name} has {kind}{name.bits} weights, {group.source} has {describe(group)}"
    elif not _is_grouped_as_named(name, group):
        yield f"{name} has {_grouping(name)}, {group.source} has {describe(group)}"
    elif name.config in {"dynamic", "static"} and group.activations != name.config:
        yield f"{name} has {name.config} activations, {group.source} has {group.activations or 'full ones'}"


def _is_grouped_as_named(name: VariantName, group: WeightGroup) -> bool:
    if name.precision in _FIXED:
        return (group.type, group.strategy, group.group_size) == _FIXED[name.precision]
    if name.group_size is not None:
        return (group.strategy, group.group_size) == ("group", name.group_size)
    accepted = _STRATEGIES.get(name.config) or (_WITHOUT_CONFIG if not name.config else {}).get(name.precision)
    return group.strategy in (accepted or _ANY_STRATEGY)


def _grouping(name: VariantName) -> str:
    if name.precision in _FIXED:
        return f"groups of {_FIXED[name.precision][2]}"
    if name.group_size is not None:
        return f"groups of {name.group_size}"
    return {"ch": "one scale per channel", "tensor": "one scale per tensor"}.get(name.config, "no groups")


def scheme_widths(scheme: str) -> tuple[int, int] | None:
    """Bits of weights and activations of `W4A16`; None where the scheme has another name."""
    match = _SCHEME.fullmatch(scheme)
    return (int(match[1]), int(match[2])) if match else None


def scheme_name(group: WeightGroup) -> str:
    """`W4A16`."""
    return f"W{group.bits}A{group.activation_bits or _FULL_ACTIVATIONS}"


def _scheme_faults(scheme: str, group: WeightGroup) -> Iterator[Fault]:
    widths = scheme_widths(scheme)
    if widths is None:
        return
    weights, activations = widths
    if weights != group.bits:
        detail = f"scheme {scheme} has {weights} bits in variant.yaml, {group.source} {group.bits}"
        yield rules.RECIPE_NOT_CONFIG, detail
    configured = group.activation_bits if group.activation_bits is not None else _FULL_ACTIVATIONS
    if activations != configured:
        detail = f"scheme {scheme} has activations of {activations} bits, {group.source} of {configured}"
        yield rules.RECIPE_NOT_CONFIG, detail


def _has_form(measured: WeightGroup, known: WeightGroup) -> bool:
    """Whether the weights are as the config says; it need not state the size of groups and blocks."""
    if (measured.bits, measured.type, measured.strategy) != (known.bits, known.type, known.strategy):
        return False
    sized = known.strategy != "group" or known.group_size is not None
    same_size = measured.group_size == known.group_size or not sized
    return same_size and (known.block is None or measured.block == known.block)


def _same_symmetry(measured: WeightGroup, known: WeightGroup) -> bool:
    return None in {measured.symmetric, known.symmetric} or measured.symmetric == known.symmetric


def _is_fixed(group: WeightGroup) -> bool:
    return (group.type, group.strategy, group.group_size) in _FIXED.values() and group.bits == 4  # noqa: PLR2004
