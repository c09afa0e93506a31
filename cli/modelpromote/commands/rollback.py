"""`promote rollback --env ENV`."""

from pathlib import Path

import click

from modelpromote.commands.options import (
    as_one_line,
    destination,
    env_option,
    model_option,
    transition_options,
)
from modelpromote.commands.transitions import carry
from modelpromote.workflows.rollback import Request, rollback
from modelpromote.workflows.world import open_world


@click.command(
    "rollback",
    epilog="""\b
Examples:
  promote rollback --env prod
  promote rollback --env prod --reason "tool calls broken" --yes
  promote rollback --env prod --now
  promote rollback --env prod --wait --yes

`git revert` of the promotion commit does the same, at any step (a merge commit with -m 1).""",
)
@env_option
@model_option
@click.option("--reason", default="", callback=as_one_line, help="Why; it stands in the commit.")
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="Revert at once, even where the previous variant has to start first.",
)
@click.option("--wait", is_flag=True, help="After done: wait until the previous variant is ready, then revert.")
@click.option("--number", default=0, metavar="N", help="The promotion to take back (default: the one in force).")
@transition_options
def command(
    environment: str,
    model: str,
    reason: str,
    at_once: bool,
    wait: bool,
    number: int,
    repo: Path,
    remote: str,
    as_json: bool,
    yes: bool,
    push: bool,
    dry_run: bool,
) -> int:
    """Take the promotion in force back: the variant before it is in force again.

    At once while that one is still warm. After `done` it is gone: then this takes a step back to 100 first, so
    that it starts, and is run again after `warmup`; --wait does both, --now does not wait.
    """
    where = destination(yes=yes, push=push, dry_run=dry_run)
    world = open_world(repo, remote, notice=lambda text: click.echo(text, err=True))
    request = Request(environment, model, reason, number, at_once, wait)
    return carry(lambda to, confirm: rollback(world, request, to, confirm), where, yes=yes, as_json=as_json)
