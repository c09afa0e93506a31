"""`promote card`: a variant's card as it is rendered now."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.card_files import CARD
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.manifest import Variant
from modelpromote.workflows.cards import dossiers
from modelpromote.workflows.load import load_variant
from modelpromote.workflows.select import find_variant
from modelpromote.workflows.world import World


@dataclass(frozen=True, slots=True)
class Rendered:
    """A variant and the files of its card by name; with findings there is none."""

    name: str
    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...] = ()
    variant: Variant | None = None

    @property
    def text(self) -> str:
        """The card itself."""
        return self.files[CARD]


def render_card(world: World, text: str) -> Rendered:
    """The card of a variant of the working tree, freshly rendered."""
    tree = WorkingTree(world.repository.root)
    model, name = find_variant(tree, text, "in the working tree")
    own = load_variant(tree, model, str(name))
    before = load_variant(tree, model, str(own.value.baseline)) if own.value and own.value.baseline else None
    problems = [*own.problems, *(before.problems if before else ())]
    variants = [one.value for one in (own, before) if one and one.value]
    files: dict[str, str] = {}
    for dossier in dossiers(world.renderer, tree, variants) if not has_errors(problems) else ():
        problems += dossier.problems
        if dossier.owner == (model, str(name)):
            files = {path.rpartition("/")[2]: content for path, content in dossier.files.items()}
    found = in_order(problems)
    return Rendered(f"{model}/{name}", {} if has_errors(found) else files, found, own.value)
