"""`promote render`: bring every rendered file of the working tree up to date, or say what is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelpromote.adapters.files import Writer
from modelpromote.adapters.yaml_reader import check_both_readings
from modelpromote.core import rules
from modelpromote.core.card_files import CARD, CARD_FILES
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.render import Renderer
from modelpromote.core.tree import EntryKind, Tree, walk
from modelpromote.targets import TARGETS
from modelpromote.targets.rooms import State, all_rooms
from modelpromote.workflows.cards import begin_dossiers
from modelpromote.workflows.freshness import stale
from modelpromote.workflows.load import model_names, variant_names
from modelpromote.workflows.load_state import load_state
from modelpromote.workflows.mid_ladder import changed_mid_ladder

_LEFT_OVER = "is not part of a fresh render: the card has nothing to show in it"


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a fresh render is, what of it is not there, and what is there beside it.

    `state` is None where a manifest cannot be read; then nothing is rendered. `runs` counts the runs of evidence
    that were read for the cards, by variant, and `evidence` is what is wrong with them.
    """

    state: State | None
    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    differences: tuple[Diagnostic, ...] = ()
    strays: tuple[Diagnostic, ...] = ()
    runs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    evidence: tuple[Diagnostic, ...] = ()

    @property
    def outdated(self) -> tuple[str, ...]:
        """The files that have to be written."""
        return tuple(found.location.path for found in self.differences)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong."""
        return in_order([*self.problems, *self.differences, *self.strays])


def compare(renderer: Renderer, tree: Tree) -> Rendering:
    """Hold a tree against its own fresh render."""
    loaded = load_state(tree)
    state = loaded.value
    if state is None:
        return Rendering(None, {}, loaded.problems)
    reading = begin_dossiers(renderer, tree, state.variants.values())
    readable = not has_errors(loaded.problems)
    rooms = all_rooms(renderer, state) if readable else {}
    differences = stale(tree, rooms)
    dossiers = reading()
    cards = {path: text for one in dossiers for path, text in one.files.items()} if readable else {}
    files = rooms | cards
    return Rendering(
        state,
        files,
        loaded.problems,
        in_order([*differences, *stale(tree, cards)]),
        tuple(_strays(tree, files)) if readable else (),
        runs={one.owner: one.runs for one in dossiers},
        evidence=tuple(found for one in dossiers for found in one.problems),
    )


def render(renderer: Renderer, working: Tree, writer: Writer, committed: Tree | None = None) -> Rendering:
    """Write what differs; nothing at all where a manifest cannot be read. Nothing is ever removed.

    `committed` is the tree before the edits: what it has mid-ladder may not get another route, ladder or target.
    """
    rendering = compare(renderer, working)
    if committed is not None and rendering.state is not None:
        climbing = changed_mid_ladder(committed, rendering.state)
        if climbing:
            return Rendering(rendering.state, {}, in_order([*rendering.problems, *climbing]))
    for path in (one for one in rendering.outdated if one.endswith(".yaml")):
        check_both_readings(path, rendering.files[path].encode())
    writer.write({path: rendering.files[path].encode() for path in rendering.outdated})
    return rendering


def _strays(tree: Tree, files: Mapping[str, str]) -> list[Diagnostic]:
    """Files in rendered rooms that nothing renders, and links anywhere in them."""
    found: list[Diagnostic] = []
    for room in _rooms(tree):
        for path, kind in walk(tree, room):
            if kind is not EntryKind.FILE:
                found.append(Diagnostic(rules.UNSAFE_FILE, Location(path), "is a link, a submodule or no plain file"))
            elif path not in files and not _by_people(path):
                found.append(Diagnostic(rules.STRAY, Location(path), "is not part of a fresh render"))
    return found + _stray_pictures(tree, files)


def _stray_pictures(tree: Tree, files: Mapping[str, str]) -> list[Diagnostic]:
    """Files of a card that it has no more; where no card is rendered, nothing is said of it."""
    places = [
        f"{folder}/{name}"
        for model in model_names(tree)
        for variant in variant_names(tree, model)
        if f"{(folder := f'models/{model}/{variant}')}/{CARD}" in files
        for name in sorted(CARD_FILES & tree.entries(folder).keys())
    ]
    return [Diagnostic(rules.STRAY, Location(path), _LEFT_OVER) for path in places if path not in files]


def _rooms(tree: Tree) -> list[str]:
    bases = [
        f"models/{model}/{variant}/{target}"
        for model in model_names(tree)
        for variant in variant_names(tree, model)
        for target in TARGETS
    ]
    return ["argocd", "environments", *bases]


def _by_people(path: str) -> bool:
    parts = path.split("/")
    return parts[0] == "environments" and (parts[2:] == ["environment.yaml"] or parts[2:3] == ["extra"])
