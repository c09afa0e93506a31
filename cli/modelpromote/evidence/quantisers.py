"""Which quantiser made the weights: config.json and what lies beside it to one Scheme.

One method, one line in READERS.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from modelpromote.evidence import awq, bitsandbytes, compressed_tensors, fp8, gptq, modelopt, mxfp4
from modelpromote.evidence.json_text import Json, mapping, text
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.scheme import Scheme, UnreadableScheme

CONFIG, GPTQ_FILE = "config.json", "quantize_config.json"
BESIDE = frozenset({modelopt.FILE, GPTQ_FILE})
READERS: dict[str, Callable[[Mapping[str, Json], str], Scheme]] = {
    compressed_tensors.METHOD: compressed_tensors.scheme,
    gptq.METHOD: gptq.scheme,
    awq.METHOD: awq.scheme,
    bitsandbytes.METHOD: bitsandbytes.scheme,
    fp8.METHOD: fp8.scheme,
    fp8.FBGEMM: fp8.fbgemm,
    modelopt.METHOD: modelopt.scheme,
    "modelopt_fp4": modelopt.scheme,
    mxfp4.METHOD: mxfp4.scheme,
}


def described(config: Mapping[str, Json], beside: Mapping[str, Mapping[str, Json]]) -> Scheme:
    """What config.json and the quantisers' own files say; where there are several, all groups of all of them.

    `beside` has the files of BESIDE that are there. UnreadableScheme or UnreadablePattern where one is not readable.
    """
    found = [
        *_blocks(config, CONFIG, "quantization_config", "compression_config"),
        *((name, _method(block, name), block) for name, block in sorted(beside.items())),
    ]
    schemes = [_scheme(name, method, block) for name, method, block in found]
    if not schemes:
        return Scheme("")
    unread = next((scheme for scheme in schemes if not scheme.groups), None)
    groups = tuple(group for scheme in schemes for group in scheme.groups)
    return unread or replace(schemes[0], groups=groups)


def _blocks(config: Mapping[str, Json], name: str, *keys: str) -> list[tuple[str, str, Mapping[str, Json]]]:
    given = next((config[key] for key in keys if config.get(key) is not None), None)
    if given is None:
        return []
    return [(name, text(mapping(given).get("quant_method")), mapping(given))]


def _method(block: Mapping[str, Json], name: str) -> str:
    """The method of a file beside config.json, which need not name it."""
    return modelopt.METHOD if name == modelopt.FILE else text(block.get("quant_method") or gptq.METHOD)


def _scheme(name: str, method: str, block: Mapping[str, Json]) -> Scheme:
    reader = READERS.get(method)
    if reader is None and not method and (block.get("load_in_4bit") or block.get("load_in_8bit")):
        reader = bitsandbytes.scheme
    if reader is None:
        return Scheme(printable(method, 60) or "unknown", printable(text(block.get("version")), 40))
    try:
        return reader(block, name)
    except UnreadableScheme as fault:
        raise UnreadableScheme(f"{name}: {fault}" if name != CONFIG else str(fault)) from fault
