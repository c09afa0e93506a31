"""Who gets how much of the traffic before and after a change, and what no promotion or step may do to it. Pure.

A workload that came just now gets none, and one that had some is not taken away; a revert may do both.
"""

from collections.abc import Iterator, Mapping

from modelpromote.core import rules
from modelpromote.core.cluster import Objects
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.ladder import Step
from modelpromote.core.release import Release

_ROUTE = ("gateway.networking.k8s.io", "HTTPRoute")
_WORKLOAD = ("serving.kserve.io", "InferenceService")

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
    """What a built release gives to whom, by the name of the InferenceService."""
    found = {identity.name: 0 for identity in objects if (identity.group, identity.kind) == _WORKLOAD}
    for name, weight in _backends(objects):
        if name in found:
            found[name] += weight
    return found


def _backends(objects: Objects) -> Iterator[tuple[str, int]]:
    for identity, built in objects.items():
        if (identity.group, identity.kind) == _ROUTE:
            for rule in built["spec"]["rules"]:
                for backend in rule.get("backendRefs") or ():
                    yield str(backend["name"]).removesuffix("-predictor"), int(backend.get("weight", 1))


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
