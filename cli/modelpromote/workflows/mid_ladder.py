"""What an environment may not change while a variant climbs in it: its route, its ladder, its target."""

from collections.abc import Mapping

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.tree import Tree
from modelpromote.targets.rooms import State
from modelpromote.workflows.load import load_environment


def changed_mid_ladder(committed: Tree, state: State) -> list[Diagnostic]:
    """Environments that differ from the committed ones where a release there is between `staged` and `100`."""
    found: list[Diagnostic] = []
    for name, climbing in _climbing(state).items():
        before = load_environment(committed, name).value
        if before is None:
            continue
        for what in _differences(before, state.environments[name]):
            place = Location(f"environments/{name}/environment.yaml")
            detail = f"{what} changes while {', '.join(climbing)} is mid-ladder in {name}"
            found.append(Diagnostic(rules.CHANGED_MID_LADDER, place, detail))
    return found


def _climbing(state: State) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, release in state.releases.items():
        slots = state.overlays.get((key, release.variant), ()) if release.variant else ()
        step = slots[release.slot - 1] if 0 < release.slot <= len(slots) else None
        if step is not None and step is not Step.DONE:
            found.setdefault(key.environment, []).append(f"{key.model}/{release.variant} ({step})")
    return found


def _differences(before: Environment, after: Environment) -> list[str]:
    parts = {
        "target": before.target != after.target,
        "ladder": (before.ladder is None) != (after.ladder is None),
        "route": (before.route is None, before.route_kind) != (after.route is None, after.route_kind),
    }
    return [name for name, differs in parts.items() if differs]
