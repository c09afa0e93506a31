"""`quantization_config` of 8-bit floats: `fp8` (per tensor, or in blocks as DeepSeek does) and `fbgemm_fp8`."""

from collections.abc import Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.compressed_tensors import block_of
from modelpromote.evidence.json_text import Json, text
from modelpromote.evidence.scheme import Scheme, UnreadableScheme, kv_cache, texts
from modelpromote.evidence.skipped import all_but, blocks_only

METHOD, FBGEMM = "fp8", "fbgemm_fp8"
_TIMINGS = frozenset({"dynamic", "static"})


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What `fp8` says: one scale per tensor, or per block where `weight_block_size` is given."""
    activations = text(block.get("activation_scheme") or "dynamic")
    if activations not in _TIMINGS:
        raise UnreadableScheme("activation_scheme is not dynamic or static")
    size = block_of(block.get("weight_block_size"), "weight_block_size")
    group = _group(f"{source} quantization_config", "block" if size else "tensor", activations, size)
    return _scheme(METHOD, block, group)


def fbgemm(block: Mapping[str, Json], source: str) -> Scheme:
    """What `fbgemm_fp8` says: one scale per channel, activations scaled at run time."""
    return _scheme(FBGEMM, block, _group(f"{source} quantization_config", "channel", "dynamic", None))


def _group(source: str, strategy: str, activations: str, size: tuple[int, int] | None) -> WeightGroup:
    return WeightGroup(
        source,
        8,
        "float",
        strategy,
        None,
        symmetric=True,
        activations=activations,
        activation_bits=8,
        block=size,
    )


def _scheme(method: str, block: Mapping[str, Json], group: WeightGroup) -> Scheme:
    given = block.get("modules_to_not_convert") or block.get("ignored_layers") or []
    left_out = texts(given, "modules_to_not_convert")
    return Scheme(
        method,
        "",
        (group,),
        left_out,
        text(block.get("fmt"))[:20] or "e4m3",
        kv_cache(block.get("kv_cache_scheme")),
        blocks_only(all_but(left_out)),
    )
