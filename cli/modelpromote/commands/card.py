"""`promote card VARIANT`."""

import sys
from pathlib import Path

import click

from modelpromote.commands.options import complete_variant, json_option, repo_option
from modelpromote.core.outcome import Destination
from modelpromote.failures import Usage
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.card_show import render_card
from modelpromote.workflows.world import open_world


@click.command(
    "card",
    epilog="""\b
Examples:
  promote card v1.3-int4-g64                           print it
  promote card v1.3-int4-g64 --push --hub acme/llama-3.2-3b-int4
  promote card v1.3-int4-g64 --push --hub acme/llama-3.2-3b-int4 --pr --yes

HF_TOKEN and HF_ENDPOINT are those of huggingface_hub.""",
)
@click.argument("variant", shell_complete=complete_variant)
@click.option("--push", is_flag=True, help="Upload it to the Hugging Face Hub.")
@click.option("--hub", default="", metavar="ORG/NAME", help="The repository there (default: the one in artifact.uri).")
@click.option("--revision", default="main", show_default=True, metavar="BRANCH", help="The branch there.")
@click.option("--pr", "pull_request", is_flag=True, help="Open a pull request there instead of committing.")
@click.option("--dry-run", is_flag=True, help="Say what would be pushed, push nothing.")
@click.option("--yes", "-y", is_flag=True, help="Push without asking.")
@json_option
@repo_option
def command(
    repo: Path,
    as_json: bool,
    variant: str,
    push: bool,
    hub: str,
    revision: str,
    pull_request: bool,
    dry_run: bool,
    yes: bool,
) -> int:
    """Print the model card of VARIANT, or push it to the Hugging Face Hub.

    Rendered from the working tree: variant.yaml, its evidence and its baseline. Pushed are README.md and the
    picture in it. A repository that is not there is made, private. Pushing the same card again writes nothing.
    """
    if push and not (yes or dry_run or sys.stdin.isatty()):
        raise Usage("there is no terminal to ask before the push", "add --yes or --dry-run")
    card = render_card(open_world(repo), variant)
    if card.findings:
        last = f"refused: {findings_text.counted(len(card.findings), 'findings')}; there is no card"
        if as_json:
            click.echo(findings_json.findings(card.findings, last))
        else:
            findings_text.show(card.findings, last)
        return 1
    if not push:
        whole = f"card of {card.name}"
        click.echo(findings_json.findings((), whole, card=card.text) if as_json else card.text, nl=as_json)
        return 0
    from modelpromote.adapters.hub_push import Way  # noqa: PLC0415 - huggingface_hub costs 300 ms
    from modelpromote.commands.card_push import carry  # noqa: PLC0415

    where = Destination.NOWHERE if dry_run else Destination.REMOTE
    way = Way.PULL_REQUEST if pull_request else Way.COMMIT
    return carry(card, hub, revision, way, where, yes=yes, as_json=as_json)
