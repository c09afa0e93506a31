"""`promote init`."""

from collections.abc import Callable
from pathlib import Path

import click

from modelpromote.commands.questions import blueprint_for, checking
from modelpromote.core.blueprint import Blueprint
from modelpromote.reports import findings_text
from modelpromote.workflows.init import Site, enact, plan, survey


def _checked(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    return None if value is None else checking(str(param.name).replace("_", "-"))(value)


def _option(name: str, metavar: str, text: str) -> Callable[..., Callable[..., int]]:
    return click.option(f"--{name}", metavar=metavar, callback=_checked, help=text)


@click.command(
    "init",
    epilog="""\b
Examples:
  promote init models-gitops           in a terminal it asks for what it needs
  promote init models-gitops --repo-url https://git.example.com/acme/models-gitops.git --gateway none
  promote init models-gitops --platform openshift --hostname "{slug}-{env}.apps.example.com"
  promote init . --gateway inference-gateway/gateways --hostname "{slug}.{env}.models.example.com"

In a repository with a remote, --repo-url is origin's address unless you say another.""",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_option("repo-url", "URL", "The repository as Argo CD sees it (default: origin's address).")
@_option("branch", "BRANCH", "The deployed branch (default: the one checked out, else main).")
@_option("environments", "NAMES", "In order, with commas between (default: test,staging,prod).")
@_option("namespace", "PATTERN", "Namespace of each environment (default: models-{env}).")
@_option("platform", "PLATFORM", "kserve, openshift (KServe and Routes) or plain (no KServe) (default: kserve).")
@_option("gateway", "NAME[/NAMESPACE]", "The Gateway that requests come in by; none: no route and no ladder.")
@_option("hostname", "PATTERN", "Host name of a model: {slug} is the model, {env} the environment.")
@_option("gpu-class", "CLASS", "What the GPUs are called, e.g. nvidia-l40s (default: left to you).")
@_option("kserve", "VERSION", "MAJOR.MINOR of KServe in the clusters (default: 0.17).")
@_option("owners", "OWNERS", "Who approves policy and decisions, e.g. @acme/platform (default: left to you).")
@_option("name", "NAME", "Title of the README (default: the folder's name).")
@click.option("--git/--no-git", default=True, help="Make the folder a Git repository where it is none (default: yes).")
def command(folder: Path, git: bool, **given: str | None) -> int:
    """Start a repository for a team's own use in DIR: policy, environments with their gates, Argo CD, owners.

    Files that are there are kept as they are, whoever wrote them; missing ones are written. It commits nothing.
    Without a terminal, what has no default must be said.
    """
    site = survey(folder)
    if site.policy is not None and site.policy.value is None:
        findings_text.show(site.policy.problems, "refused: promote.yaml cannot be read; nothing was written")
        return 1
    blueprint = blueprint_for(site, {name.replace("_", "-"): text for name, text in given.items()})
    planned = plan(site, blueprint)
    for path in planned.kept:
        click.echo(f"kept  {path}")
    if planned.findings:
        counted = findings_text.counted(len(planned.findings), "findings")
        findings_text.show(planned.findings, f"refused: {counted} beside it; nothing was written")
        return 1
    if not planned.files and (site.is_repository or not git):
        click.echo(f"already so: {findings_text.counted(len(planned.kept), 'files')} are there; nothing was written")
        return 0
    started = enact(site, planned, blueprint.branch if git else None)
    for path in sorted(planned.files):
        click.echo(f"wrote {path}")
    _next(folder, site, blueprint)
    made = "a new Git repository, " if started else ""
    wrote = findings_text.counted(len(planned.files), "files")
    click.echo(f"done: {made}{wrote} written, {len(planned.kept)} kept; nothing was committed")
    return 0


def _next(folder: Path, site: Site, blueprint: Blueprint) -> None:
    """What to do now."""
    address = "" if site.origin else f"  git remote add origin {blueprint.repo_url}\n"
    enter = "" if folder.resolve() == Path.cwd() else f"  cd {folder}\n"
    owners = "" if blueprint.owners else "  (put your owners into CODEOWNERS: nothing is guarded yet)\n"
    click.echo(
        f"\nnext:\n{enter}  promote validate\n{owners}"
        f"  git add -A && git commit -m 'Start the model repository'\n"
        f"{address}  git push -u origin {blueprint.branch}\n"
        f"  kubectl apply {' '.join(f'-f argocd/{name}.yaml' for name in blueprint.environments)}\n"
    )
