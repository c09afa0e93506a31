"""The terminal: one console for every text report."""

import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from modelpromote.reports.plain import escaped

_WIDTH_IN_A_PIPE = 160


class _Console(Console):
    """Text of strangers cannot move the cursor or colour a line: what is no plain character is shown as its code.

    A closed pipe is app.py's to handle: rich would leave with exit code 1, which means refused here.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment("\n".join(map(escaped, text.split("\n"))), style)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Writes to stdout: coloured and as wide as the terminal, or plain and wide in a pipe."""
    interactive = sys.stdout.isatty()
    return _Console(
        width=None if interactive else _WIDTH_IN_A_PIPE,
        highlight=False,
        soft_wrap=False,
        emoji=False,
        markup=False,
    )
