"""`promote rules`."""

import click

from modelpromote.adapters.handbook import section
from modelpromote.commands.completion import complete_rule
from modelpromote.commands.options import json_option
from modelpromote.core import rules
from modelpromote.core.diagnostics import Rule
from modelpromote.failures import Usage
from modelpromote.reports import findings_json, record_text


@click.command(
    "rules",
    epilog="""\b
Examples:
  promote rules
  promote rules MP323
  promote rules --json | jq -r '.rules[].code'""",
)
@click.argument("code", required=False, default="", shell_complete=complete_rule)
@json_option
def command(code: str, as_json: bool) -> int:
    """List the rules that a diagnostic can name, or explain one."""
    chosen = _chosen(code) if code else rules.ALL
    if as_json:
        click.echo(findings_json.rules(chosen, {rule.code: section(rule.code) for rule in chosen if code}))
    elif not code:
        record_text.show_rules(chosen)
    else:
        _explain(chosen[0])
    return 0


def _chosen(code: str) -> tuple[Rule, ...]:
    found = tuple(rule for rule in rules.ALL if rule.code == code.upper())
    if not found:
        raise Usage(f"there is no rule {code!r}", "`promote rules` lists them")
    return found


def _explain(rule: Rule) -> None:
    """The rule, and its section of docs/rules.md; where to read on comes last."""
    click.echo(f"{rule.code} ({rule.severity}): {rule.title}\n  {rule.hint}")
    text = section(rule.code)
    if text:
        click.echo(f"\n{text}\n")
    click.echo(f"docs/rules.md#{rule.code.lower()}")
