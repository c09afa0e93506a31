"""docs/rules.md as it comes with the tool: what a rule means, at more length than its hint."""

import re
from pathlib import Path

_PACKAGED = Path(__file__).parent.parent / "_docs" / "rules.md"
_CHECKOUT = Path(__file__).parents[3] / "docs" / "rules.md"


def section(code: str) -> str:
    """The section of a rule; empty where the page is not there."""
    page = _PACKAGED if _PACKAGED.is_file() else _CHECKOUT
    text = page.read_text("utf-8") if page.is_file() else ""
    found = re.search(rf"(?ms)^## {re.escape(code)}$(.*?)(?=^## |\Z)", text)
    return found[1].strip() if found else ""
