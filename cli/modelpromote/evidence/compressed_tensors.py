"""`quantization_config` of config.json as compressed-tensors writes it: what is quantised, and how."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, mapping, text, whole
from modelpromote.evidence.plain_text import printable

METHOD = "compressed-tensors"
_TYPES = frozenset({"int", "float"})
_STRATEGIES = frozenset({"tensor", "channel", "group", "block", "token", "tensor_group", "attn_head"})
_MAX_GROUPS = 100
_LARGEST_GROUP = 65_536


class UnreadableScheme(ValueError):
    """A config group that is none; the message names the key."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What config.json says of the quantisation; `method` is empty where it says nothing."""

    method: str
    version: str = ""
    groups: tuple[WeightGroup, ...] = ()
    targets: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def configured(config: Mapping[str, Json]) -> Configured:
    """The quantisation that a config.json describes. UnreadableScheme where it is not readable."""
    given = config.get("quantization_config")
    if given is None:
        return Configured("")
    block = mapping(given)
    method = printable(text(block.get("quant_method")), 60) or "unknown"
    version = printable(text(block.get("version")), 40)
    if method != METHOD:
        return Configured(method, version)
    groups = mapping(block.get("config_groups"))
    if len(groups) > _MAX_GROUPS:
        raise UnreadableScheme(f"config_groups has {len(groups)} groups, at most {_MAX_GROUPS} are read")
    return Configured(
        method,
        version,
        tuple(_weight_groups(groups)),
        tuple(target for group in groups.values() for target in texts(mapping(group).get("targets"), "targets")),
        texts(block.get("ignore") or [], "ignore"),
    )


def texts(value: Json, key: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise UnreadableScheme(f"{key} is not a list of names")
    return tuple(text(part) for part in value)


def _weight_groups(groups: Mapping[str, Json]) -> Iterator[WeightGroup]:
    for name, given in groups.items():
        group = mapping(given)
        if group.get("weights") is not None:
            place = f"config_groups.{printable(name, 60)}"
            yield _weight_group(place, mapping(group["weights"]), mapping(group.get("input_activations")))


def _weight_group(place: str, weights: Mapping[str, Json], activations: Mapping[str, Json]) -> WeightGroup:
    bits, size = whole(weights.get("num_bits")), weights.get("group_size")
    kind, strategy = text(weights.get("type") or "int"), text(weights.get("strategy"))
    if bits is None or not 1 <= bits <= 32:  # noqa: PLR2004  # bits of a number
        raise UnreadableScheme(f"{place}.weights.num_bits is not a number of bits")
    if kind not in _TYPES or strategy not in _STRATEGIES:
        raise UnreadableScheme(f"{place}.weights has no known type and strategy")
    if size is not None and not -1 <= (whole(size) or -2) <= _LARGEST_GROUP:
        raise UnreadableScheme(f"{place}.weights.group_size is not a number of weights")
    grouped = whole(size) if strategy in {"group", "tensor_group"} else None
    return WeightGroup(
        f"config.json {place}",
        bits,
        kind,
        strategy,
        grouped,
        symmetric=weights.get("symmetric", True) is True,
        activation_bits=whole(activations.get("num_bits")),
        activations=_timing(activations),
    )


def _timing(activations: Mapping[str, Json]) -> str:
    """`dynamic` where the scales of the activations are found at run time, wholly or in part."""
    if not activations:
        return ""
    return "dynamic" if activations.get("dynamic") in (True, "local") else "static"
