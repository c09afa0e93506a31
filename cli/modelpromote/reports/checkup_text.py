"""What the doctor found, as a table and as JSON."""

import json
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from modelpromote.core.checkup import Check, State, faults
from modelpromote.reports.terminal import console

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.FAULT: "bold red"}


def show(checks: Sequence[Check]) -> None:
    """One row for each check; below it what to do."""
    out = console()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("check", "state", "found"):
        table.add_column(title, overflow="fold")
    for check in checks:
        table.add_row(check.name, Text(str(check.state), style=_STYLES[check.state]), Text(check.found))
    out.print(table)
    for check in checks:
        if check.remedy:
            out.print(Text(f"{check.name}: {check.remedy}"), soft_wrap=True)
    out.print(last_line(checks), soft_wrap=True)


def as_json(checks: Sequence[Check]) -> str:
    """`{"ok", "summary", "checks": [...]}`."""
    rows = [
        {"name": check.name, "state": str(check.state), "found": check.found, "remedy": check.remedy}
        for check in checks
    ]
    return json.dumps({"ok": not faults(checks), "summary": last_line(checks), "checks": rows}, indent=2)


def last_line(checks: Sequence[Check]) -> str:
    """Whether the verbs can work here."""
    missing, notes = faults(checks), sum(check.state is State.NOTE for check in checks)
    if missing:
        return f"not ready: {missing} of {len(checks)} checks found a fault; nothing was written"
    return f"ready: {len(checks)} checks, {notes} with a note; nothing was written"
