"""Figures of load tests, read strictly: a number, finite, not negative; what is wrong is collected, not raised."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.evidence.json_text import Json
from modelpromote.evidence.plain_text import printable

_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Figures:
    """A place in a file, and the faults found in it so far; `key` is where it lies."""

    location: Location
    key: str
    problems: list[Diagnostic] = field(default_factory=list)

    def within(self, key: str) -> "Figures":
        """A place further in; its faults are collected with the others."""
        return Figures(self.location, f"{self.key}.{key}" if self.key else key, self.problems)

    def fault(self, rule: Rule, detail: str, key: str = "") -> None:
        """Note what is wrong."""
        place = self.within(key).key if key else self.key
        self.problems.append(Diagnostic(rule, Location(self.location.path, key=place), detail))

    def above_zero(self, values: Mapping[str, Json], key: str) -> float:
        """The figure, which must be above 0; 0 where it is not, and then it is noted."""
        found = self.number(values, key)
        if found is not None and found > 0:
            return found
        if found == 0:
            self.fault(rules.SPEED_FIGURE, f"{key} is 0: a run that did anything has more", key)
        return 0.0

    def number(self, values: Mapping[str, Json], key: str) -> float | None:
        """The figure, which must be there and at least 0; None where it is not, and then it is noted."""
        if values.get(key) is None:
            self.fault(rules.SPEED_FIGURE, f"{key} is missing", key)
            return None
        return self.optional(values, key)

    def optional(self, values: Mapping[str, Json], key: str) -> float | None:
        """The figure, which may be absent."""
        value = values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(rules.SPEED_FIGURE, f"{key} is {_shown(value)}, expected a number", key)
            return None
        if not 0 <= value <= _LARGEST:
            self.fault(rules.SPEED_FIGURE, f"{key} is {value!r}: below 0, or beyond all measure", key)
            return None
        return float(value)

    def count(self, values: Mapping[str, Json], key: str) -> int:
        """A number of requests, which must be whole; 0 where it is not, and then it is noted."""
        found = self.number(values, key)
        if found is not None and not found.is_integer():
            self.fault(rules.SPEED_FIGURE, f"{key} is {found!r}, expected a whole number", key)
        return int(found or 0)

    def agree(self, what: str, stated: float, given: float, by: str, slack: float) -> None:
        """Note it where a figure and what others make of it are further apart than `slack`."""
        if not math.isclose(stated, given, rel_tol=1e-6, abs_tol=slack + 1e-9):
            self.fault(rules.SPEED_ARITHMETIC, f"{what} is {stated:.6g}, {by} give {given:.6g}")


def _shown(value: Json) -> str:
    if isinstance(value, str):
        return f"the text {printable(value, 40)!r}"
    return {bool: "true or false", dict: "an object", list: "a list"}.get(type(value), "no figure")
