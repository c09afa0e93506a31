"""`promote validate`."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from modelpromote import DOCUMENTATION, __version__
from modelpromote.adapters.crd_schemas import Schemas
from modelpromote.adapters.handbook import section
from modelpromote.commands.options import json_option, repo_option
from modelpromote.core.change import Change
from modelpromote.failures import Usage
from modelpromote.reports import change_json, findings_text
from modelpromote.reports.formats import FORMATS
from modelpromote.reports.report import Report
from modelpromote.workflows.validate import Validation, validate
from modelpromote.workflows.world import World, open_world

TEXT = "text"
FORMS = (TEXT, *FORMATS)


@click.command(
    "validate",
    epilog="""\b
Examples:
  promote validate
  promote validate --base "$(git merge-base origin/main HEAD)"
  promote validate --repo ../models-gitops --json
  promote validate --schemas ../crd-schemas
  promote validate --format sarif > modelpromote.sarif""",
)
@click.option(
    "--base",
    metavar="REV",
    help="Judge also what the working tree changes since REV: one kind of change, by REV's policy.",
)
@click.option("--deep", is_flag=True, help="Read all evidence again, also what landed before, and trust no cache.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="For people (default), scripts, code scanning, annotations of GitHub Actions, GitLab Code Quality.",
)
@click.option(
    "--schemas",
    "folder",
    type=click.Path(path_type=Path),
    envvar="MODELPROMOTE_SCHEMAS",
    metavar="DIR",
    help="Hold every built object against the JSON schema of its kind in DIR (or: MODELPROMOTE_SCHEMAS).",
)
@json_option
@repo_option
def command(repo: Path, base: str | None, deep: bool, folder: Path | None, form: str | None, as_json: bool) -> int:
    """Check everything in the working tree, and show every fault in one run.

    Schemas and names, evidence and its digests, every rendered file against a fresh render, every release
    built by Kustomize, and what is in force as of the commit that put it there. Evidence that has landed is held
    against its digests, and read whole where a release in force rests on it (--deep reads all of it).

    With --base also the change: which kind it is, and whether it does only what that kind may. REV is usually the
    merge base with the deployed branch; policy and history are then its own, however many commits lie between.
    """
    form = _form(form, as_json)
    quiet = form != TEXT or not sys.stderr.isatty()
    world = open_world(repo, notice=lambda text: None if quiet else click.echo(f"checking {text} ...", err=True))
    job = partial(validate, deep=deep, schemas=Schemas(folder) if folder else None)
    result, change = _with_change(world, base, job) if base is not None else (job(world), None)
    errors = sum(found.is_error for found in result.findings)
    warnings = len(result.findings) - errors
    counted = [findings_text.counted(errors, "errors"), findings_text.counted(warnings, "warnings")]
    looked_at = [findings_text.counted(count, what) for what, count in result.looked_at.items()]
    builds = _unbuilt(result) + _held(result)
    last = f"{'refused' if errors else 'valid'}: {', '.join(counted)} in {', '.join(looked_at)}{builds}"
    if not looked_at:
        last = f"refused: {', '.join(counted)}; nothing else could be read"
    if form == TEXT:
        if change is not None:
            click.echo(change.headline)
        findings_text.show(result.findings, last)
    else:
        more: dict[str, object] = {"looked_at": result.looked_at, "built": result.built}
        if result.schemas is not None:
            more["schemas"] = {"checked": result.schemas.checked, "without": result.schemas.without}
        more |= {"change": change_json.as_dict(change)} if change else {}
        click.echo(FORMATS[form](Report(result.findings, last, __version__, section, DOCUMENTATION, more)))
    if errors:
        return 1
    unheld = result.schemas is not None and not result.schemas.checked
    return 3 if unheld or _found_none(world.repository.root, result) else 0


def _form(asked: str | None, as_json: bool) -> str:
    """`--json` is `--format json`."""
    if as_json and asked not in {None, "json"}:
        raise Usage(f"--json and --format {asked} ask for two forms", "leave one of them out")
    return "json" if as_json else asked or TEXT


def _found_none(root: Path, result: Validation) -> bool:
    """Whether there is nothing to judge; a new repository, without models/, is as it should be."""
    return not result.looked_at.get("variants") and (root / "models").is_dir()


def _with_change(world: World, base: str, job: Callable[[World], Validation]) -> tuple[Validation, Change]:
    """The same with the change since `base`; what judges changes is loaded for it alone."""
    from modelpromote.workflows.change import validate_change  # noqa: PLC0415 - a tenth of a plain, warm run

    return validate_change(world, base, job)


def _unbuilt(result: Validation) -> str:
    """Why the releases were not built, if so."""
    if result.built:
        return ""
    why = "mend the findings first" if not result.is_fresh else "no kustomize, kubectl or oc on PATH"
    return f"; releases were not built: {why}"


def _held(result: Validation) -> str:
    """How many objects were held against a schema, where that was asked for."""
    if result.schemas is None:
        return ""
    held = findings_text.counted(result.schemas.checked, "objects")
    return f"; {held} held against their schemas, {result.schemas.without} have none"
