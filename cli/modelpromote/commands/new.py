"""`promote new`."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from modelpromote.commands.options import complete_variant, json_option, repo_option
from modelpromote.core.names import NameFault, VariantName
from modelpromote.failures import Usage
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.new import Drafted, Request, State, new
from modelpromote.workflows.world import open_world


@click.command(
    "new",
    epilog="""\b
Examples:
  promote new llama-3.2-3b/v1.3-int4-g64 --from-artifact ./artifact
  promote new llama-3.2-3b --version v1.3 --from-artifact ./artifact     the artifact gives the rest of the name
  promote new llama-3.2-3b/v1.3-int4-g64 --from-artifact hf://acme/llama-3.2-3b-w4a16@main --dry-run

Then fill in what says TODO, and: promote validate""",
)
@click.argument("name", metavar="MODEL[/VARIANT]", shell_complete=complete_variant)
@click.option(
    "--from-artifact",
    "source",
    required=True,
    metavar="DIR|hf://ORG/REPO@REVISION",
    help="The artifact: a directory, or a repository on the Hub (no weights are downloaded).",
)
@click.option("--version", default="", metavar="vX.Y", help="The version, where only MODEL is named.")
@click.option("--baseline", default="", metavar="VARIANT", help="What it is compared with (default: the model's).")
@click.option("--uri", default="", help="What the cluster pulls: oci://, hf://, s3://, gs://, pvc:// or https://.")
@click.option("--image", default="", metavar="IMAGE@sha256:...", help="The serving image, by digest.")
@click.option(
    "--from-variant",
    default="",
    metavar="VARIANT",
    help="Copy the serving block of this variant (default: the model's newest).",
)
@click.option("--print", "prints", is_flag=True, help="Print the manifest and nothing else; write nothing.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, write nothing.")
@json_option
@repo_option
def command(
    repo: Path,
    as_json: bool,
    dry_run: bool,
    prints: bool,
    from_variant: str,
    image: str,
    uri: str,
    baseline: str,
    version: str,
    source: str,
    name: str,
) -> int:
    """Write models/MODEL/VARIANT/variant.yaml from what an artifact says of itself.

    From config.json, recipe.yaml, the safetensors headers and the files' digests. What no file can know is left
    as TODO, which `promote validate` reports. A variant.yaml that is there is never overwritten.
    """
    quiet = as_json or prints or not sys.stderr.isatty()
    world = open_world(repo, notice=lambda text: None if quiet else click.echo(text, err=True))
    request = Request(
        name,
        source,
        _choose(name),
        version,
        baseline,
        uri,
        image,
        from_variant,
        writes=not (dry_run or prints),
    )
    result = new(world, request)
    if as_json:
        more = {"name": result.name, "path": result.path, "state": result.state.value, "left": result.left}
        click.echo(
            findings_json.findings(result.findings, _last(result, source), **more, notes=result.notes, text=result.text)
        )
    elif prints and result.state is not State.REFUSED:
        click.echo(result.text, nl=False)
        for found in result.findings:
            click.echo(f"{found.location}: {found.severity}[{found.code}] {found.detail}", err=True)
    else:
        _show(result, source)
    return 1 if result.state is State.REFUSED else 0


def _show(result: Drafted, source: str) -> None:
    if result.state is State.DRAFTED:
        click.echo(result.text)
    for key in result.left if result.state is not State.REFUSED else ():
        click.echo(f"to fill in  {key}")
    for note in result.notes:
        click.echo(f"note  {note}")
    findings_text.show(result.findings, _last(result, source))


def _last(result: Drafted, source: str) -> str:
    left = findings_text.counted(len(result.left), "values") + " to fill in"
    if result.state is State.REFUSED:
        return f"refused: {findings_text.counted(len(result.findings), 'findings')}; nothing was written"
    if result.state is State.DRAFTED:
        return f"{result.path} would be written, {left}; nothing was written"
    if result.state is State.THERE:
        return f"{result.path} is already so; nothing was written"
    folder = "ARTIFACT_DIR" if source.startswith("hf://") else source
    return f"{result.path} was written, {left}; then: promote evidence add {result.name} {folder}"


def _choose(model: str) -> Callable[[VariantName], VariantName]:
    """Ask for the version where there is a terminal; else the call must say it."""

    def choose(proposed: VariantName) -> VariantName:
        if not sys.stdin.isatty():
            raise Usage(f"no version given; the artifact proposes {proposed}", f"promote new {model}/{proposed} ...")
        version = click.prompt(f"the artifact proposes {model}/{proposed}. Version", default=proposed.version, err=True)
        rest = str(proposed).removeprefix(f"{proposed.version}-")
        try:
            return VariantName.parse(f"{version}-{rest}")
        except NameFault as fault:
            raise Usage(str(fault), "expected vMAJOR.MINOR[.PATCH]") from fault

    return choose
