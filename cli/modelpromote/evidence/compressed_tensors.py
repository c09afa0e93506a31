"""`quantization_config` of config.json as compressed-tensors writes it: what is quantised, and how."""

from collections.abc import Iterator, Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, mapping, text, whole
from modelpromote.evidence.module_names import entries
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.scheme import MAX_GROUPS, Scheme, UnreadableScheme, bits_of, kv_cache, size_of, texts

METHOD = "compressed-tensors"
_TYPES = frozenset({"int", "float"})
_STRATEGIES = frozenset({"tensor", "channel", "group", "block", "token", "tensor_group", "attn_head"})
_BLOCK = 2


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """The quantisation that the block describes. UnreadableScheme or UnreadablePattern where it is not readable."""
    groups = mapping(block.get("config_groups"))
    if len(groups) > MAX_GROUPS:
        raise UnreadableScheme(f"config_groups has {len(groups)} groups, at most {MAX_GROUPS} are read")
    described = tuple(_weight_groups(groups, source))
    ignore = texts(block.get("ignore") or [], "ignore")
    wanted = entries(
        tuple(target for group in groups.values() for target in texts(mapping(group).get("targets"), "targets"))
    )
    spared = entries(ignore)
    return Scheme(
        METHOD,
        printable(text(block.get("version")), 40),
        described,
        ignore,
        printable(text(block.get("format")), 60),
        kv_cache(block.get("kv_cache_scheme")),
        lambda name: any(entry(name) for entry in wanted) and not any(entry(name) for entry in spared),
    )


def timing(activations: Mapping[str, Json]) -> str:
    """`dynamic` where the scales of the activations are found at run time, wholly or in part."""
    if not activations:
        return ""
    return "dynamic" if activations.get("dynamic") in (True, "local") else "static"


def _weight_groups(groups: Mapping[str, Json], source: str) -> Iterator[WeightGroup]:
    for name, given in groups.items():
        group = mapping(given)
        if group.get("weights") is not None:
            place = f"config_groups.{printable(name, 60)}"
            yield _weight_group(source, place, mapping(group["weights"]), mapping(group.get("input_activations")))


def _weight_group(source: str, place: str, weights: Mapping[str, Json], activations: Mapping[str, Json]) -> WeightGroup:
    bits = bits_of(weights.get("num_bits"), f"{place}.weights.num_bits")
    kind, strategy = text(weights.get("type") or "int"), text(weights.get("strategy"))
    if kind not in _TYPES or strategy not in _STRATEGIES:
        raise UnreadableScheme(f"{place}.weights has no known type and strategy")
    size = size_of(weights.get("group_size"), f"{place}.weights.group_size")
    return WeightGroup(
        f"{source} {place}",
        bits,
        kind,
        strategy,
        size if strategy in {"group", "tensor_group"} else None,
        symmetric=weights.get("symmetric", True) is True,
        activation_bits=whole(activations.get("num_bits")),
        activations=timing(activations),
        block=block_of(weights.get("block_structure"), place) if strategy == "block" else None,
        order=printable(text(weights.get("actorder")), 40),
    )


def block_of(value: Json, place: str) -> tuple[int, int] | None:
    """Rows and columns of weights per scale."""
    if value is None:
        return None
    sizes = [size_of(part, f"{place}: the block's size") for part in value] if isinstance(value, list) else []
    if len(sizes) != _BLOCK or sizes[0] is None or sizes[1] is None:
        raise UnreadableScheme(f"{place}: the block's size is not two numbers")
    return sizes[0], sizes[1]
