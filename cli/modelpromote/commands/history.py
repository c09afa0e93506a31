"""`promote history`."""

from pathlib import Path

import click

from modelpromote.commands.options import (
    complete_environment,
    json_option,
    model_option,
    remote_option,
    repo_option,
)
from modelpromote.core.record import acts
from modelpromote.reports import record_json, record_text
from modelpromote.workflows.select import check_environment
from modelpromote.workflows.status import read_record
from modelpromote.workflows.world import open_world


@click.command(
    "history",
    epilog="""\b
Examples:
  promote history
  promote history --env prod --model llama-3.2-3b
  promote history --json | jq '.acts[0]'""",
)
@click.option(
    "--env",
    "environment",
    default="",
    metavar="ENV",
    help="One environment only.",
    shell_complete=complete_environment,
)
@model_option
@click.option("--offline", is_flag=True, help="As it was fetched last, without asking the remote.")
@json_option
@remote_option
@repo_option
def command(repo: Path, remote: str, as_json: bool, offline: bool, environment: str, model: str) -> int:
    """Promotions, steps and rollbacks on the deployed branch, the newest first."""
    record = read_record(open_world(repo, remote), offline=offline)
    if environment:
        check_environment(record.environments, environment)
    found = acts(record, environment, model)
    if as_json:
        click.echo(record_json.history(found))
    else:
        record_text.show_history(found)
    return 0 if found else 3
