"""The command group: verbs loaded when they run, and the only place where errors become exit codes.

0 done (or already so), 1 refused by findings, 2 usage, 3 could not judge or act, 4 our bug.
"""

import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from modelpromote import __version__
from modelpromote.failures import Failure, Usage

DEFAULT = "promote"
_UNTIL_THEN = "what was done before this stays: `promote status` shows what was pushed"

# verb -> (module and attribute, line for `promote --help`)
_VERBS: dict[str, tuple[str, str]] = {
    "promote": ("promote:command", "Put a variant in force in an environment (the default verb)."),
    "advance": ("advance:command", "Take one step up the ladder."),
    "rollback": ("rollback:command", "Take the promotion in force back."),
    "status": ("status:command", "What is in force where, since when, by whom."),
    "history": ("history:command", "Promotions, steps and rollbacks, the newest first."),
    "diff": ("diff:command", "What changes in the cluster, object by object."),
    "validate": (
        "validate:command",
        "Check the working tree: names, evidence, rendering, builds, judgement.",
    ),
    "render": ("render:command", "Bring the rendered files of the working tree up to date."),
    "new": ("new:command", "Write variant.yaml from the artifact itself."),
    "evidence": ("evidence:command", "Add what other tools measured."),
    "retire": ("retire:command", "Remove a variant that nothing needs any more."),
    "card": ("card:command", "Print a model card, or push it to the Hugging Face Hub."),
    "rules": ("rules:command", "List the rules, or explain one."),
    "doctor": ("doctor:command", "Look whether everything is there that the verbs need."),
    "init": ("init:command", "Start a repository for a team's own use."),
    "schema": ("schema:command", "JSON Schemas of the manifests, for editors."),
}

_HELP = """Takes a compressed LLM from experiment to production through Git.

\b
  promote v1.3-int4-g64 --to prod          judge it, and put it in force
  promote v1.3-int4-g64 --to prod --dry-run
  promote advance --env prod               one step up: staged, 10, 50, 100, done
  promote rollback --env prod              take it back (or: git revert)
  promote status                           what is in force where

\b
Exit codes: 0 done or already so, 1 refused, 2 usage, 3 could not judge or act, 4 our bug.
Completion: eval "$(_PROMOTE_COMPLETE=bash_source promote)"   (or zsh_source, fish_source)
"""


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are called; what is no verb is a variant to promote."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The verbs, in the order of their use."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a verb."""
        if cmd_name not in _VERBS:
            return None
        module, attribute = _VERBS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(f"modelpromote.commands.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is named first; without one, the default verb."""
        if args and args[0] not in _VERBS:
            close = difflib.get_close_matches(args[0], _VERBS, n=1, cutoff=0.75) if args[0].isalpha() else []
            if close:
                raise Usage(f"there is no verb {args[0]!r}", f"did you mean: promote {close[0]}")
            args = [DEFAULT, *args]
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs, and the variants that the default verb takes."""
        from modelpromote.commands.completion import complete_variant

        verbs = [CompletionItem(name, help=line) for name, (_, line) in _VERBS.items() if name.startswith(incomplete)]
        options = [] if incomplete[:1].isalnum() else click.Command.shell_complete(self, ctx, incomplete)
        variants = complete_variant(ctx, click.Argument(["variant"]), incomplete)
        return [*verbs, *options, *(CompletionItem(name) for name in variants)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of the default verb may come first: `promote --to prod v1.3-int4-g64`."""
        if args and args[0].startswith("-") and args[0] not in {"--help", "-h", "--version"}:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The verbs with their lines, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in _VERBS.items()])


_VERSION = "Show the versions that matter and exit."


def _show_versions(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's
    """Versions of the tool and of what it calls; what is missing is said, and no fault."""
    if value and not ctx.resilient_parsing:
        from modelpromote.workflows.versions import versions

        click.echo("\n".join([f"modelpromote, version {__version__}", *versions()]))
        ctx.exit()


@click.group(
    cls=LazyGroup,
    help=_HELP,
    options_metavar="",
    subcommand_metavar="VARIANT --to ENV | VERB ...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, callback=_show_versions, expose_value=False, is_eager=True, help=_VERSION)
def cli() -> None:
    """The group itself does nothing."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run a verb, and leave with its exit code."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run a verb; its exit code. Every error of ours ends here."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    say = _say_json if _asks_for_json(arguments) else _say
    try:
        code = cli.main(args=arguments, prog_name="promote", standalone_mode=False)
    except Failure as failure:
        return say("failed", failure.message, failure.hint, 3, failure.outcome)
    except Usage as fault:
        return say("usage", fault.message, fault.hint, 2)
    except click.ClickException as fault:
        fault.show()
        click.echo("nothing was done", err=True)
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"\nstopped; {_UNTIL_THEN}", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        where = f": {fault.filename}" if fault.filename else ""
        return say("failed", f"{fault.strerror or fault}{where}", "", 3, _UNTIL_THEN)
    except Exception as bug:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        return _bug(bug)
    return code if isinstance(code, int) else 0


def _asks_for_json(arguments: Sequence[str]) -> bool:
    return bool({"--json", "--format=json"} & set(arguments)) or ("--format", "json") in pairwise(arguments)


def _say(kind: str, message: str, hint: str, code: int, outcome: str = "nothing was done") -> int:
    click.echo(f"{kind}: {message}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
    click.echo(outcome, err=True)
    return code


def _say_json(kind: str, message: str, hint: str, code: int, outcome: str = "nothing was done") -> int:
    """The same on stderr, and for the script that asked for JSON one document on stdout."""
    import json

    click.echo(json.dumps({"ok": False, "state": kind, "summary": message, "hint": hint, "outcome": outcome}, indent=2))
    return _say(kind, message, hint, code, outcome)


def _bug(bug: Exception) -> int:
    import platform
    import traceback

    frame = traceback.extract_tb(bug.__traceback__)[-1]
    click.echo(f"bug: {type(bug).__name__}: {bug}", err=True)
    click.echo(f"  at {frame.filename.rpartition('modelpromote/')[2]}:{frame.lineno} in {frame.name}", err=True)
    click.echo(f"  modelpromote {__version__}, Python {platform.python_version()}, {platform.system()}", err=True)
    click.echo("  this is a fault of the tool, not of your repository; MODELPROMOTE_TRACEBACK=1 shows more", err=True)
    if os.environ.get("MODELPROMOTE_TRACEBACK"):
        click.echo("".join(traceback.format_exception(bug)), err=True)
    return 4
