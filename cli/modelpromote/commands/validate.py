"""`promote validate`."""

import sys
from pathlib import Path

import click

from modelpromote.commands.options import json_option, repo_option
from modelpromote.reports import findings_json, findings_text
from modelpromote.workflows.validate import validate
from modelpromote.workflows.world import open_world


@click.command(
    "validate",
    epilog="""\b
Examples:
  promote validate
  promote validate --repo ../models-gitops --json""",
)
@json_option
@repo_option
def command(repo: Path, as_json: bool) -> int:
    """Check everything in the working tree, and show every fault in one run.

    Schemas and names, evidence and its digests, every rendered file against a fresh render, every release
    built by Kustomize, and what is in force as of the commit that put it there.
    """
    quiet = as_json or not sys.stderr.isatty()
    world = open_world(repo, notice=lambda text: None if quiet else click.echo(f"checking {text} ...", err=True))
    result = validate(world)
    errors = sum(found.is_error for found in result.findings)
    warnings = len(result.findings) - errors
    counts = ", ".join(f"{count} {what}" for what, count in result.looked_at.items())
    built = "" if result.built else "; releases were not built: " + (
        "mend the findings first" if errors else "no kustomize, kubectl or oc on PATH"
    )  # fmt: skip
    if not result.looked_at:
        counts = "nothing could be read"
    last = f"{'refused' if errors else 'valid'}: {errors} errors, {warnings} warnings in {counts}{built}"
    if as_json:
        click.echo(findings_json.findings(result.findings, last, looked_at=result.looked_at, built=result.built))
    else:
        findings_text.show(result.findings, last)
    if errors:
        return 1
    return 0 if result.looked_at.get("variants") else 3
