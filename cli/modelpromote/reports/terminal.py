"""The terminal: one console for every text report."""

import sys

from rich.console import Console

_WIDTH_IN_A_PIPE = 160


class _Console(Console):
    """A closed pipe is app.py's to handle: rich would leave with exit code 1, which means refused here."""

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
