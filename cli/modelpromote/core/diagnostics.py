"""What is wrong with the content of a repository, as values. Knows no rule."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error refuses; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file of the repository.

    `line` and `column` count from 1; 0 means that the format has none, and `key` (a key path such as
    `results.zoo_ppl`) says where instead.
    """

    path: str
    line: int = 0
    column: int = 0
    key: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}#{self.key}" if self.key and not self.line else place


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. `code` is stable for ever and has a section in docs/rules.md."""

    code: str
    title: str
    hint: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A rule that was broken: where, what, and what to do next."""

    rule: Rule
    location: Location
    detail: str
    advice: str = ""

    @property
    def code(self) -> str:
        """The rule's code, e.g. `MP101`."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return self.rule.severity

    @property
    def hint(self) -> str:
        """What to do next: the rule's hint, or a better one for this case."""
        return self.advice or self.rule.hint

    @property
    def is_error(self) -> bool:
        """Whether it refuses."""
        return self.rule.severity is Severity.ERROR


def in_order(diagnostics: "tuple[Diagnostic, ...] | list[Diagnostic]") -> tuple[Diagnostic, ...]:
    """Every diagnostic once, by place and then by code."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda found: (found.location, found.code, found.detail)))


def has_errors(diagnostics: "tuple[Diagnostic, ...] | list[Diagnostic]") -> bool:
    """Whether any of them refuses."""
    return any(found.is_error for found in diagnostics)
