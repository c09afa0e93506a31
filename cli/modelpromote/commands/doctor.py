"""`promote doctor`."""

from pathlib import Path

import click

from modelpromote.commands.options import json_option, remote_option, repo_option
from modelpromote.core.checkup import faults
from modelpromote.reports import checkup_text
from modelpromote.workflows.doctor import checkup


@click.command(
    "doctor",
    epilog="""\b
Examples:
  promote doctor
  promote doctor --repo ../models-gitops --json""",
)
@json_option
@remote_option
@repo_option
def command(repo: Path, remote: str, as_json: bool) -> int:
    """Look whether everything is there that the verbs need: tools, identity, clone, remote, rights.

    It writes nothing, asks nothing, and cuts off what does not answer. `fault` is something that is needed,
    `note` something that the verbs do without.
    """
    checks = checkup(repo, remote)
    if as_json:
        click.echo(checkup_text.as_json(checks))
    else:
        checkup_text.show(checks)
    return 1 if faults(checks) else 0
