"""`promote status`."""

from pathlib import Path

import click

from modelpromote.commands.options import json_option, remote_option, repo_option
from modelpromote.core.record import standings
from modelpromote.reports import record_json, record_text
from modelpromote.workflows.status import read_record
from modelpromote.workflows.world import open_world


@click.command(
    "status",
    epilog="""\b
Examples:
  promote status
  promote status --offline --json""",
)
@click.option("--offline", is_flag=True, help="As it was fetched last, without asking the remote.")
@json_option
@remote_option
@repo_option
def command(repo: Path, remote: str, as_json: bool, offline: bool) -> int:
    """What is in force where: variant, step, since when, by whom.

    Derived from the releases on the deployed branch; nothing else is asked.
    """
    record = read_record(open_world(repo, remote), offline=offline)
    if as_json:
        click.echo(record_json.status(record, standings(record)))
    else:
        record_text.show_status(record, standings(record))
    return 0
