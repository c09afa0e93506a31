from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_evidence import SHARED, kept, needs_shared

from modelpromote.core.evidence import Reading, SystemTests, TestCase
from modelpromote.evidence.junit import MAX_BYTES, is_junit, read

PATH = "models/m/v/evidence/junit-1"
XML = b'<?xml version="1.0"?>'


def reading(data: bytes) -> Reading:
    return read(PATH, {"junit.xml": data})


def cases(data: bytes) -> tuple[TestCase, ...]:
    content = reading(data).content
    assert isinstance(content, SystemTests)
    return content.cases


def outcome(inside: str, attributes: str = "") -> str:
    [case] = cases(f'<testsuite><testcase name="n" {attributes}>{inside}</testcase></testsuite>'.encode())
    return case.outcome


def test_a_run_of_pytest() -> None:
    read_ = reading(kept("v1.3-int4-g64", "junit")["junit.xml"])
    assert (read_.tool, read_.version, read_.problems) == ("pytest", "", ())
    assert read_.claims == {"e5af124c70b0d7b57c63c549adbc1c86b73a624da7122b2c12e64906a0d6d70b"}
    assert read_.finished == datetime(2026, 11, 24, 3, 14, 5, 321396, UTC)
    assert isinstance(read_.content, SystemTests)
    assert len(read_.content.cases) == 56
    assert read_.content.cases[0] == TestCase(
        "pytest",
        "make.system_tests.test_agent_workflows::test_calls_the_weather_tool[Wenhaven]",
        "agent-workflows",
        "passed",
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", "passed"),
        ("<system-out>x</system-out>", "passed"),
        ("<failure/>", "failed"),
        ("<error/>", "errored"),
        ("<skipped/>", "skipped"),
        ('<skipped type="pytest.xfail"/>', "skipped"),
        ("<disabled/>", "skipped"),
        ("<flakyFailure/>", "flaky"),
        ("<flakyError/>", "flaky"),
        ("<rerunFailure/>", "flaky"),
        ("<failure/><rerunFailure/>", "failed"),
        ("<failure/><error/>", "errored"),
    ],
)
def test_outcomes(inside: str, expected: str) -> None:
    assert outcome(inside) == expected


@pytest.mark.parametrize("attributes", ['status="notrun"', 'status="disabled"', 'result="suppressed"'])
def test_a_test_that_was_not_run_is_skipped(attributes: str) -> None:
    assert outcome("", attributes) == "skipped"


def test_elements_are_counted_and_not_attributes() -> None:
    suite = b'<testsuite tests="9" failures="0"><testcase name="a"><failure/></testcase></testsuite>'
    data = b'<testsuites tests="9" failures="0">' + suite + b"</testsuites>"
    assert [case.outcome for case in cases(data)] == ["failed"]


def test_suites_within_suites_are_named_after_both() -> None:
    data = b'<testsuite name="a"><testsuite name="b"><testcase name="t"/></testsuite><testcase name="t"/></testsuite>'
    assert [(case.suite, case.id) for case in cases(data)] == [("a", "t"), ("a/b", "t")]


@pytest.mark.parametrize("second", ["", "<failure/>"])
def test_a_test_reported_twice_is_flaky(second: str) -> None:
    [case] = cases(f'<testsuite><testcase name="t"/><testcase name="t">{second}</testcase></testsuite>'.encode())
    assert case.outcome == "flaky"
    assert case.message.startswith("reported 2 times in one run: passed, ")


def test_a_category_that_is_stated_in_two_ways_is_none() -> None:
    properties = "".join(f'<property name="category" value="{value}"/>' for value in "ab")
    data = f'<testsuite><testcase name="t"><properties>{properties}</properties></testcase></testsuite>'
    assert cases(data.encode())[0].category == ""


def test_every_artifact_that_is_named_is_a_claim() -> None:
    data = (
        b'<testsuites><properties><property name="artifact_sha256" value="sha256:AA"/></properties><testsuite>'
        b'<properties><property name="artifact_sha256">bb</property></properties><testcase name="t"><properties>'
        b'<property name="artifact_sha256" value="cc"/></properties></testcase></testsuite></testsuites>'
    )
    assert reading(data).claims == {"aa", "bb", "cc"}


@pytest.mark.parametrize(
    ("timestamp", "time", "expected"),
    [
        ("2026-11-24T03:00:00", "60", datetime(2026, 11, 24, 3, 1, tzinfo=UTC)),
        ("2026-11-24T03:00:00Z", "0.0", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T04:00:00+01:00", "", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T03:00:00Z", "1,234.5", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T03:00:00Z", "nan", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", "1e10", None),
        ("yesterday", "1", None),
    ],
)
def test_when_it_ended(timestamp: str, time: str, expected: datetime | None) -> None:
    data = f'<testsuite timestamp="{timestamp}" time="{time}"><testcase name="t"/></testsuite>'
    assert reading(data.encode()).finished == expected


def test_the_latest_suite_ends_the_run() -> None:
    suites = "".join(f'<testsuite timestamp="2026-11-24T0{hour}:00:00" time="1"/>' for hour in (2, 3, 1))
    assert reading(f"<testsuites>{suites}</testsuites>".encode()).finished == datetime(
        2026, 11, 24, 3, 0, 1, tzinfo=UTC
    )


def test_messages_and_names_are_made_fit_to_be_shown() -> None:
    failure = '<failure message="&#10;first\u009b[31m&#10;second"/>'
    data = f'<testsuite><testcase name="a\u202eb">{failure}</testcase></testsuite>'
    [case] = cases(data.encode())
    assert case.message == "first?[31m"
    assert case.id.startswith("a?b #")


def test_no_test_at_all_is_not_complete() -> None:
    read_ = reading(b'<testsuites><testsuite name="pytest" tests="0"/></testsuites>')
    assert read_.content == SystemTests(())
    assert [(found.code, found.detail) for found in read_.problems] == [("MP206", "no test was run")]


BOMB = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>'


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"", ":1:1", "no element found"),
        (b"<testsuite>\n  <testcase></testsuite>", ":2:15", "mismatched tag"),
        (XML + BOMB, "", "DTDForbidden"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/hostname"><testsuite/>', "", "DTDForbidden"),
        (b"<html/>", "", "the root element is 'html', expected testsuites or testsuite"),
        (b'<?xml version="1.0" encoding="no-such"?><testsuite/>', "", "encoding"),
        (b"<testsuite>" * 40 + b"</testsuite>" * 40, "", "suites nested more than 32 deep"),
        (b"<testsuite>" + b" " * MAX_BYTES + b"</testsuite>", "", f"at most {MAX_BYTES} are read"),
        (b"<testsuite>\x00</testsuite>", ":1:12", "not well-formed"),
    ],
)
def test_what_is_not_read(data: bytes, place: str, message: str) -> None:
    read_ = reading(data)
    [problem] = read_.problems
    assert (read_.content, problem.code) == (None, "MP205")
    assert str(problem.location) == f"{PATH}/junit.xml{place}"
    assert message in problem.detail


def test_one_file_is_one_run() -> None:
    assert [found.detail for found in read(PATH, {}).problems] == ["0 files, expected one XML file"]


@settings(deadline=None)
@given(st.binary(max_size=60) | st.binary(max_size=30).map(lambda inner: b"<testsuite>" + inner + b"</testsuite>"))
def test_nothing_makes_it_raise(data: bytes) -> None:
    read_ = reading(data)
    assert read_.content is not None or read_.problems


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<testsuites>", True),
        (b'<?xml version="1.0" encoding="utf-8"?>\n<testsuite name="x">', True),
        (b"\xef\xbb\xbf<!-- made by x --><testsuites >", True),
        (b"<testsuitesque>", False),
        (b"<html><testsuite>", False),
        (b'{"testsuites": 1}', False),
    ],
)
def test_what_looks_like_junit(head: bytes, expected: bool) -> None:
    assert is_junit(head) is expected


@needs_shared
@pytest.mark.parametrize(
    ("file", "outcomes"),
    [
        ("xunit1_mixed", {"passed": 4, "failed": 3, "errored": 1, "skipped": 2, "flaky": 1}),
        ("xunit2_mixed", {"passed": 4, "failed": 3, "errored": 1, "skipped": 2, "flaky": 1}),
        ("all_skipped", {"skipped": 1}),
        ("collection_error", {"errored": 1}),
        ("zero_tests", {}),
    ],
)
def test_real_files_of_pytest(file: str, outcomes: dict[str, int]) -> None:
    data = (SHARED / "real" / "system" / f"pytest_{file}.xml").read_bytes()
    found = [case.outcome for case in cases(data)]
    assert {name: found.count(name) for name in set(found)} == outcomes
    assert reading(data).tool == "pytest"
