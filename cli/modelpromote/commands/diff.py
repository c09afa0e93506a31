"""`promote diff`."""

from pathlib import Path

import click

from modelpromote.commands.options import (
    complete_environment,
    complete_variant,
    json_option,
    remote_option,
    repo_option,
)
from modelpromote.failures import Usage
from modelpromote.reports import diff_json, diff_text
from modelpromote.workflows.diff import diff_promotion
from modelpromote.workflows.diff_revisions import diff_revisions
from modelpromote.workflows.world import open_world


@click.command(
    "diff",
    epilog="""\b
Examples:
  promote diff v1.3-int4-g64 --to prod     what promoting it would change there
  promote diff origin/main                 from a revision to the working tree
  promote diff HEAD~1..HEAD                from one revision to another
  promote diff origin/main --exit-code --json""",
)
@click.argument("what", metavar="[VARIANT | REV | REV..REV]", required=False, shell_complete=complete_variant)
@click.option(
    "--to",
    "environment",
    metavar="ENV",
    help="The environment that VARIANT would be promoted to.",
    shell_complete=complete_environment,
)
@click.option("--offline", is_flag=True, help="With --to: the deployed branch as it was fetched last.")
@click.option("--exit-code", "tells", is_flag=True, help="Exit with 1 where something differs.")
@json_option
@remote_option
@repo_option
def command(
    repo: Path, remote: str, as_json: bool, tells: bool, offline: bool, environment: str | None, what: str | None
) -> int:
    """What changes in the cluster, object by object. It judges nothing and writes nothing.

    VARIANT --to ENV shows what promoting it would change, whether or not its gates pass, on the deployed branch as
    just fetched. REV shows every release that differs between a revision and the working tree (default: HEAD),
    REV..REV between two revisions.
    """
    if offline and environment is None:
        raise Usage("--offline goes with --to", "revisions are always read as they are here")
    if environment is not None and what is None:
        raise Usage("it is not said which variant", f"promote diff VARIANT --to {environment}")
    world = open_world(repo, remote)
    if environment is None:
        found = diff_revisions(world, what or "HEAD")
    else:
        found = diff_promotion(world, what or "", environment, offline=offline)
    done = "not whole, some could not be built; nothing was written" if found.problems else "nothing was written"
    judged = "" if environment is None else "no gate was judged, "
    last = f"{found.summary}; {judged}{done}"
    if as_json:
        click.echo(diff_json.comparison(found, last))
    else:
        diff_text.show(found, last)
    if found.problems:
        return 3
    return 1 if tells and found.differs else 0
