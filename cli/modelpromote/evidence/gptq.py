"""`quantization_config` of GPTQ (GPTQModel, AutoGPTQ, Optimum), or the same keys in quantize_config.json."""

from collections.abc import Callable, Iterator, Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, mapping, text
from modelpromote.evidence.module_names import entries
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.scheme import MAX_GROUPS, Scheme, UnreadableScheme, bits_of, flag, size_of
from modelpromote.evidence.skipped import blocks_only

METHOD = "gptq"
_LAYOUTS = frozenset({"gptq", "gptq_v2"})


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What it says; a layout other than GPTQ's own is named in the method, and not read."""
    layout = printable(text(block.get("checkpoint_format") or METHOD), 40)
    if flag(block.get("is_marlin_format"), "is_marlin_format", unset=False):
        layout = "marlin"
    if layout not in _LAYOUTS:
        return Scheme(f"{METHOD} {layout}")
    overrides = mapping(block.get("dynamic"))
    if len(overrides) > MAX_GROUPS:
        raise UnreadableScheme(f"dynamic has {len(overrides)} entries, at most {MAX_GROUPS} are read")
    return Scheme(
        METHOD,
        _version(block),
        tuple(_groups(block, overrides, source)),
        tuple(name for name in overrides if name.startswith("-:")),
        layout,
        quantises=_meant(block, overrides),
    )


def _groups(block: Mapping[str, Json], overrides: Mapping[str, Json], source: str) -> Iterator[WeightGroup]:
    yield _group(block, f"{source} quantization_config")
    for name, given in overrides.items():
        if not name.startswith("-:") and given:
            yield _group({**block, **mapping(given)}, f"{source} dynamic {printable(name, 60)}")


def _group(block: Mapping[str, Json], source: str) -> WeightGroup:
    size = size_of(block.get("group_size"), "group_size")
    return WeightGroup(
        source,
        bits_of(block.get("bits"), "bits"),
        "int",
        "group" if size is not None else "channel",
        size,
        symmetric=flag(block.get("sym"), "sym", unset=True),
        order="group" if flag(block.get("desc_act"), "desc_act", unset=False) else "",
    )


def _meant(block: Mapping[str, Json], overrides: Mapping[str, Json]) -> Callable[[str], bool]:
    """The layers of the model's blocks but those that `dynamic` takes out."""
    spared = entries(tuple(f"re:{name.removeprefix('-:')}" for name in overrides if name.startswith("-:")))

    def kept(name: str) -> bool:
        return not any(entry(name) for entry in spared)

    return kept if flag(block.get("lm_head"), "lm_head", unset=False) else blocks_only(kept)


def _version(block: Mapping[str, Json]) -> str:
    quantiser = mapping(block.get("meta")).get("quantizer")
    first = quantiser[0] if isinstance(quantiser, list) and quantiser else quantiser
    return printable(text(first), 40)
