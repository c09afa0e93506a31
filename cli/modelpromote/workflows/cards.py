"""Model cards of a tree: each variant's evidence is read once, its baseline's once for the whole model."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from modelpromote.adapters.beside import Beside, available_cores
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.card import card_room
from modelpromote.core.card_sources import Card
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.gates.gate import Subject
from modelpromote.core.manifest import Variant
from modelpromote.core.render import Renderer
from modelpromote.core.tree import Tree, folders
from modelpromote.workflows.freshness import stale
from modelpromote.workflows.load import load_variant, variant_names
from modelpromote.workflows.load_evidence import load_runs
from modelpromote.workflows.world import World

Owner = tuple[str, str]
_WORTH_A_PROCESS = 25  # variants; a process costs as much as the cards of about two


@dataclass(frozen=True, slots=True)
class Dossier:
    """A variant's card by path, how many runs of evidence it has, and what is wrong with them.

    No card while evidence that it rests on is faulty: it stays as it is until that is mended.
    """

    owner: Owner
    files: Mapping[str, str]
    runs: int
    problems: tuple[Diagnostic, ...]


def begin_dossiers(renderer: Renderer, tree: Tree, variants: Collection[Variant]) -> Callable[[], tuple[Dossier, ...]]:
    """Start on all cards, on every core where they are many; what comes back waits for them."""
    cores = available_cores()
    ordered = sorted(variants, key=lambda one: (one.model, str(one.variant)))
    many = max(_WORTH_A_PROCESS, -(-len(ordered) // cores))
    shares = [ordered[start : start + many] for start in range(0, len(ordered), many)]
    baselines = [one for one in ordered if one.is_baseline]
    begun = [
        Beside(partial(_share, renderer, tree, share, baselines), len(share), _WORTH_A_PROCESS) for share in shares
    ]
    return lambda: tuple(dossier for one in begun for dossier in one.result())


def _share(
    renderer: Renderer, tree: Tree, share: Sequence[Variant], baselines: Sequence[Variant]
) -> tuple[Dossier, ...]:
    """The dossiers of some variants; their baselines are read with them."""
    models = {one.model for one in share}
    beside = [one for one in baselines if one.model in models and one not in share]
    mine = {_owner(one) for one in share}
    return tuple(one for one in dossiers(renderer, tree, [*share, *beside]) if one.owner in mine)


def dossiers(renderer: Renderer, tree: Tree, variants: Iterable[Variant]) -> Iterator[Dossier]:
    """The card of each variant. One at a time: the samples of many are more than memory should hold."""
    ordered = sorted(variants, key=lambda one: (one.model, one.baseline is not None, str(one.variant)))
    baselines: dict[Owner, Subject] = {}
    faulty: set[Owner] = set()
    for variant in ordered:
        subject, problems = _subject(tree, variant)
        if variant.is_baseline:
            baselines = {_owner(variant): subject}
        if problems:
            faulty.add(_owner(variant))
        before = (variant.model, str(variant.baseline))
        rests_on_faults = bool(faulty & {_owner(variant), before})
        files = {} if rests_on_faults else card_room(renderer, Card(subject, baselines.get(before)))
        runs = len(folders(tree, f"{variant.folder}/evidence"))
        yield Dossier(_owner(variant), files, runs, problems)


def write_cards(world: World, variant: Variant) -> tuple[str, ...]:
    """Bring the cards that rest on a variant's evidence up to date: its own, and of a baseline those of its model.

    What was written. A card whose baseline cannot be read is left as it is: `validate` says why.
    """
    tree = WorkingTree(world.repository.root)
    known = [load_variant(tree, variant.model, name).value for name in variant_names(tree, variant.model)]
    wanted = {_owner(one) for one in known if one is not None and variant.variant in {one.variant, one.baseline}}
    needed = [one for one in known if one is not None and (_owner(one) in wanted or one.is_baseline)]
    files = {
        path: text
        for dossier in dossiers(world.renderer, tree, needed)
        if dossier.owner in wanted
        for path, text in dossier.files.items()
    }
    outdated = [found.location.path for found in stale(tree, files)]
    world.writer.write({path: files[path].encode() for path in outdated})
    return tuple(outdated)


def _subject(tree: Tree, variant: Variant) -> tuple[Subject, tuple[Diagnostic, ...]]:
    runs, problems = load_runs(tree, variant)
    found = (*problems, *(found for run in runs for found in run.problems))
    return Subject(variant, runs, Location(f"{variant.folder}/variant.yaml")), found


def _owner(variant: Variant) -> Owner:
    return variant.model, str(variant.variant)
