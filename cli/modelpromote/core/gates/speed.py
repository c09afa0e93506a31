"""speed: a load test of the candidate against the baseline's, load by load, on the same hardware and image."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Rule
from modelpromote.core.evidence import Run
from modelpromote.core.gates.gate import Case, Outcome, Subject, Verdict
from modelpromote.core.gates.speed_changes import Change, changes, differences, worst
from modelpromote.core.gates.speed_settings import Settings
from modelpromote.core.speed import LoadPoint, LoadTest

__all__ = ["Settings", "judge"]

GATE = "speed"
KINDS = ("guidellm", "vllm-bench")


@dataclass(frozen=True, slots=True)
class _Measured:
    """The run that decides for one variant, and the others of its kind."""

    run: Run
    test: LoadTest
    others: tuple[Run, ...]


def judge(settings: Settings, case: Case) -> Verdict:
    """Both sides by their newest load test of one kind; every load is judged, the worst one is the figure."""
    verdict = Verdict(GATE, Outcome.INCONCLUSIVE, "no figure", settings.limit)
    candidate = _newest(case.candidate, KINDS)
    if candidate is None:
        return replace(verdict, findings=_missing(case.candidate, "candidate", KINDS))
    verdict = replace(verdict, evidence=(candidate.run.digest,), others=tuple(run.path for run in candidate.others))
    if case.candidate.variant.is_baseline:
        return _of_the_baseline(settings, verdict, candidate)
    if case.baseline is None:
        detail = f"the baseline {case.candidate.variant.baseline} cannot be read, so there is nothing to compare with"
        return replace(verdict, findings=(Diagnostic(rules.NO_SPEED, case.candidate.location, detail),))
    kind = candidate.run.entry.kind
    baseline = _newest(case.baseline, (kind,))
    if baseline is None:
        return replace(verdict, findings=_missing(case.baseline, "baseline", (kind,)))
    verdict = replace(
        verdict,
        evidence=tuple(sorted({candidate.run.digest, baseline.run.digest})),
        others=verdict.others + tuple(run.path for run in baseline.others),
    )
    return _compared(settings, verdict, candidate, baseline)


def _newest(subject: Subject, kinds: tuple[str, ...]) -> _Measured | None:
    runs = [run for kind in kinds for run in subject.of_kind(kind)]
    runs.sort(key=lambda run: (run.entry.finished, run.digest), reverse=True)
    tests = [(run, run.content) for run in runs if isinstance(run.content, LoadTest)]
    return _Measured(*tests[0], tuple(run for run, _ in tests[1:])) if tests else None


def _missing(subject: Subject, role: str, kinds: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    detail = f"{role} {subject.variant.name} has no load test that can be read ({' or '.join(kinds)})"
    broken = [found for kind in kinds for found in subject.problems(kind)]
    return (Diagnostic(rules.NO_SPEED, subject.location, detail), *broken)


def _of_the_baseline(settings: Settings, verdict: Verdict, own: _Measured) -> Verdict:
    unfit = _unfit(settings, own, "baseline")
    most = max(point.output_tokens_per_second for point in own.test.points)
    return replace(
        verdict,
        outcome=Outcome.INCONCLUSIVE if unfit else Outcome.PASS,
        figure=f"{most:.1f} tokens/s at most",
        marks=("is the baseline",),
        samples=_fewest(own),
        findings=unfit,
    )


def _compared(settings: Settings, verdict: Verdict, candidate: _Measured, baseline: _Measured) -> Verdict:
    place, limits = candidate.run.location, settings.tolerance.limits
    unfit = (*_unfit(settings, candidate, "candidate"), *_unfit(settings, baseline, "baseline"))
    apart = tuple(
        Diagnostic(rules.SPEED_APART, place, detail)
        for detail in differences(candidate.run, candidate.test, baseline.run, baseline.test)
    )
    if apart:
        return replace(verdict, figure="not comparable", findings=(*unfit, *apart))
    before = baseline.test.by_load()
    found = tuple(
        change
        for load, point in candidate.test.by_load().items()
        for change in changes(point, before[load], tuple(limits), settings.percentile)
    )
    absent = tuple(
        Diagnostic(rules.SPEED_ABSENT, place, f"{one.load}: {one.label} is not there on both sides")
        for one in found
        if one.ratio is None
    )
    slower = tuple(
        Diagnostic(rules.SPEED_WORSE, place, f"{one.load}: {one.detail}, at most {limits[one.name]} worse is asked")
        for one in found
        if one.is_worse_than(limits[one.name].fraction)
    )
    refused = (*slower, *(one for one in unfit if one.rule is rules.SPEED_ERRORS and one.location == place))
    verdict = replace(verdict, outcome=_outcome((*unfit, *absent), refused), findings=(*unfit, *absent, *slower))
    return _with_figures(settings, verdict, worst(found), candidate, baseline)


def _outcome(doubts: tuple[Diagnostic, ...], refused: tuple[Diagnostic, ...]) -> Outcome:
    """What cannot be believed says nothing, for or against; else what is too slow, or failed itself, fails."""
    if any(one not in refused for one in doubts):
        return Outcome.INCONCLUSIVE
    return Outcome.FAIL if refused else Outcome.PASS


def _with_figures(
    settings: Settings, verdict: Verdict, figures: tuple[Change, ...], candidate: _Measured, baseline: _Measured
) -> Verdict:
    first = figures[0]
    tolerance = settings.tolerance.limits[first.name].fraction
    return replace(
        verdict,
        figure=", ".join(one.short for one in figures),
        value=first.ratio,
        bound=1 - tolerance if first.name == "throughput" else 1 + tolerance,
        unit="x",
        samples=min(_fewest(candidate), _fewest(baseline)),
        marks=_marks(candidate.test, baseline.test),
    )


def _marks(candidate: LoadTest, baseline: LoadTest) -> tuple[str, ...]:
    loads = len(candidate.by_load())
    repeated = len(candidate.points) + len(baseline.points) > 2 * loads
    named = (*(["the worst of each"] if loads > 1 else []), *(["newest of repeated loads"] if repeated else []))
    warned = dict.fromkeys((*candidate.warnings, *baseline.warnings))
    return (*named, *(f"load generator warns: {warning}" for warning in warned))


def _unfit(settings: Settings, measured: _Measured, role: str) -> tuple[Diagnostic, ...]:
    """Why one side cannot be judged by."""
    there, place = measured.test.hardware, measured.run.location
    found: list[Diagnostic] = []
    if settings.hardware is not None and there != settings.hardware:
        detail = f"the {role} was measured on {there or 'hardware that it does not name'}, {settings.hardware} is asked"
        found.append(Diagnostic(rules.SPEED_HARDWARE, place, detail))
    for point in measured.test.by_load().values():
        found += [Diagnostic(rule, place, detail) for rule, detail in _unfit_point(settings, point, role)]
    return tuple(found)


def _unfit_point(settings: Settings, point: LoadPoint, role: str) -> Iterator[tuple[Rule, str]]:
    asked = f"at least {settings.minimum} are asked"
    if point.completed < settings.minimum:
        yield rules.SPEED_FEW, f"{point.load}: {point.completed} requests were answered for the {role}, {asked}"
    if point.error_rate > settings.errors.fraction:
        shown = f"{point.errored} of {point.completed + point.errored} requests failed ({100 * point.error_rate:.1f}%)"
        yield rules.SPEED_ERRORS, f"{point.load}: {shown} for the {role}, at most {settings.errors} are accepted"


def _fewest(measured: _Measured) -> int:
    return min(point.completed for point in measured.test.by_load().values())
