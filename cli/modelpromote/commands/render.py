"""`promote render`."""

from pathlib import Path

import click

from modelpromote.adapters.trees import WorkingTree
from modelpromote.commands.options import json_option, repo_option
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.render import compare, render
from modelpromote.workflows.world import open_world


@click.command(
    "render",
    epilog="""\b
Examples:
  promote render           write what is out of date
  promote render --check   say what is, write nothing (exit code 1)""",
)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 where a file is out of date.")
@json_option
@repo_option
def command(repo: Path, as_json: bool, check: bool) -> int:
    """Bring the rendered files of the working tree up to date.

    From variant.yaml, environment.yaml and promote.yaml to bases, overlays, routes and Argo CD resources. A
    second run writes nothing. Nothing is ever removed, and no decision is made.
    """
    world = open_world(repo)
    if check:
        rendering = compare(world.renderer, WorkingTree(world.repository.root))
        found = rendering.findings
        last = (
            f"{len(rendering.files)} files are up to date"
            if not found
            else f"refused: {len(found)} findings; nothing was written"
        )
    else:
        rendering = render(world.renderer, world.repository.root, world.writer, world.committed)
        found = (*rendering.problems, *rendering.strays)
        last = (
            f"{len(rendering.outdated)} files written, {len(rendering.files) - len(rendering.outdated)} were up to date"
        )
        if not rendering.files:
            last = f"refused: {len(found)} findings; nothing was written"
    if as_json:
        click.echo(findings_json.findings(found, last, written=() if check else rendering.outdated))
    else:
        for path in () if check else rendering.outdated:
            click.echo(f"wrote {path}")
        findings_text.show(found, last)
    return 1 if any(one.is_error for one in found) else 0
