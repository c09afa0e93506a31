"""`quantization_config` of AWQ (AutoAWQ, GEMM layout)."""

from collections.abc import Mapping

from modelpromote.core.evidence import WeightGroup
from modelpromote.evidence.json_text import Json, text
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.scheme import Scheme, bits_of, flag, size_of, texts
from modelpromote.evidence.skipped import all_but_containing, blocks_only

METHOD = "awq"
_LAYOUT = "gemm"


def scheme(block: Mapping[str, Json], source: str) -> Scheme:
    """What it says; a layout other than GEMM is named in the method, and not read."""
    layout = printable(text(block.get("version") or _LAYOUT).lower(), 40)
    if layout != _LAYOUT:
        return Scheme(f"{METHOD} {layout}")
    size = size_of(block.get("group_size", block.get("q_group_size")), "group_size")
    group = WeightGroup(
        f"{source} quantization_config",
        bits_of(block.get("bits", block.get("w_bit")), "bits"),
        "int",
        "group" if size is not None else "channel",
        size,
        symmetric=not flag(block.get("zero_point"), "zero_point", unset=True),
    )
    left_out = texts(block.get("modules_to_not_convert") or [], "modules_to_not_convert")
    return Scheme(METHOD, "", (group,), left_out, layout, quantises=blocks_only(all_but_containing(left_out)))
