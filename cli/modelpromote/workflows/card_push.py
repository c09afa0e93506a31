"""`promote card --push`: a card on the Hugging Face Hub. The same card twice writes nothing."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelpromote.adapters.hub_push import HubPush, Shelf, Way
from modelpromote.core.card_metadata import is_hub_id
from modelpromote.failures import Usage
from modelpromote.workflows.card_show import Rendered

_ON_HUB = re.compile(r"hf://([^/@:]+/[^/@:]+).*")


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be pushed where. `lacks` are the files that differ there; None: there is no such repository.

    `url` is that of the commit or pull request that was made, or was there before.
    """

    shelf: Shelf
    title: str
    files: Mapping[str, bytes]
    lacks: tuple[str, ...] | None
    url: str = ""

    @property
    def is_so(self) -> bool:
        """Whether the Hub has this card already."""
        return self.lacks == ()


def shelf_of(card: Rendered, named: str, revision: str) -> Shelf:
    """Where the card goes: as it was named, else where the artifact itself lies on the Hub."""
    uri = _ON_HUB.fullmatch(card.variant.artifact.uri) if card.variant and not named else None
    repository = named or (uri[1] if uri else "")
    if not repository:
        raise Usage(f"{card.name} says nowhere which repository on the Hub is its own", "add --hub ORG/NAME")
    if not is_hub_id(repository):
        raise Usage(f"{repository!r} is no repository of the Hub", "name it ORG/NAME")
    return Shelf(repository, revision)


def plan_push(hub: HubPush, card: Rendered, shelf: Shelf, way: Way) -> Push:
    """What the Hub has of the card already; of a pull request, whether one with this card is open."""
    files = {name: content.encode() for name, content in card.files.items()}
    digest = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()
    push = Push(shelf, f"Card of {card.name} ({digest[:12]})", files, hub.lacks(shelf, files))
    if way is Way.PULL_REQUEST and push.lacks:
        url = hub.open_request(shelf, push.title, files)
        return replace(push, lacks=(), url=url) if url else push
    return push


def carry_out(hub: HubPush, push: Push, way: Way) -> Push:
    """Push it; a repository that is not there is made first."""
    if push.lacks is None:
        hub.create(push.shelf)
    return replace(push, url=hub.send(push.shelf, push.title, push.files, way))
