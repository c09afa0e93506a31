"""All variants of a repository, and the faults that no manifest shows by itself: baselines, Kubernetes names."""

from collections.abc import Iterable, Iterator, Mapping

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName
from modelpromote.core.tree import Tree
from modelpromote.targets import TARGETS
from modelpromote.workflows.load import Loaded, load_variant, model_names, variant_names

Variants = Mapping[tuple[str, VariantName], Variant]


def load_variants(tree: Tree, targets: Iterable[str]) -> tuple[Variants, list[Diagnostic]]:
    """Every variant that can be read, by model and name, and what is wrong with the others; `targets` serve them."""
    loaded: dict[tuple[str, str], Loaded[Variant]] = {
        (model, name): load_variant(tree, model, name)
        for model in model_names(tree)
        for name in variant_names(tree, model)
    }
    variants = {(one.value.model, one.value.variant): one.value for one in loaded.values() if one.value is not None}
    problems = [found for one in loaded.values() for found in one.problems]
    unreadable = {unit for unit, one in loaded.items() if one.value is None}
    found = [*_slugs(loaded), *_baselines(loaded, variants, unreadable), *_unservable(loaded, sorted(set(targets)))]
    return variants, [*problems, *found]


def _unservable(loaded: Mapping[tuple[str, str], Loaded[Variant]], targets: Iterable[str]) -> Iterator[Diagnostic]:
    for target in targets:
        for one in loaded.values():
            why = TARGETS[target].unservable(one.value) if one.value is not None else ""
            if why:
                yield Diagnostic(rules.UNSERVABLE, one.places["artifact.uri"], f"target {target}: {why}")


def _slugs(loaded: Mapping[tuple[str, str], Loaded[Variant]]) -> Iterator[Diagnostic]:
    owners: dict[str, str] = {}
    for one in loaded.values():
        if one.value is not None:
            owner = owners.setdefault(one.value.slug, one.value.name)
            if owner != one.value.name:
                detail = f"{one.value.slug} is the name of {owner} already"
                yield Diagnostic(rules.SLUG_TAKEN, one.places["variant"], detail)


def _baselines(
    loaded: Mapping[tuple[str, str], Loaded[Variant]], variants: Variants, unreadable: set[tuple[str, str]]
) -> Iterator[Diagnostic]:
    """One variant of a model has no baseline, and all others name it."""
    first: dict[str, Variant] = {}
    for one in loaded.values():
        variant = one.value
        if variant is None:
            continue
        if variant.baseline is None:
            known = first.setdefault(variant.model, variant)
            if known is not variant:
                detail = f"{known.name} is the baseline of {variant.model} already"
                advice = f"add `baseline: {known.variant}` here, or remove one of the two"
                yield Diagnostic(rules.TWO_BASELINES, one.places["variant"], detail, advice)
            continue
        named, place = variants.get((variant.model, variant.baseline)), one.places["baseline"]
        if named is not None and named.baseline is not None:
            yield Diagnostic(rules.BAD_BASELINE, place, f"baseline {variant.baseline} has a baseline itself")
        elif named is None and (variant.model, str(variant.baseline)) in unreadable:
            detail = f"baseline {variant.baseline} cannot be read"
            yield Diagnostic(rules.BAD_BASELINE, place, detail, "mend its variant.yaml first")
        elif named is None:
            yield Diagnostic(rules.BAD_BASELINE, place, f"baseline {variant.baseline} is no variant of {variant.model}")
