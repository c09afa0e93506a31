"""JUnit XML: system tests, one by one. Counts elements, never the totals that the file states.

The dialects of pytest (xunit1 and xunit2), Maven Surefire (flaky and rerun elements) and googletest
(`disabled`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, ParseError  # types only; parsing is defusedxml's

from defusedxml.ElementTree import fromstring

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import Reading, SystemTests
from modelpromote.evidence.junit_cases import case_of, merged, properties
from modelpromote.evidence.plain_text import artifact_claim, identifier, printable

MAX_BYTES = 16 * 2**20
MAX_SUITE_DEPTH = 32
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<testsuites?[\s/>]", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class _Suite:
    name: str
    element: Element


class _NotJUnit(ValueError):
    pass


def is_junit(head: bytes) -> bool:
    """Whether a file that begins with these bytes is JUnit XML."""
    return _HEAD.match(head) is not None


def read(path: str, files: Mapping[str, bytes]) -> Reading:
    """The run in the folder `path`, from its one XML file."""
    if len(files) != 1:
        return _unreadable(Location(path), f"{len(files)} files, expected one XML file")
    [(name, data)] = files.items()
    location = Location(f"{path}/{name}")
    try:
        root = _parsed(data)
        suites = list(_suites(root))
    except ParseError as fault:
        line, column = fault.position
        return _unreadable(Location(location.path, line, column + 1), printable(str(fault)))
    except (ValueError, LookupError) as fault:
        return _unreadable(location, printable(str(fault)))
    return _reading(location, root, suites)


def _parsed(data: bytes) -> Element:
    if len(data) > MAX_BYTES:
        raise _NotJUnit(f"{len(data)} bytes, at most {MAX_BYTES} are read")
    root: Element = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    if root.tag not in {"testsuites", "testsuite"}:
        raise _NotJUnit(f"the root element is {printable(str(root.tag), 60)!r}, expected testsuites or testsuite")
    return root


def _suites(root: Element) -> Iterator[_Suite]:
    """Every suite, the outer before the inner; an inner one is named after its outer ones too."""
    waiting: list[tuple[str, Element, int]] = [("", root, 0)]
    while waiting:
        outer, element, depth = waiting.pop()
        if depth > MAX_SUITE_DEPTH:
            raise _NotJUnit(f"suites nested more than {MAX_SUITE_DEPTH} deep")
        own = element.get("name", "") if element.tag == "testsuite" else ""
        name = "/".join(part for part in (outer, own) if part)
        yield _Suite(identifier(name), element)
        waiting += [(name, inner, depth + 1) for inner in reversed(element.findall("testsuite"))]


def _reading(location: Location, root: Element, suites: list[_Suite]) -> Reading:
    found = [case_of(suite.name, case) for suite in suites for case in suite.element.findall("testcase")]
    cases = merged(found)
    claims = {artifact_claim(value) for name, value in properties(root) if name == "artifact_sha256"}
    problems: list[Diagnostic] = []
    if not cases:
        problems.append(Diagnostic(rules.INCOMPLETE_EVIDENCE, location, "no test was run"))
    return Reading(SystemTests(cases), _tool(root, suites), "", _finished(suites), frozenset(claims), tuple(problems))


def _tool(root: Element, suites: list[_Suite]) -> str:
    """`pytest tests` is what pytest names its root, whatever the suite is called."""
    names = [suite.name for suite in suites if suite.name]
    if root.get("name") == "pytest tests" or "pytest" in names:
        return "pytest"
    return names[0] if names else "junit"


def _finished(suites: list[_Suite]) -> datetime | None:
    return max((end for suite in suites if (end := _end(suite.element)) is not None), default=None)


def _end(suite: Element) -> datetime | None:
    """The suite's start and its duration in seconds; a start without a zone is UTC."""
    try:
        start = datetime.fromisoformat(suite.get("timestamp", ""))
        started = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
        return started + _duration(suite.get("time", ""))
    except (ValueError, OverflowError):
        return None


def _duration(seconds: str) -> timedelta:
    try:
        return timedelta(seconds=max(0.0, float(seconds)))
    except (ValueError, OverflowError):
        return timedelta()


def _unreadable(location: Location, detail: str) -> Reading:
    return Reading(None, problems=(Diagnostic(rules.UNREADABLE_EVIDENCE, location, detail),))
