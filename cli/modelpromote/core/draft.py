"""A variant.yaml that is being written: its name as the artifact proposes it, and its quantization block."""

from collections.abc import Iterable
from dataclasses import dataclass

from modelpromote.core.evidence import ArtifactFacts, WeightGroup
from modelpromote.core.gates.agreement import STORED, lowest_groups, scheme_name
from modelpromote.core.manifest import ArtifactFile, Serving
from modelpromote.core.manifest_reading import UNFILLED
from modelpromote.core.names import NameFault, VariantName

_PRECISION = {stored: name for name, stored in STORED.items()}
_DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
_FIRST = "v1.0"
_EIGHT = 8


@dataclass(frozen=True, slots=True)
class Block:
    """The quantization block; a text TODO where no file says it."""

    tool: str
    algorithm: str
    scheme: str
    bits: int | str
    group_size: int | None
    symmetric: bool
    order: str
    ignore: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What an artifact's card says that no other file does; empty where it does not."""

    base_model: str = ""
    revision: str = ""
    license: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is written. `serving_from` names the variant whose serving block it is, and is empty without one.

    `longest` is the context of config.json in tokens, 0 where it says none; `weights` their size in bytes.
    """

    model: str
    variant: VariantName
    source: str
    baseline: str
    origin: Origin
    uri: str
    digest: str
    files: tuple[ArtifactFile, ...]
    block: Block | None
    calibrated: bool
    serving: Serving | None
    serving_from: str
    image: str
    longest: int
    weights: int

    @property
    def memory(self) -> str:
        """An example of a memory limit: half as much again as the weights, in whole GiB."""
        return f"{self.weights * 3 // 2 // 2**30 + 1}Gi"


def dtype_stored(dtype: str) -> str:
    """What a data type of config.json is called in a safetensors header; empty where it is none of weights."""
    return _DTYPES.get(dtype.removeprefix("torch."), "")


def proposed(facts: ArtifactFacts, dtype: str, version: str) -> VariantName | None:
    """The name that the artifact itself gives; None where it gives none."""
    groups = lowest_groups(facts)
    form = _form(groups[0]) if groups else "" if facts.method else _stored(facts, dtype)
    try:
        return VariantName.parse(f"{version}-{form}")
    except NameFault:
        return None


def next_version(names: Iterable[VariantName]) -> str:
    """The version after the highest one of a model."""
    numbers = [[int(part) for part in name.version.removeprefix("v").split(".")] for name in names]
    if not numbers:
        return _FIRST
    major, minor = max(numbers)[:2]
    return f"v{major}.{minor + 1}"


def newest_first(names: Iterable[VariantName]) -> list[VariantName]:
    """By version, the newest first."""
    return sorted(names, key=lambda name: [int(part) for part in name.version.removeprefix("v").split(".")])[::-1]


def block_of(name: VariantName, facts: ArtifactFacts, tool: str, algorithm: str) -> Block | None:
    """The quantization block: of the groups with the fewest bits, as the name is; None where nothing is quantised."""
    groups = lowest_groups(facts)
    if not groups:
        if not name.is_quantised:
            return None
        return Block(UNFILLED, UNFILLED, UNFILLED, name.bits, name.group_size, True, "", facts.ignore)  # noqa: FBT003
    first = groups[0]
    symmetric = first.symmetric is not False
    return Block(
        tool,
        algorithm or UNFILLED,
        scheme_name(first),
        first.bits,
        first.group_size,
        symmetric,
        first.order,
        facts.ignore,
    )


def _form(group: WeightGroup) -> str:
    """Precision and config of a name: `int4-g64`."""
    if group.type == "float" and group.bits < _EIGHT:
        named = {("tensor_group", 16): "nvfp4", ("group", 32): "mxfp4", ("group", None): "fp4"}
        return named.get((group.strategy, group.group_size), "")
    kind = {"float": "fp", "nf": "nf"}.get(group.type, "int")
    if group.group_size is not None:
        config = f"g{group.group_size}"
    elif kind == "fp":
        config = group.activations
    else:
        config = {"tensor": "tensor", "channel": "" if group.bits == _EIGHT else "ch"}.get(group.strategy, "")
    return f"{kind}{group.bits}" + (f"-{config}" if config else "")


def _stored(facts: ArtifactFacts, dtype: str) -> str:
    stored = facts.stored[0] if len(facts.stored) == 1 else dtype_stored(dtype)
    return _PRECISION.get(stored, "")
