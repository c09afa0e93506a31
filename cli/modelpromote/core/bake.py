"""Bake time: how long a step must have lasted before the next one. Pure."""

from datetime import datetime

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.history import Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.quantities import span
from modelpromote.core.release import Release


def too_early(
    environment: Environment, history: Timeline, release: Release, step: Step, now: datetime
) -> list[Diagnostic]:
    """What is wrong with leaving a step upwards now; nothing where its bake time has passed, or none is set."""
    if environment.ladder is None:
        return []
    asked, baked = environment.ladder.bake_time(step), now - history.step_since(release)
    if baked >= asked.delta:
        return []
    place = Location(f"environments/{environment.name}/environment.yaml")
    left = span(asked.delta - baked)
    detail = f"{release.variant} is at {step} for {span(baked)}, {asked} is asked: {left} to go"
    return [Diagnostic(rules.BAKE_SHORT, place, detail)]
