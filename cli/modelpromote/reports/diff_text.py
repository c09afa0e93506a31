"""What differs between two states of a repository in the cluster, as text."""

from rich.text import Text

from modelpromote.core.comparison import Comparison
from modelpromote.reports import findings_text, preview_text
from modelpromote.reports.terminal import console


def show(comparison: Comparison, last: str) -> None:
    """Each release that differs with its objects; what could not be compared; the last line."""
    out = console()
    for one in comparison.releases:
        out.print(Text(one.headline, style="bold"), soft_wrap=True)
        if one.preview.problems:
            findings_text.write(out, one.preview.problems)
        else:
            preview_text.write(out, one.preview)
        out.print()
    out.print(last, soft_wrap=True)
