"""Status, history and rules as tables."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from modelpromote.core.diagnostics import Rule
from modelpromote.core.evidence import utc_text
from modelpromote.core.record import Act, Record, Standing
from modelpromote.reports.terminal import console


def show_status(record: Record, standings: Sequence[Standing]) -> None:
    """Model by environment: what is in force, at which step, since when, by whom."""
    out = console()
    table = _table("model", "environment", "in force", "step", "number", "since", "by", "commit")
    for one in standings:
        variant = Text(str(one.release.variant or "none"), style="bold" if one.release.variant else "dim")
        row = (
            one.key.model,
            one.key.environment,
            variant,
            one.step,
            str(one.release.number),
            utc_text(one.since),
            one.by,
            one.commit[:10],
        )
        table.add_row(*row)
    out.print(table)
    for one in standings:
        if one.fault:
            out.print(
                Text(
                    f"{one.key.model} in {one.key.environment}: {one.fault}; see `promote validate`",
                    style="red",
                )
            )
        for name, hold in one.holds:
            out.print(
                Text(
                    f"on hold in {one.key.environment}: {one.key.model}/{name}, taken back {utc_text(hold.since)}",
                    style="yellow",
                )
            )
    out.print(f"{len(standings)} releases as of {record.tip[:10]}")


def show_history(acts: Sequence[Act]) -> None:
    """What happened, the newest first."""
    out = console()
    table = _table("when", "what", "environment", "model", "number", "variant", "detail", "by", "commit")
    for act in acts:
        row = (
            utc_text(act.time),
            act.kind,
            act.key.environment,
            act.key.model,
            str(act.number),
            act.variant,
            act.detail,
            act.landing.author,
            act.landing.commit[:10],
        )
        table.add_row(*row)
    out.print(table)
    out.print(f"{len(acts)} acts" if acts else "nothing matched: no release has a history here")


def show_rules(rules: Sequence[Rule]) -> None:
    """Every rule with its hint."""
    table = _table("code", "severity", "what is wrong", "what to do")
    for rule in rules:
        table.add_row(rule.code, str(rule.severity), rule.title, rule.hint)
    console().print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if column == "number" else "left", overflow="fold")
    return table
