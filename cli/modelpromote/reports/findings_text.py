"""Diagnostics as text: where, what, and what to do next."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from modelpromote.core.diagnostics import Diagnostic
from modelpromote.reports.terminal import console

_ONE = {"runs of evidence": "run of evidence"}
_STYLES = {"error": "bold red", "warning": "yellow"}


def show(findings: Sequence[Diagnostic], last: str) -> None:
    """Every finding, and the line that says what was or was not done."""
    out = console()
    write(out, findings)
    out.print(last, soft_wrap=True)


def write(out: Console, findings: Sequence[Diagnostic]) -> None:
    """One finding in two lines: `file:line:col: error[CODE] detail`, then the hint."""
    for found in findings:
        line = Text(f"{found.location}: ")
        line.append(f"{found.severity}[{found.code}]", style=_STYLES[found.severity])
        line.append(f" {found.detail}")
        out.print(line, soft_wrap=True)
        out.print(Text(f"  hint: {found.hint}", style="dim"), soft_wrap=True)


def counted(number: int, plural: str) -> str:
    """`1 error`, `2 errors`: the noun is given in the plural."""
    return f"{number} {plural if number != 1 else _ONE.get(plural, plural.removesuffix('s'))}"
