"""`promote schema`."""

from pathlib import Path

import click

from modelpromote.failures import Usage
from modelpromote.workflows.schemas import schema_text, write_schemas

KINDS = ("promote", "environment", "variant")


@click.command(
    "schema",
    epilog="""\b
Examples:
  promote schema variant               print the schema of variant.yaml
  promote schema --write schemas       write all three into a folder""",
)
@click.argument("kind", required=False, type=click.Choice(KINDS))
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the schemas into DIR instead of printing one.",
)
def command(kind: str | None, folder: Path | None) -> int:
    """JSON Schemas (2020-12) of promote.yaml, environment.yaml and variant.yaml, for editors.

    They accept what the tool accepts, as far as JSON Schema can say it. A second --write writes nothing.
    """
    if folder is None and kind is None:
        raise Usage("it is not said which schema", f"name one of {', '.join(KINDS)}, or write all with --write DIR")

    if folder is None:
        click.echo(schema_text(str(kind)), nl=False)
        return 0
    result = write_schemas(folder, (kind,) if kind else KINDS)
    for name in result.written:
        click.echo(f"wrote {folder / name}")
    click.echo(f"{len(result.written)} schemas written, {len(result.current)} were up to date")
    return 0
