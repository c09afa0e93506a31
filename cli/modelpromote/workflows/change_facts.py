"""What two trees say about the files that differ between them: variants, decisions, slots, models, environments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core.change import Action, TouchedFile
from modelpromote.core.change_kinds import DecisionChange, Facts, Fate, SlotChange, touch
from modelpromote.core.change_rooms import Room, RoomKind, room_of
from modelpromote.core.history import Change as FileChange
from modelpromote.core.history import Landing, Timeline
from modelpromote.core.manifest import Card, Variant
from modelpromote.core.policy import PATH as POLICY_PATH
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import Tree
from modelpromote.workflows.chronicle import timeline_of, timelines
from modelpromote.workflows.load import load_variant, parse_release, parse_step, variant_names


@dataclass(frozen=True, slots=True)
class Sides:
    """The tree before and the tree after, and what landed before; `base` names the commit between the two."""

    base: str
    before: Tree
    after: Tree
    past: tuple[FileChange, ...]
    now: datetime

    def action(self, path: str) -> Action:
        """What was done to a file."""
        there = self.before.read(path) is not None, self.after.read(path) is not None
        return {(False, True): Action.ADDED, (True, False): Action.REMOVED}.get(there, Action.CHANGED)


def gather_facts(sides: Sides, paths: Iterable[str]) -> tuple[Facts, tuple[TouchedFile, ...]]:
    """The facts, and the touched files with the kinds of change that they allow."""
    rooms = {path: room_of(path) for path in paths}
    actions = {path: sides.action(path) for path in rooms}
    models = {room.model for room in rooms.values() if room.model}
    settings = {path: room.environment for path, room in rooms.items() if room.kind is RoomKind.SETTINGS}
    before, after = ({m for m in models if variant_names(tree, m)} for tree in (sides.before, sides.after))
    facts = Facts(
        variants={
            room.owner: _fate(sides, room, actions[path])
            for path, room in rooms.items()
            if room.kind is RoomKind.MANIFEST
        },
        decisions=_decisions(sides, rooms),
        slots={path: _slot(sides, path) for path, room in rooms.items() if room.kind is RoomKind.SLOT},
        new_models=frozenset(after - before),
        gone_models=frozenset(before - after),
        new_environments=frozenset(name for path, name in settings.items() if actions[path] is Action.ADDED),
        gone_environments=frozenset(name for path, name in settings.items() if actions[path] is Action.REMOVED),
        render_changed=POLICY_PATH in rooms and _render(sides.before) != _render(sides.after),
    )
    return facts, tuple(touch(path, action, facts) for path, action in actions.items())


def _fate(sides: Sides, room: Room, action: Action) -> Fate:
    if action is not Action.CHANGED:
        return Fate.NEW if action is Action.ADDED else Fate.GONE
    before, after = (load_variant(tree, room.model, room.variant).value for tree in (sides.before, sides.after))
    return Fate.CARD_ONLY if same_but_for_card(before, after) else Fate.EDITED


def same_but_for_card(one: Variant | None, other: Variant | None) -> bool:
    """Whether two manifests were read and say the same, their `card:` aside."""
    if one is None or other is None:
        return False
    return one.model_copy(update={"card": Card()}) == other.model_copy(update={"card": Card()})


def _decisions(sides: Sides, rooms: Mapping[str, Room]) -> dict[ReleaseKey, DecisionChange]:
    """The releases whose release.yaml says something else than before."""
    found: dict[ReleaseKey, DecisionChange] = {}
    known = timelines(sides.past)
    for path, room in rooms.items():
        if room.kind is not RoomKind.DECISION or not path.endswith("/release.yaml"):
            continue
        contents = [tree.read(path) for tree in (sides.before, sides.after)]
        before, after = (parse_release(path, content) if content is not None else None for content in contents)
        if after is None or before != after:
            line = _with_edit(sides, path, contents[1])
            kind = line.get(room.key, timeline_of(known, room.key)).landed if after is not None else None
            found[room.key] = DecisionChange(kind.kind if kind else None, before, after)
    return found


def _with_edit(sides: Sides, path: str, content: bytes | None) -> Mapping[ReleaseKey, Timeline]:
    """The history as it would be if the change landed now."""
    edit = FileChange(Landing("", sides.now, "", sides.base, len(sides.past)), path, content)
    own = [change for change in sides.past if change.path == path]
    return timelines([*own, edit])


def _slot(sides: Sides, path: str) -> SlotChange:
    before, after = (parse_step(tree.read(path) or b"") for tree in (sides.before, sides.after))
    return SlotChange(before, after)


def _render(tree: Tree) -> object:
    """The format that promote.yaml names, whether this version knows it or not."""
    content = tree.read(POLICY_PATH)
    data = read_yaml(POLICY_PATH, content)[0].data if content is not None else None
    return data.get("render") if isinstance(data, dict) else None
