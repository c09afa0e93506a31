"""`promote advance --env ENV`."""

from pathlib import Path

import click

from modelpromote.commands.options import destination, env_option, model_option, transition_options
from modelpromote.commands.transitions import carry
from modelpromote.core.ladder import Step
from modelpromote.workflows.advance import Request, advance
from modelpromote.workflows.world import open_world


@click.command(
    "advance",
    epilog="""\b
Examples:
  promote advance --env prod
  promote advance --env prod --model llama-3.2-3b --yes
  promote advance --env prod --dry-run
  promote advance --env prod --to 50          only from 10 to 50: run twice, it takes one step
  promote advance --env prod --back           one step down: less traffic, nothing taken back""",
)
@env_option
@model_option
@click.option(
    "--to",
    "target",
    type=click.Choice([str(step) for step in Step]),
    help="The step to arrive at: it must be the next one. Where it is reached already, nothing is done.",
)
@click.option("--back", is_flag=True, help="One step down instead of up; no bake time is asked.")
@transition_options
def command(
    environment: str,
    model: str,
    target: str | None,
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
    (--back) is a commit that renders the step below, never a `git revert`. With --to a second run, after an answer
    that was lost, takes no second step.
    """
    where = destination(yes=yes, push=push, dry_run=dry_run)
    world = open_world(repo, remote, notice=lambda text: click.echo(text, err=True))
    request = Request(environment, model, back, Step(target) if target else None)
    return carry(lambda to, confirm: advance(world, request, to, confirm), where, yes=yes, as_json=as_json)
