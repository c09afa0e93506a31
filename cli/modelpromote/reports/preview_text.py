"""What changes in the cluster, as text: object by object, fields by path; or the files, where nothing was built."""

from typing import Any

from rich.console import Console
from rich.text import Text

from modelpromote.core.cluster import ObjectChange
from modelpromote.core.outcome import Preview

_ACTIONS = {"added": ("+", "green"), "changed": ("~", "yellow"), "deleted": ("-", "red")}
_LINES = {"+": "green", "-": "red", "@": "dim"}
_SHOWN_FIELDS = 12
_SHOWN = 80  # characters of a value


def write(out: Console, preview: Preview) -> None:
    """One line for each object, below it one for each field that differs."""
    if not preview.built:
        out.print(
            "No kustomize, kubectl or oc on PATH: the release was not built. The rendered files change like this:"
        )
        for line in preview.text.splitlines():
            out.print(Text(line, style=_LINES.get(line[:1], "")), soft_wrap=True)
        return
    if not preview.changes:
        out.print("In the cluster: nothing changes")
        return
    out.print(Text("In the cluster:", style="bold"))
    for change in preview.changes:
        _change(out, change)


def _change(out: Console, change: ObjectChange) -> None:
    sign, style = _ACTIONS[change.action]
    out.print(Text(f"  {sign} {change.id}  {change.action}", style=style), soft_wrap=True)
    for one in change.fields[:_SHOWN_FIELDS]:
        out.print(Text(f"      {one.path}: {_value(one.before)} -> {_value(one.after)}"), soft_wrap=True)
    if len(change.fields) > _SHOWN_FIELDS:
        out.print(f"      and {len(change.fields) - _SHOWN_FIELDS} fields more (--json has them all)")


def _value(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, dict) and {"name", "weight"} <= value.keys():
        return f"weight {value['weight']}"
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
