"""soak: in force in the environment before, with all the traffic, for at least this time."""

from dataclasses import replace
from typing import Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Verdict
from modelpromote.core.quantities import DurationField, span


class Settings(GateSettings):
    """`for`: how long at least."""

    gate: Literal["soak"]
    for_: DurationField = Field(
        alias="for", description="How long at least in force in the environment before.", examples=["24h"]
    )


def judge(settings: Settings, case: Case) -> Verdict:
    """Counted from when the commit that gave the variant all traffic landed there."""
    limit = f"at least {settings.for_}"
    if case.before is None:
        return Verdict("soak", Outcome.PASS, "first environment", limit)
    if case.traffic_since is None:  # the order of environments refuses it already, and says the way
        return Verdict("soak", Outcome.FAIL, f"not in force in {case.before}", limit)
    soaked = case.now - case.traffic_since
    figure = f"{span(soaked)} in {case.before}"
    verdict = Verdict(
        "soak",
        Outcome.PASS,
        figure,
        limit,
        value=soaked.total_seconds(),
        bound=float(settings.for_.seconds),
        unit="s",
    )
    if soaked >= settings.for_.delta:
        return verdict
    left = span(settings.for_.delta - soaked)
    detail = (
        f"{case.candidate.variant.name} soaked {span(soaked)} in {case.before}, {settings.for_} is asked: {left} to go"
    )
    found = Diagnostic(rules.SOAK_SHORT, case.candidate.location, detail, f"wait {left}, then promote again")
    return replace(verdict, outcome=Outcome.FAIL, findings=(found,))
