"""`promote advance --env ENV`."""

from pathlib import Path

import click

from modelpromote.commands.options import destination, env_option, model_option, transition_options
from modelpromote.commands.transitions import carry
from modelpromote.workflows.advance import Request, advance
from modelpromote.workflows.world import open_world


@click.command(
    "advance",
    epilog="""\b
Examples:
  promote advance --env prod
  promote advance --env prod --model llama-3.2-3b --yes
  promote advance --env prod --dry-run
  promote advance --env prod --back           one step down: less traffic, nothing taken back""",
)
@env_option
@model_option
@click.option("--back", is_flag=True, help="One step down instead of up; no bake time is asked.")
@transition_options
def command(
    environment: str,
    model: str,
    back: bool,
    repo: Path,
    remote: str,
    as_json: bool,
    yes: bool,
    push: bool,
    dry_run: bool,
) -> int:
    """Take one step up the ladder: staged, 10, 50, 100, done.

    A step is made when its bake time (environment.yaml) has passed. One commit of the slot alone. A step back
    (--back) is a commit that renders the step below, never a `git revert`.
    """
    where = destination(yes=yes, push=push, dry_run=dry_run)
    world = open_world(repo, remote, notice=lambda text: click.echo(text, err=True))
    request = Request(environment, model, back)
    return carry(lambda to, confirm: advance(world, request, to, confirm), where, yes=yes, as_json=as_json)
