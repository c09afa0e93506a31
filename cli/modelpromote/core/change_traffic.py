"""Who gets how much of the traffic before and after a change, and what no promotion or step may do to it. Pure.

A workload that came just now gets none, and one that had some is not taken away; a revert may do both.
"""

from collections.abc import Mapping

from modelpromote.core import rules
from modelpromote.core.cluster import Objects
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release
from modelpromote.core.routes import splits, workloads

# percent of the traffic by workload; one that runs without traffic has 0
Traffic = Mapping[str, int]


def of_decision(release: Release, step: Step | None) -> Traffic:
    """What a decision gives to whom at a step, by variant."""
    if release.variant is None:
        return {}
    if release.slot == 0 or step is None or step is Step.DONE or release.previous is None:
        return {str(release.variant): 100}
    return {str(release.previous): 100 - step.weight, str(release.variant): step.weight}


def of_build(objects: Objects) -> Traffic:
    """What a built release gives to whom, by the name of the workload."""
    behind = workloads(objects.values())
    found = dict.fromkeys(behind.values(), 0)
    for route in splits(objects.values()):
        for backend in (backend for split in route for backend in split):
            if backend.service in behind:
                found[behind[backend.service]] += backend.weight
    return found


def violations(path: str, before: Traffic, after: Traffic) -> list[Diagnostic]:
    """What a promotion or step does that only a revert may do."""
    place = Location(path)
    new = [(name, weight) for name, weight in after.items() if weight > 0 and name not in before]
    gone = [(name, weight) for name, weight in before.items() if weight > 0 and name not in after]
    return [
        *(
            Diagnostic(rules.TRAFFIC_AT_ONCE, place, f"{name} is new and gets {weight}% at once")
            for name, weight in new
        ),
        *(Diagnostic(rules.TRAFFIC_TAKEN, place, f"{name} has {weight}% and is taken away") for name, weight in gone),
    ]
