from collections.abc import Callable

import pytest
from builders import INT2, INT4, NEGATIVE, SHARED, case, codes, digest_of, genuine, kept, needs_shared, run, subject
from pydantic import ValidationError

from modelpromote.core.gates.gate import Outcome, Verdict
from modelpromote.core.gates.system_tests import Settings, judge

CATEGORIES = ("system-prompts", "agent-workflows", "edge-cases", "output-formats")
ALL = Settings(gate="system-tests", categories=CATEGORIES)
FORMATS = Settings(gate="system-tests", categories=("formats",))


def judged(*files: bytes, name: str = INT4, settings: Settings = ALL) -> Verdict:
    """The verdict on JUnit files, the oldest first."""
    runs = [run("junit", {"junit.xml": data}, digest_of(name), hour) for hour, data in enumerate(files)]
    return judge(settings, case(subject(name, *runs)))


def junit(*cases: str, suite: str = "s") -> bytes:
    return f'<testsuite name="{suite}" timestamp="2026-11-24T00:00:00">{"".join(cases)}</testsuite>'.encode()


def a_test(name: str, inside: str = "", category: str = "formats") -> str:
    own = f'<properties><property name="category" value="{category}"/></properties>' if category else ""
    return f'<testcase classname="c" name="{name}">{own}{inside}</testcase>'


def test_all_passed() -> None:
    verdict = judge(ALL, case(genuine(INT4)))
    assert (verdict.outcome, verdict.figure) == (Outcome.PASS, "56 of 56 passed in 4 categories")
    assert verdict.limit == "all of system-prompts, agent-workflows, edge-cases, output-formats"


def test_two_bits_break_a_test() -> None:
    verdict = judge(ALL, case(genuine(INT2)))
    assert (verdict.outcome, verdict.figure) == (Outcome.FAIL, "55 of 56 passed in 4 categories")
    assert codes(verdict.findings) == ["MP332"]
    assert "(output-formats) failed: AssertionError: assert" in verdict.findings[0].detail


@pytest.mark.parametrize(
    ("inside", "code", "word"),
    [
        ('<failure message="m"/>', "MP332", "failed: m"),
        ('<error message="m"/>', "MP332", "errored: m"),
        ('<skipped message="m"/>', "MP332", "skipped: m"),
        ('<skipped type="pytest.xfail" message="m"/>', "MP332", "skipped: m"),
        ('<flakyFailure message="m"/>', "MP333", "flaky: m"),
    ],
)
def test_what_did_not_pass(inside: str, code: str, word: str) -> None:
    verdict = judged(junit(a_test("good"), a_test("bad", inside)), settings=FORMATS)
    assert verdict.outcome is Outcome.FAIL
    assert [(found.code, found.detail) for found in verdict.findings] == [(code, f"c::bad (formats) {word}")]


def test_a_test_without_category_may_belong_to_a_required_one() -> None:
    verdict = judged(junit(a_test("good"), a_test("bad", "<failure/>", "")), settings=FORMATS)
    assert [found.detail for found in verdict.findings] == [
        "c::bad (no category, so it may belong to a required one) failed"
    ]


def test_a_category_that_is_not_required_is_not_judged() -> None:
    assert judged(junit(a_test("good"), a_test("bad", "<failure/>", "other")), settings=FORMATS).passes


def test_a_minimum_is_held() -> None:
    three = Settings(gate="system-tests", categories=("formats",), minimum=3)
    verdict = judged(junit(a_test("one"), a_test("two")), settings=three)
    assert (verdict.outcome, verdict.limit) == (Outcome.FAIL, "all of formats, at least 3 each")
    assert [found.detail for found in verdict.findings] == ["formats has 2 tests, at least 3 are asked"]


def test_two_outcomes_in_two_runs_are_flaky() -> None:
    bad = junit(a_test("one", "<failure/>"))
    verdict = judged(bad, junit(a_test("one")), settings=FORMATS)
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.FAIL, ["MP333"])
    assert "passed in" in verdict.findings[0].detail
    assert "failed in" in verdict.findings[0].detail


def test_the_same_test_in_another_suite_is_another_test() -> None:
    other = junit(a_test("one", "<failure/>", "other"), suite="nightly")
    assert judged(other, junit(a_test("one")), settings=FORMATS).passes


def test_the_newest_run_of_a_category_decides() -> None:
    older, newer = junit(a_test("gone")), junit(a_test("one"))
    verdict = judged(older, newer, settings=FORMATS)
    assert verdict.passes
    assert len(verdict.evidence) == 1
    assert len(verdict.others) == 1


def test_a_failure_does_not_go_away_by_not_being_run_again() -> None:
    failed, without = junit(a_test("one"), a_test("gone", "<failure/>")), junit(a_test("one"), a_test("two"))
    verdict = judged(failed, without, settings=FORMATS)
    assert not verdict.passes
    assert [found.detail for found in verdict.findings] == ["c::gone (formats) failed, and was not run since"]
    other = junit(a_test("gone", "<failure/>", category="elsewhere"))
    assert judged(other, without, settings=FORMATS).passes


def test_runs_of_different_categories_complete_each_other() -> None:
    both = Settings(gate="system-tests", categories=("formats", "edges"))
    verdict = judged(junit(a_test("one")), junit(a_test("two", category="edges")), settings=both)
    assert verdict.passes
    assert len(verdict.evidence) == 2


def test_very_many_findings_are_cut() -> None:
    verdict = judged(junit(*(a_test(f"t{n}", "<failure/>") for n in range(150))), settings=FORMATS)
    assert len(verdict.findings) == 101
    assert verdict.findings[-1].detail == "and 50 more tests that did not pass"


def test_no_run_is_inconclusive() -> None:
    verdict = judge(ALL, case(subject(INT4)))
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP334"])


def test_a_run_without_a_test_is_no_run() -> None:
    verdict = judged(b'<testsuites><testsuite name="pytest" tests="0"/></testsuites>')
    assert (verdict.outcome, codes(verdict.findings)) == (Outcome.INCONCLUSIVE, ["MP334", "MP206"])


def test_an_edited_digest_is_no_run() -> None:
    edited = kept(INT4, "junit")["junit.xml"].replace(digest_of(INT4)[7:].encode(), b"0" * 64)
    assert codes(judged(edited).findings) == ["MP334", "MP204"]


@needs_shared
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("empty-tests/junit.xml", ["MP334", "MP206"]),
        ("skipped-tests/junit-deselected.xml", ["MP331"]),
        ("skipped-tests/junit-skipped.xml", ["MP331", *["MP332"] * 13]),
        ("older-artifact/junit.xml", ["MP334", "MP204"]),
    ],
)
def test_negative_evidence_is_refused_for_its_reason(file: str, expected: list[str]) -> None:
    verdict = judged((NEGATIVE / file).read_bytes())
    assert not verdict.passes
    assert codes(verdict.findings) == expected


@needs_shared
@pytest.mark.parametrize("dialect", ["xunit1", "xunit2"])
def test_pytests_dialects_are_judged_alike(dialect: str) -> None:
    settings = Settings(gate="system-tests", categories=("system-prompts", "agent-workflows"))
    data = (SHARED / "real" / "system" / f"pytest_{dialect}_mixed.xml").read_bytes()
    verdict = judged(data.replace(b'value="2b393dbb"', f'value="{digest_of(INT4)[7:]}"'.encode()), settings=settings)
    assert verdict.figure == "2 of 3 passed in 2 categories"
    assert sorted(codes(verdict.findings)) == ["MP332"] * 6 + ["MP333"]


@pytest.mark.parametrize("categories", [(), ("Upper",), ("two words",), ("",)])
def test_categories_are_asked_for_by_proper_names(categories: tuple[str, ...]) -> None:
    make: Callable[[], Settings] = lambda: Settings(gate="system-tests", categories=categories)  # noqa: E731
    with pytest.raises(ValidationError):
        make()
