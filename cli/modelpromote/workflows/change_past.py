"""What touched files were before the base: as they were released, as they were added."""

from collections.abc import Iterable, Iterator, Mapping

from modelpromote.adapters.git_base import BasedRepository
from modelpromote.core.change import Action, TouchedFile
from modelpromote.core.change_rooms import Room, RoomKind
from modelpromote.core.history import Event, Timeline
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import Tree
from modelpromote.workflows.change_facts import same_but_for_card
from modelpromote.workflows.load import load_variant

Lines = Mapping[ReleaseKey, Timeline]


def unlike_released(
    repository: BasedRepository, after: Tree, touched: Iterable[TouchedFile], lines: Lines
) -> Iterator[tuple[str, str]]:
    """Manifests and bases that are not those of the latest promotion that named their variant, and which that is."""
    for file in touched:
        if file.room.kind not in {RoomKind.MANIFEST, RoomKind.BASE} or file.action is Action.REMOVED:
            continue
        event = _latest(lines, file.room)
        if event is not None and not _as_then(repository.tree(event.landing.commit), after, file):
            yield file.path, f"number {event.release.number} of {event.release.model} in {event.release.environment}"


def _as_then(then: Tree, after: Tree, file: TouchedFile) -> bool:
    if file.room.kind is RoomKind.MANIFEST:
        return same_but_for_card(*(load_variant(tree, *file.room.owner).value for tree in (then, after)))
    target = "/".join(file.path.split("/")[:4])
    return not then.entries(target) or then.read(file.path) == after.read(file.path)


def _latest(lines: Lines, room: Room) -> Event | None:
    """The latest promotion of a variant, in any environment."""
    made = [
        event
        for key, line in lines.items()
        if key.model == room.model
        for event in line.events
        if str(event.release.variant) == room.variant and event.undone is None
    ]
    return max(made, key=lambda event: event.landing.position, default=None)


def restored(repository: BasedRepository, after: Tree, touched: Iterable[TouchedFile]) -> frozenset[str]:
    """Evidence that was changed after it was added, and is again what it was then."""
    edited = [file.path for file in touched if file.room.kind is RoomKind.EVIDENCE and file.action is Action.CHANGED]
    return frozenset(path for path in edited if _first_content(repository, path) == after.read(path))


def _first_content(repository: BasedRepository, path: str) -> bytes | None:
    contents = (repository.change(logged).content for logged in repository.log(repository.base, [path]))
    return next((content for content in contents if content is not None), b"")
