"""system-tests: every test of every required category ran and passed."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.evidence import Run, SystemTests, TestCase
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Verdict

GATE = "system-tests"
MAX_FINDINGS = 100
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,60}$")]


class Settings(GateSettings):
    """The categories that must be there, and how many tests each has at least."""

    gate: Literal["system-tests"]
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=50)] = Field(
        description="Each must have tests, and all of them must have passed.",
        examples=[["system-prompts", "agent-workflows", "edge-cases", "output-formats"]],
    )
    minimum: Annotated[int, Field(ge=1, le=100_000)] = Field(default=1, description="Tests of a category, at least.")


Tests = list[tuple[Run, TestCase]]


def judge(settings: Settings, case: Case) -> Verdict:
    """The newest run of each suite and category decides; two outcomes of one test are none."""
    limit = f"all of {', '.join(settings.categories)}"
    if settings.minimum > 1:
        limit += f", at least {settings.minimum} each"
    runs = case.candidate.of_kind("junit")
    if not runs:
        return _missing(case, limit)
    deciding = deciding_tests(runs)
    counted = [(run, test) for run, test in deciding if test.category in settings.categories]
    passed = sum(test.outcome == "passed" for _, test in counted)
    findings = (*_absent(settings, case, counted), *_unpassed(settings, runs, deciding))
    used = {run.path: run.digest for run, _ in deciding}
    return Verdict(
        GATE,
        Outcome.FAIL if findings else Outcome.PASS,
        f"{passed} of {len(counted)} passed in {len({test.category for _, test in counted})} categories",
        limit,
        value=float(passed),
        bound=float(len(counted)),
        unit="tests",
        samples=len(counted),
        findings=findings,
        evidence=tuple(sorted(set(used.values()))),
        others=tuple(run.path for run in runs if run.path not in used),
    )


def deciding_tests(runs: tuple[Run, ...]) -> Tests:
    """The tests of the newest run of each suite and category; `runs` are the newest first."""
    newest: dict[tuple[str, str], Run] = {}
    found: Tests = []
    for run, test in _tests(runs):
        if newest.setdefault((test.suite, test.category), run) is run:
            found.append((run, test))
    return found


def _tests(runs: tuple[Run, ...]) -> Iterator[tuple[Run, TestCase]]:
    for run in runs:
        if isinstance(run.content, SystemTests):
            yield from ((run, test) for test in run.content.cases)


def _absent(settings: Settings, case: Case, counted: Tests) -> Iterator[Diagnostic]:
    for category in settings.categories:
        count = sum(test.category == category for _, test in counted)
        if count < settings.minimum:
            detail = f"{category} has {count} tests, at least {settings.minimum} are asked"
            yield Diagnostic(rules.CATEGORY_MISSING, case.candidate.location, detail)


def _unpassed(settings: Settings, runs: tuple[Run, ...], deciding: Tests) -> tuple[Diagnostic, ...]:
    """The tests that did not pass, of the required categories and of none; of very many the first."""
    judged, outcomes = {*settings.categories, ""}, outcomes_of(runs)
    found: dict[tuple[str, str], Diagnostic] = {}
    for run, test in deciding:
        of_test = outcomes[test.suite, test.id]
        if test.category in judged and of_test.keys() != {"passed"}:
            found.setdefault((test.suite, test.id), _finding(run, test, of_test))
    counted = {(test.suite, test.id) for _, test in deciding}
    for run, test in _tests(runs):  # what failed once does not go away by not being run again
        if (test.suite, test.id) not in counted and test.category in judged and test.outcome != "passed":
            detail = f"{test.id} ({test.category or 'no category'}) {test.outcome}, and was not run since"
            found.setdefault((test.suite, test.id), Diagnostic(rules.TEST_NOT_PASSED, run.location, detail))
    shown = tuple(islice(found.values(), MAX_FINDINGS))
    if len(found) == len(shown):
        return shown
    more = f"and {len(found) - len(shown)} more tests that did not pass"
    return (*shown, Diagnostic(rules.TEST_NOT_PASSED, runs[0].location, more))


def outcomes_of(runs: tuple[Run, ...]) -> dict[tuple[str, str], dict[str, Run]]:
    """By suite and test: each outcome, and the newest run that has it."""
    found: dict[tuple[str, str], dict[str, Run]] = {}
    for run, test in _tests(runs):
        found.setdefault((test.suite, test.id), {}).setdefault(test.outcome, run)
    return found


def _finding(run: Run, test: TestCase, outcomes: dict[str, Run]) -> Diagnostic:
    name = f"{test.id} ({test.category or 'no category, so it may belong to a required one'})"
    if len(outcomes) > 1:
        seen = ", ".join(f"{outcome} in {where.path}" for outcome, where in outcomes.items())
        return Diagnostic(rules.TEST_FLAKY, run.location, f"{name}: {seen}")
    reason = f": {test.message}" if test.message else ""
    rule = rules.TEST_FLAKY if test.outcome == "flaky" else rules.TEST_NOT_PASSED
    return Diagnostic(rule, run.location, f"{name} {test.outcome}{reason}")


def _missing(case: Case, limit: str) -> Verdict:
    detail = f"{case.candidate.variant.name} has no usable JUnit run"
    missing = Diagnostic(rules.NO_SYSTEM_TESTS, case.candidate.location, detail)
    findings = (missing, *case.candidate.problems("junit"))
    return Verdict(GATE, Outcome.INCONCLUSIVE, "no tests", limit, findings=findings)
