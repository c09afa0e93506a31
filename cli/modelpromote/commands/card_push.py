"""`promote card VARIANT --push`: show what goes where, ask, report. Loaded only where something is pushed."""

import click

from modelpromote.adapters.hub_push import HubPush, Way
from modelpromote.core.outcome import Destination
from modelpromote.reports import findings_json
from modelpromote.workflows.card_push import Push, carry_out, plan_push, shelf_of
from modelpromote.workflows.card_show import Rendered


def carry(card: Rendered, named: str, revision: str, way: Way, where: Destination, *, yes: bool, as_json: bool) -> int:
    """Push a card; the exit code."""
    hub = HubPush()
    push = plan_push(hub, card, shelf_of(card, named, revision), way)
    if push.is_so:
        has = (
            f"an open pull request has this card: {push.url}" if push.url else f"{push.shelf.repository} has this card"
        )
        return _say(push, f"already so: {has}; nothing was written", 0, as_json=as_json)
    click.echo(_plan(push, card, way), err=True)
    if where is Destination.NOWHERE:
        return _say(push, "dry run: nothing was pushed", 0, as_json=as_json)
    if not yes and not click.confirm("Push this card?", default=False, err=True):
        return _say(push, "nothing was pushed", 1, as_json=as_json)
    done = carry_out(hub, push, way)
    what = "opened a pull request with" if way is Way.PULL_REQUEST else "pushed"
    return _say(done, f"{what} the card of {card.name}: {done.url}", 0, as_json=as_json)


def _plan(push: Push, card: Rendered, way: Way) -> str:
    into = f"a pull request to {push.shelf.revision}" if way is Way.PULL_REQUEST else push.shelf.revision
    new = ", which is made, private" if push.lacks is None else ""
    names = ", ".join(sorted(push.files) if push.lacks is None else push.lacks)
    return f"card of {card.name} to {push.shelf.repository}{new}: {names} into {into}"


def _say(push: Push, last: str, code: int, *, as_json: bool) -> int:
    more = {"repository": push.shelf.repository, "url": push.url, "already_so": push.is_so}
    click.echo(findings_json.findings((), last, **more) if as_json else last)
    return code
