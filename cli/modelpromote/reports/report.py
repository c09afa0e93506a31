"""What `validate` has to say, whichever form it is said in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from modelpromote.core.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, the last line, and what else the JSON form has (`more`).

    `explain` gives the section of a rule in docs/rules.md by its code, in Markdown; `version` is the tool's own;
    `documentation` is the address of docs/, empty where it has none.
    """

    findings: tuple[Diagnostic, ...]
    last: str
    version: str
    explain: Callable[[str], str] = lambda _: ""
    documentation: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
