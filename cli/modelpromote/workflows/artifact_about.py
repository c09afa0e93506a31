"""What the small files of an artifact say beside config.json: its recipe, its card. YAML of strangers, read as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Value
from modelpromote.core.draft import Origin
from modelpromote.evidence.json_text import Json, NotJson, load, mapping, text, whole
from modelpromote.evidence.plain_text import printable
from modelpromote.evidence.recipe import Recipe, recipe

CARD, RECIPE, CONFIG = "README.md", "recipe.yaml", "config.json"
_FENCE = b"---"
_MAX_LANGUAGES = 50


@dataclass(frozen=True, slots=True)
class About:
    """`dtype` and `longest` (tokens, 0: not said) of config.json, the recipe, and what the card says of its origin."""

    dtype: str
    longest: int
    recipe: Recipe | None
    origin: Origin
    problems: tuple[Diagnostic, ...]


def about(where: str, files: Mapping[str, bytes]) -> About:
    """From the files that are there."""
    config = _config(files.get(CONFIG, b"{}"))
    inner = mapping(config.get("text_config"))
    problems: list[Diagnostic] = []
    said = _recipe(where, files[RECIPE], problems) if RECIPE in files else None
    longest = whole(config.get("max_position_embeddings")) or whole(inner.get("max_position_embeddings")) or 0
    dtype = text(config.get("dtype") or config.get("torch_dtype") or inner.get("dtype") or inner.get("torch_dtype"))
    return About(printable(dtype, 40), longest, said, _origin(where, files.get(CARD, b""), problems), tuple(problems))


def _config(data: bytes) -> dict[str, Json]:
    try:
        return mapping(load(data))
    except NotJson:
        return {}  # its own reader says so


def _recipe(where: str, data: bytes, problems: list[Diagnostic]) -> Recipe | None:
    """llm-compressor writes Python's own tags: the values below them are taken, the tags are not followed."""
    document, faults = read_yaml(f"{where}/{RECIPE}", data)
    others = [fault for fault in faults if fault.rule not in {rules.YAML_FEATURE, rules.AMBIGUOUS_SCALAR}]
    others += [fault for fault in faults if fault.rule is rules.YAML_FEATURE and not fault.detail.startswith("tag ")]
    found = recipe(document.data) if not others else None
    if found is None:
        detail = others[0].detail if others else "no modifier in it"
        place = others[0].location if others else Location(f"{where}/{RECIPE}")
        problems.append(Diagnostic(rules.ARTIFACT_NOT_READ, place, f"{RECIPE}: {detail}"))
    return found


def _origin(where: str, data: bytes, problems: list[Diagnostic]) -> Origin:
    """The front matter of a model card, between its two lines of dashes."""
    fence, _, rest = data.replace(b"\r\n", b"\n").partition(b"\n")
    front, end, _ = rest.partition(b"\n" + _FENCE)
    if fence.strip() != _FENCE or not end:
        return Origin()
    document, _ = read_yaml(f"{where}/{CARD}", front)
    if not isinstance(document.data, dict):
        place = Location(f"{where}/{CARD}")
        problems.append(Diagnostic(rules.ARTIFACT_NOT_READ, place, f"{CARD}: its front matter is no mapping"))
        return Origin()
    given = document.data
    languages = tuple(printable(one, 40) for one in _texts(given.get("language"))[:_MAX_LANGUAGES])
    return Origin(
        printable(next(iter(_texts(given.get("base_model"))), "")),
        license=printable(next(iter(_texts(given.get("license_name") or given.get("license"))), "")),
        languages=languages,
    )


def _texts(value: Value) -> tuple[str, ...]:
    """One text or a list of them."""
    given = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in given if isinstance(part, str) and part.strip())
