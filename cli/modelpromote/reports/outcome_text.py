"""A transition as text: verdicts, what changes in the cluster, the commit, how to undo it."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from modelpromote.core.diagnostics import in_order
from modelpromote.core.gates.gate import Verdict
from modelpromote.core.outcome import AlreadySo, Destination, Made, Outcome, Plan, Refusal
from modelpromote.reports import findings_text, preview_text
from modelpromote.reports.terminal import console

_VERDICTS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow"}


def show_plan(plan: Plan) -> None:
    """What is about to be done, and why it may be."""
    out = console()
    out.print(Text(f"{plan.kind}: {plan.summary}", style="bold"), soft_wrap=True)
    if plan.verdicts:
        _show_verdicts(out, plan.verdicts)
    out.print()
    preview_text.write(out, plan.preview)


def show_outcome(outcome: Outcome | Plan, *, plan_shown: bool) -> None:
    """What came of it; the last line says what was or was not done."""
    out = console()
    if isinstance(outcome, Refusal):
        _refusal(out, outcome)
    elif isinstance(outcome, AlreadySo):
        out.print(f"already so: {outcome.summary}; nothing was written", soft_wrap=True)
    elif isinstance(outcome, Made):
        if not plan_shown:
            show_plan(outcome.plan)
        _made(out, outcome)
    else:
        out.print("not confirmed: nothing was written")


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """The gates: outcome, figure, limit, where the limit stands, how many samples."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("gate", "verdict", "figure", "limit", "samples", "line"):
        table.add_column(column, justify="right" if column in {"samples", "line"} else "left", overflow="fold")
    for verdict in verdicts:
        figure = "; ".join([verdict.figure, *verdict.marks]) if verdict.figure else "; ".join(verdict.marks)
        table.add_row(
            verdict.gate,
            Text(verdict.outcome, style=_VERDICTS[verdict.outcome]),
            figure,
            verdict.limit,
            str(verdict.samples) if verdict.samples is not None else "",
            Text(_line(verdict), style="dim"),
        )
    return table


def _line(verdict: Verdict) -> str:
    """The line of environment.yaml where the limit stands; the two gates that are always judged may have none."""
    return str(verdict.where.line) if verdict.where and verdict.where.line else "default"


def _show_verdicts(out: Console, verdicts: Sequence[Verdict]) -> None:
    out.print()
    out.print(verdict_table(verdicts))
    path = next((verdict.where.path for verdict in verdicts if verdict.where), "")
    out.print(Text(f"the limits stand in {path}", style="dim"), soft_wrap=True)
    for verdict in verdicts:
        for line in verdict.details:
            out.print(Text(f"{verdict.gate}: {line}"), soft_wrap=True)
    findings_text.write(out, in_order([one for verdict in verdicts if verdict.passes for one in verdict.findings]))


def _refusal(out: Console, refusal: Refusal) -> None:
    out.print(Text(f"{refusal.kind}: {refusal.summary}", style="bold"), soft_wrap=True)
    if refusal.verdicts:
        _show_verdicts(out, refusal.verdicts)
    out.print()
    findings_text.write(out, refusal.findings)
    count = len(refusal.findings)
    out.print(f"refused: {count} finding{'s' if count != 1 else ''}; nothing was written", soft_wrap=True)


def _made(out: Console, made: Made) -> None:
    if made.destination is Destination.NOWHERE:
        out.print("\ndry run: it would be allowed; nothing was written")
        return
    out.print(Text(f"\nCommit {made.commit}", style="bold"), soft_wrap=True)
    for line in made.plan.message.rstrip().split("\n"):
        out.print(Text(f"  {line}" if line else ""), soft_wrap=True)
    by_git = f"git revert {made.commit[:12]}   or   " if made.plan.kind == "promotion" else ""
    out.print(Text(f"\nUndo: {by_git}{made.plan.undo}"), soft_wrap=True)
    if made.plan.next:
        out.print(Text(f"Next: {made.plan.next}"), soft_wrap=True)
    out.print(Text(_last_line(made)), soft_wrap=True)


def _last_line(made: Made) -> str:
    if made.destination is Destination.LOCAL:
        return f"kept: the commit is at {made.ref} and not pushed; push it with: {made.push}"
    if made.pull_request:
        return f"pushed: {made.plan.summary}; open a pull request from {made.ref}"
    return f"done: {made.plan.summary}; pushed to {made.ref}"
