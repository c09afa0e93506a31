"""From variant.yaml to a Variant: every fault of it, also where its parts do not fit together."""

from collections.abc import Iterator

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document, KeyPath, Value, dotted
from modelpromote.core.manifest import Variant, model_name, variant_name
from modelpromote.core.names import MAX_SLUG, NameFault
from modelpromote.core.schema import read
from modelpromote.core.served import Served

# what `promote new` writes where only people know the value
UNFILLED = "TODO"

# what the templates of every target set themselves, and what could set it in their place; given twice, vLLM takes the
# last, and `_` is `-` to it
FIXED_ARGUMENTS = frozenset(
    {
        "--port", "--host", "--model", "--served-model-name", "--revision", "--uvicorn-log-level", "--model-tag",
        "--config",
    }
)  # fmt: skip


def read_variant(document: Document) -> tuple[Variant | None, tuple[Diagnostic, ...]]:
    """The manifest at `models/<model>/<variant>/variant.yaml`, or all that is wrong with it."""
    variant, problems = read(document, Variant)
    unfilled = tuple(_unfilled(document))
    if variant is None or unfilled:
        places = {found.location for found in unfilled}
        others = (_as_name_rule(document, found) for found in problems if found.location not in places)
        return None, (*unfilled, *others)
    problems = tuple(_agreements(document, variant))
    return (None if problems else variant), problems


def unfilled_keys(data: Value, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where a manifest still has the word that stands for a value nobody has filled in."""
    if data == UNFILLED:
        yield path
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for key, value in parts:
        yield from unfilled_keys(value, (*path, key))


def _unfilled(document: Document) -> Iterator[Diagnostic]:
    for path in unfilled_keys(document.data):
        yield Diagnostic(rules.UNFILLED, document.locate(path), f"{dotted(path)} is still to be filled in")


def _as_name_rule(document: Document, found: Diagnostic) -> Diagnostic:
    """A bad name under its own rule: pydantic only knows a bad value."""
    data = document.data
    if found.rule is not rules.BAD_VALUE or found.location.key not in {"model", "variant", "baseline"}:
        return found
    value = data.get(found.location.key) if isinstance(data, dict) else None
    try:
        model_name(value) if found.location.key == "model" else variant_name(value)
    except NameFault as fault:
        rule = rules.PRECISION_CONFIG if fault.agreement else rules.BAD_NAME
        return Diagnostic(rule, found.location, str(fault))
    except ValueError:
        pass
    return found


def _agreements(document: Document, variant: Variant) -> list[Diagnostic]:
    """Where the manifest's parts, taken together, do not fit."""
    found: list[Diagnostic] = []
    _, model_folder, variant_folder, _ = document.path.split("/")
    for key, value, folder in (
        ("model", variant.model, model_folder),
        ("variant", str(variant.variant), variant_folder),
    ):
        if value != folder:
            found.append(
                Diagnostic(
                    rules.NAME_NOT_FOLDER,
                    document.locate((key,)),
                    f"{key} {value!r} lies in folder {folder!r}",
                )
            )
    if len(variant.slug) > MAX_SLUG:
        detail = f"{variant.slug!r} has {len(variant.slug)} characters, at most {MAX_SLUG} fit"
        found.append(Diagnostic(rules.SLUG_TOO_LONG, document.locate(("variant",)), detail))
    if variant.baseline == variant.variant:
        found.append(
            Diagnostic(rules.BAD_BASELINE, document.locate(("baseline",)), "a variant cannot be its own baseline")
        )
    found += [
        Diagnostic(rules.NAME_NOT_RECIPE, document.locate(place), text) for place, text in _recipe_faults(variant)
    ]
    for index, argument in enumerate(variant.serving.args):
        if argument.split("=", 1)[0].replace("_", "-") in FIXED_ARGUMENTS:
            place = document.locate(("serving", "args", index))
            found.append(Diagnostic(rules.FIXED_ARGUMENT, place, f"{argument!r} is set by the target"))
    asked, allowed = dict(variant.serving.requests), dict(variant.serving.limits)
    served = Served(variant.artifact.uri, variant.serving.args, variant.serving.gpus, asked, allowed)
    return [*found, *served.faults(document)]


def _recipe_faults(variant: Variant) -> list[tuple[tuple[str | int, ...], str]]:
    """Where the quantization block says something else than the name."""
    name, recipe = variant.variant, variant.quantization
    if recipe is None:
        return [(("variant",), f"{name} is quantised, but there is no quantization block")] if name.is_quantised else []
    if not name.is_quantised:
        return [(("quantization",), f"{name} is not quantised, but there is a quantization block")]
    faults: list[tuple[tuple[str | int, ...], str]] = []
    if recipe.bits != name.bits:
        faults.append((("quantization", "bits"), f"{name} has {name.bits} bits, the block says {recipe.bits}"))
    if name.group_size is not None and recipe.group_size != name.group_size:
        stated = recipe.group_size or "none"
        faults.append(
            (
                ("quantization", "groupSize"),
                f"{name} has groups of {name.group_size}, the block says {stated}",
            )
        )
    if name.config in {"ch", "tensor"} and recipe.group_size is not None:
        faults.append((("quantization", "groupSize"), f"{name} has no groups, the block says {recipe.group_size}"))
    return faults
