"""`promote VARIANT --to ENV`."""

from pathlib import Path

import click

from modelpromote.commands.options import (
    as_one_line,
    complete_environment,
    complete_variant,
    destination,
    transition_options,
)
from modelpromote.commands.transitions import carry
from modelpromote.workflows.promote import Request, promote
from modelpromote.workflows.world import open_world


@click.command(
    "promote",
    epilog="""\b
Examples:
  promote v1.3-int4-g64 --to prod
  promote llama-3.2-3b/v1.3-int4-g64 --to staging --yes
  promote v1.3-int4-g64 --to prod --dry-run --json
  promote v1.3-int4-g64 --to prod --lift-hold "the latency was the gateway's"

Judged from the deployed branch as just fetched, never from your working tree, which stays as it is.""",
)
@click.argument("variant", shell_complete=complete_variant)
@click.option(
    "--to",
    "environment",
    required=True,
    metavar="ENV",
    help="The environment.",
    shell_complete=complete_environment,
)
@click.option("--reason", default="", callback=as_one_line, help="Why; it stands in release.yaml and in the commit.")
@click.option(
    "--lift-hold",
    default="",
    callback=as_one_line,
    metavar="REASON",
    help="Promote a variant that was rolled back, and say why.",
)
@transition_options
def command(
    variant: str,
    environment: str,
    reason: str,
    lift_hold: str,
    repo: Path,
    remote: str,
    as_json: bool,
    yes: bool,
    push: bool,
    dry_run: bool,
) -> int:
    """Put VARIANT in force in an environment, if its gates pass.

    VARIANT is v1.3-int4-g64 where that is unambiguous, MODEL/v1.3-int4-g64 always. One commit of two files;
    in an environment with a ladder it starts at `staged`, without traffic.
    """
    where = destination(yes=yes, push=push, dry_run=dry_run)
    world = open_world(repo, remote, notice=lambda text: click.echo(text, err=True))
    request = Request(variant, environment, reason, lift_hold)
    return carry(lambda to, confirm: promote(world, request, to, confirm), where, yes=yes, as_json=as_json)
