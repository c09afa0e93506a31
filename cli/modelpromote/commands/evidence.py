"""`promote evidence add`."""

import sys
from pathlib import Path

import click

from modelpromote.commands.options import as_one_line, complete_variant, json_option, repo_option
from modelpromote.core.evidence import Kind
from modelpromote.evidence.kinds import NAMED
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.evidence_add import add
from modelpromote.workflows.world import open_world


@click.group("evidence")
def command() -> None:
    """What other tools measured on an artifact."""


@command.command(
    "add",
    epilog="""\b
Examples:
  promote evidence add llama-3.2-3b/v1.3-int4-g64 ./artifact          the artifact directory itself
  promote evidence add v1.3-int4-g64 ./lm_eval_output junit.xml
  promote evidence add v1.3-int4-g64 guidellm.json --kind guidellm
  promote evidence add v1.3-int4-g64 results_2026-11-24T02-58-05.json samples_*.jsonl --runner ci-4711

Then commit models/MODEL/: the evidence, and the cards that it changes. Adding the same files again changes nothing.""",
)
@click.argument("variant", shell_complete=complete_variant)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option(
    "--runner", default="", callback=as_one_line, help="Where it was run: a CI job, a machine. It stands in entry.yaml."
)
@click.option(
    "--kind",
    type=click.Choice(NAMED),
    help="What the FILEs are, where their content leaves doubt. An artifact directory is always known.",
)
@json_option
@repo_option
def add_command(
    repo: Path, as_json: bool, variant: str, paths: tuple[Path, ...], runner: str, kind: Kind | None
) -> int:
    """Take files of other tools into the working tree, as evidence on VARIANT's artifact.

    Known: an artifact directory (config.json and safetensors), lm-evaluation-harness results with their
    samples, JUnit XML with a property `category` on each test, the JSON of GuideLLM and of `vllm bench serve`.
    A file that names another artifact inside is refused. Nothing is written unless everything can be used.
    """
    quiet = as_json or not sys.stderr.isatty()
    world = open_world(repo, notice=lambda text: None if quiet else click.echo(text, err=True))
    result = add(world, variant, paths, runner, kind)
    new = sum(one.is_new for one in result.added)
    there = len(result.added) - new
    last = f"{findings_text.counted(new, 'runs')} added to {result.variant}"
    last += f", {there} were there already" if there else ""
    if not result.added:
        last = f"refused: {findings_text.counted(len(result.findings), 'findings')}; nothing was written"
    if as_json:
        runs = [
            {"folder": one.folder, "kind": one.kind, "source": one.source, "new": one.is_new, "digest": one.digest}
            for one in result.added
        ]
        click.echo(
            findings_json.findings(
                result.findings, last, runs=tuple(runs), left_out=result.left_out, written=result.cards
            )
        )
    else:
        for one in result.added:
            click.echo(f"{'added' if one.is_new else 'there'}  {one.folder}  ({one.summary})")
        for path in result.cards:
            click.echo(f"wrote  {path}")
        for name in result.left_out:
            click.echo(f"left out  {name}: of no known kind")
        findings_text.show(result.findings, last)
    return 0 if result.added else 1
