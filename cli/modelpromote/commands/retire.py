"""`promote retire VARIANT`."""

from pathlib import Path

import click

from modelpromote.commands.options import complete_variant, json_option, repo_option
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.retire import retire
from modelpromote.workflows.world import open_world


@click.command(
    "retire",
    epilog="""\b
Examples:
  promote retire v1.1-int8 --dry-run
  promote retire llama-3.2-3b/v1.1-int8

Then commit what was removed. The evidence goes with it; git keeps both.""",
)
@click.argument("variant", shell_complete=complete_variant)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, remove nothing.")
@json_option
@repo_option
def command(repo: Path, as_json: bool, dry_run: bool, variant: str) -> int:
    """Remove VARIANT from the working tree: manifest, evidence, base, overlays and slots.

    Refused while a release names it, while a revert of a promotion inside the revert window (promote.yaml)
    would bring it back, or while it is a baseline of others.
    """
    result = retire(open_world(repo), variant, dry_run=dry_run)
    verb = "would be removed" if dry_run else "removed"
    last = f"{result.variant}: {len(result.removed)} folders {verb}"
    if result.findings:
        last = f"refused: {findings_text.counted(len(result.findings), 'findings')}; nothing was removed"
    if as_json:
        click.echo(findings_json.findings(result.findings, last, removed=result.removed, orphans=result.orphans))
    else:
        for folder in result.removed:
            click.echo(f"{verb}  {folder}")
        for name in result.orphans:
            click.echo(f"the Application {name} stays in Argo CD until you delete it: argocd app delete {name}")
        findings_text.show(result.findings, last)
    return 1 if result.findings else 0
