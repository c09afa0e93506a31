"""Options that several verbs share, and what they mean."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from modelpromote.commands.completion import complete_environment, complete_model, complete_variant
from modelpromote.core.outcome import Destination
from modelpromote.core.schema import one_line
from modelpromote.failures import Usage

__all__ = ["complete_environment", "complete_variant"]

F = TypeVar("F", bound=Callable[..., object])


def repo_option(command: F) -> F:
    """`--repo`: a folder in the repository."""
    return click.option(
        "--repo",
        type=click.Path(path_type=Path),
        default=Path(),
        metavar="DIR",
        help="A folder in the repository (default: this one).",
    )(command)


def remote_option(command: F) -> F:
    """`--remote`: where the deployed branch is fetched from and pushed to."""
    return click.option(
        "--remote", default="origin", show_default=True, help="The remote that has the deployed branch."
    )(command)


def json_option(command: F) -> F:
    """`--json`: one JSON document on stdout instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")(command)


def model_option(command: F) -> F:
    """`--model`: needed where an environment has several."""
    return click.option(
        "--model",
        default="",
        metavar="MODEL",
        help="The model, where the environment has several.",
        shell_complete=complete_model,
    )(command)


def env_option(command: F) -> F:
    """`--env`: the environment whose release is moved."""
    return click.option(
        "--env",
        "environment",
        required=True,
        metavar="ENV",
        help="The environment.",
        shell_complete=complete_environment,
    )(command)


def transition_options(command: F) -> F:
    """Where the commit goes, and who is asked before."""
    for option in (
        click.option("--yes", "-y", is_flag=True, help="Push without asking."),
        click.option(
            "--push/--no-push",
            default=True,
            help="Push the commit, or leave it at refs/modelpromote/ENV/MODEL.",
        ),
        click.option("--dry-run", is_flag=True, help="Judge and show everything, write nothing."),
    ):
        command = option(command)
    return json_option(remote_option(repo_option(command)))


def destination(*, yes: bool, push: bool, dry_run: bool) -> Destination:
    """Where a transition goes. Without a terminal nobody can be asked, so the call must say it."""
    if dry_run:
        return Destination.NOWHERE
    if not push:
        return Destination.LOCAL
    if not yes and not sys.stdin.isatty():
        raise Usage("there is no terminal to ask before the push", "add --yes, --no-push or --dry-run")
    return Destination.REMOTE


def as_one_line(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    """Free text as files and commit messages take it; click says what is wrong with it."""
    try:
        return one_line(value)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from fault
