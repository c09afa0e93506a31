"""The one grammar of names: `{model}-{version}-{precision}[-{config}]`. Knows no files.

Kubernetes names are the full name with dots turned to dashes (RFC 1123 label); KServe makes a Service
`<slug>-predictor` of it, so that is what must fit into 63 characters.
"""

import re
from dataclasses import dataclass

MODEL = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
VERSION = re.compile(r"v(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:\.(0|[1-9][0-9]{0,5}))?")
CONFIG = re.compile(r"g[1-9][0-9]{0,4}|ch|tensor|dynamic|static")
MAX_SLUG = 63 - len("-predictor")

# bits of a weight in each precision
PRECISIONS: dict[str, int] = {
    "fp32": 32,
    "fp16": 16,
    "bf16": 16,
    "fp8": 8,
    "int8": 8,
    "int4": 4,
    "nvfp4": 4,
    "mxfp4": 4,
    "nf4": 4,
    "fp4": 4,
    "int3": 3,
    "int2": 2,
}
_UNCOMPRESSED = frozenset({"fp32", "fp16", "bf16"})
_GROUPED = frozenset({"int4", "int3", "int2"})

# the same grammar as one regular expression each, for JSON Schema; `VariantName.parse` is what decides
_FREE = [name for name in PRECISIONS if name not in _UNCOMPRESSED | _GROUPED]
VARIANT_PATTERN = (
    f"{VERSION.pattern}-({'|'.join(sorted(_UNCOMPRESSED))}"
    f"|({'|'.join(sorted(_GROUPED))})-({CONFIG.pattern})|({'|'.join(_FREE)})(-({CONFIG.pattern}))?)"
)
VARIANT = re.compile(VARIANT_PATTERN)


class NameFault(ValueError):
    """A name outside the grammar. `agreement` is true where the parts are right but do not go together."""

    def __init__(self, message: str, *, agreement: bool = False) -> None:
        super().__init__(message)
        self.agreement = agreement


@dataclass(frozen=True, slots=True, order=True)
class VariantName:
    """One build of a model, e.g. `v1.3-int4-g64`."""

    version: str
    precision: str
    config: str = ""

    @classmethod
    def parse(cls, text: str) -> "VariantName":
        """Read `{version}-{precision}[-{config}]`; NameFault says which part is wrong and how."""
        version, _, rest = text.partition("-")
        precision, dash, config = rest.partition("-")
        if VERSION.fullmatch(version) is None:
            raise NameFault(f"{text!r}: {version!r} is not a version, expected vMAJOR.MINOR[.PATCH]")
        if precision not in PRECISIONS:
            raise NameFault(f"{text!r}: {precision!r} is not a precision, expected one of {', '.join(PRECISIONS)}")
        if dash and CONFIG.fullmatch(config) is None:
            raise NameFault(f"{text!r}: {config!r} is not a config, expected gN, ch, tensor, dynamic or static")
        if config and precision in _UNCOMPRESSED:
            raise NameFault(f"{text!r}: {precision} is not quantised, so it has no config", agreement=True)
        if not config and precision in _GROUPED:
            raise NameFault(f"{text!r}: {precision} needs its grouping, e.g. {precision}-g64", agreement=True)
        return cls(version, precision, config)

    def __str__(self) -> str:
        return "-".join(part for part in (self.version, self.precision, self.config) if part)

    @property
    def bits(self) -> int:
        """Bits of a weight, as the name says."""
        return PRECISIONS[self.precision]

    @property
    def is_quantised(self) -> bool:
        """Whether the precision is one that a compression tool makes."""
        return self.precision not in _UNCOMPRESSED

    @property
    def group_size(self) -> int | None:
        """Weights per scale, where the config is gN."""
        return int(self.config[1:]) if self.config.startswith("g") else None


def check_model(text: str) -> str:
    """The model's name itself, or NameFault."""
    if MODEL.fullmatch(text) is None:
        raise NameFault(
            f"{text!r} is not a model name: lower-case letters and digits, parts joined by '.' or '-', letter first"
        )
    return text


def full_name(model: str, variant: str) -> str:
    """`llama-3.2-3b` and `v1.3-int4-g64` make `llama-3.2-3b-v1.3-int4-g64`."""
    return f"{model}-{variant}"


def slug(name: str) -> str:
    """The Kubernetes name of a model or of a full name: dots turned to dashes."""
    return name.replace(".", "-")


def parse_full(text: str) -> tuple[str, VariantName]:
    """Split a full name into model and variant: the inverse of `full_name`. NameFault where it has no variant."""
    for match in re.finditer(r"-(?=v[0-9])", text):
        try:
            return check_model(text[: match.start()]), VariantName.parse(text[match.end() :])
        except NameFault:
            continue
    raise NameFault(f"{text!r} is not {{model}}-{{version}}-{{precision}}[-{{config}}]")
