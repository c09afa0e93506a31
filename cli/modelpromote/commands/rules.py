"""`promote rules`."""

import click

from modelpromote.commands.completion import complete_rule
from modelpromote.core import rules
from modelpromote.failures import Usage
from modelpromote.reports import record_text


@click.command(
    "rules",
    epilog="""\b
Examples:
  promote rules
  promote rules MP323""",
)
@click.argument("code", required=False, default="", shell_complete=complete_rule)
def command(code: str) -> int:
    """List the rules that a diagnostic can name, or explain one."""
    known = {rule.code: rule for rule in rules.ALL}
    if not code:
        record_text.show_rules(rules.ALL)
        return 0
    if code.upper() not in known:
        raise Usage(f"there is no rule {code!r}", "`promote rules` lists them")
    rule = known[code.upper()]
    click.echo(f"{rule.code} ({rule.severity}): {rule.title}\n  {rule.hint}\n  docs/rules.md#{rule.code.lower()}")
    return 0
