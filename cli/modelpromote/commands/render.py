"""`promote render`."""

from pathlib import Path

import click

from modelpromote.commands.options import json_option, repo_option
from modelpromote.core.diagnostics import Diagnostic, has_errors
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.render import Rendering, compare, render
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
    rendering = (
        compare(world.renderer, world.working)
        if check
        else render(world.renderer, world.working, world.writer, world.committed)
    )
    found = rendering.findings if check else (*rendering.problems, *rendering.strays)
    written = () if check else rendering.outdated
    last = _last_line(rendering, found, check=check)
    if as_json:
        click.echo(findings_json.findings(found, last, written=written))
    else:
        for path in written:
            click.echo(f"wrote {path}")
        findings_text.show(found, last)
    return 1 if has_errors(found) else 0


def _last_line(rendering: Rendering, found: tuple[Diagnostic, ...], *, check: bool) -> str:
    if not rendering.files or (check and found):
        return f"refused: {findings_text.counted(len(found), 'findings')}; nothing was written"
    if check:
        return f"{findings_text.counted(len(rendering.files), 'files')} are up to date"
    current = len(rendering.files) - len(rendering.outdated)
    return f"{findings_text.counted(len(rendering.outdated), 'files')} written, {current} were up to date"
