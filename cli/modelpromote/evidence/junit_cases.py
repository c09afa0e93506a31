"""One `<testcase>` of JUnit XML: what became of it, and what it is called."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element  # the type only

from modelpromote.core.evidence import TestCase
from modelpromote.evidence.plain_text import identifier, printable

# the first that is there decides
_OUTCOMES = (
    ("error", "errored"),
    ("failure", "failed"),
    ("skipped", "skipped"),
    ("disabled", "skipped"),
    ("flakyFailure", "flaky"),
    ("flakyError", "flaky"),
    ("rerunFailure", "flaky"),
    ("rerunError", "flaky"),
)
_NOT_RUN = frozenset({"disabled", "notrun", "skipped", "suppressed"})


def case_of(suite: str, element: Element) -> TestCase:
    """The test in the suite of this name. A category that is stated in two ways is none."""
    outcome, message = _outcome(element)
    own = {value for name, value in properties(element) if name == "category"}
    classname, name = element.get("classname", ""), element.get("name", "")
    return TestCase(
        suite=suite,
        id=identifier(f"{classname}::{name}" if classname else name),
        category=printable(own.pop(), 100) if len(own) == 1 else "",
        outcome=outcome,
        message=message,
    )


def merged(cases: list[TestCase]) -> tuple[TestCase, ...]:
    """Each test once: one that is reported twice was run again, so it is flaky whatever came out last."""
    by_name: dict[tuple[str, str], list[TestCase]] = {}
    for case in cases:
        by_name.setdefault((case.suite, case.id), []).append(case)
    return tuple(same[0] if len(same) == 1 else _flaky(same) for same in by_name.values())


def properties(element: Element) -> Iterator[tuple[str, str]]:
    """Name and value of every property in or below the element; a value may stand as text."""
    for found in element.iter("property"):
        yield found.get("name", ""), found.get("value", found.text or "").strip()


def _flaky(same: list[TestCase]) -> TestCase:
    outcomes = ", ".join(case.outcome for case in same[:5])
    categories = {case.category for case in same}
    category = categories.pop() if len(categories) == 1 else ""
    return replace(
        same[0],
        category=category,
        outcome="flaky",
        message=f"reported {len(same)} times in one run: {outcomes}",
    )


def _outcome(element: Element) -> tuple[str, str]:
    for tag, outcome in _OUTCOMES:
        found = element.find(tag)
        if found is not None:
            kind = found.get("type", "")
            return outcome, printable(found.get("message") or found.text or kind)
    if element.get("status", "").lower() in _NOT_RUN or element.get("result", "").lower() in _NOT_RUN:
        return "skipped", "not run"
    return "passed", ""
