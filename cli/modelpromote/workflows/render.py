"""`promote render`: bring every rendered file of the working tree up to date, or say what is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.adapters.files import Writer
from modelpromote.adapters.yaml_reader import check_both_readings
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.render import Renderer
from modelpromote.core.tree import EntryKind, Tree, walk
from modelpromote.targets import TARGETS
from modelpromote.targets.rooms import State, all_rooms
from modelpromote.workflows.freshness import stale
from modelpromote.workflows.load import Loaded, model_names, variant_names
from modelpromote.workflows.load_state import load_state
from modelpromote.workflows.mid_ladder import changed_mid_ladder


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a fresh render is, what of it is not there, and what is there beside it.

    `state` is None where a manifest cannot be read; then nothing is rendered.
    """

    state: State | None
    files: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    differences: tuple[Diagnostic, ...] = ()
    strays: tuple[Diagnostic, ...] = ()

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
    return held_against(renderer, tree, load_state(tree))


def held_against(renderer: Renderer, tree: Tree, loaded: Loaded[State]) -> Rendering:
    """The same with what was loaded from the tree already."""
    if loaded.value is None or has_errors(loaded.problems):
        return Rendering(loaded.value, {}, loaded.problems)
    files = all_rooms(renderer, loaded.value)
    strays = tuple(_strays(tree, files))
    return Rendering(loaded.value, files, loaded.problems, stale(tree, files), strays)


def render(renderer: Renderer, working: Tree, writer: Writer, committed: Tree | None = None) -> Rendering:
    """Write what differs; nothing at all where a manifest cannot be read. Nothing is ever removed.

    `committed` is the tree before the edits: what it has mid-ladder may not get another route, ladder or target.
    """
    rendering = compare(renderer, working)
    if committed is not None and rendering.state is not None:
        climbing = changed_mid_ladder(committed, rendering.state)
        if climbing:
            return Rendering(rendering.state, {}, in_order([*rendering.problems, *climbing]))
    for path in rendering.outdated:
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
    return found


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
