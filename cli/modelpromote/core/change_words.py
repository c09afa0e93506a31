"""A change in words: what it puts in force, moves, adds or removes. Pure."""

from modelpromote.core.change import Change, Kind
from modelpromote.core.change_kinds import Facts
from modelpromote.core.change_rooms import RoomKind
from modelpromote.core.change_steps import stepped

_MOST = 3


def subject(change: Change, facts: Facts) -> str:
    """`promotion of llama/v1.3-int4-g64 to test`; what needs no more words is its kind alone."""
    match change.kind:
        case Kind.PROMOTION:
            return f"promotion {_listed(_promotions(facts))}".rstrip()
        case Kind.ROLLBACK:
            return f"rollback {_listed(_rollbacks(facts))}"
        case Kind.STEP:
            return f"step {_listed(_steps(change, facts))}"
        case Kind.MIXED:
            kinds = {kind for kind in change.kinds.values() if kind is not Kind.OTHER}
            return f"mixed ({', '.join(kind for kind in Kind if kind in kinds)})"
        case Kind.ENVIRONMENT:
            return f"environment {_listed(_environments(change))}".rstrip()
        case Kind.VARIANT | Kind.EVIDENCE | Kind.CARD | Kind.RETIRE:
            between = " " if change.kind is Kind.VARIANT else " of "
            return f"{change.kind}{between}{_listed(_owners(change, facts))}"
    return str(change.kind)


def _promotions(facts: Facts) -> list[str]:
    return [
        f"of {key.model}/{one.after.variant or 'none'} to {key.environment}"
        for key, one in sorted(facts.decisions.items())
        if one.after is not None
    ]


def _rollbacks(facts: Facts) -> list[str]:
    return [
        f"of {key.model} in {key.environment} from {one.before.variant or 'none'} back to {one.after.variant or 'none'}"
        for key, one in sorted(facts.decisions.items())
        if one.before is not None and one.after is not None
    ]


def _steps(change: Change, facts: Facts) -> list[str]:
    found: list[str] = []
    for file in stepped(change, facts):
        slot, room = facts.slots[file.path], file.room
        steps = f"from {slot.before or 'unreadable'} to {slot.after or 'unreadable'}"
        found.append(f"of {room.model}/{room.variant} in {room.environment} {steps}")
    return found


def _environments(change: Change) -> list[str]:
    """The environments whose manifest differs; where none does, those whose files are rendered anew."""
    manifests = {file.room.environment for file in change.touched if file.room.kind is RoomKind.SETTINGS}
    rest = {file.room.environment for file in change.touched if file.kinds and file.room.environment}
    return sorted(manifests or rest)


def _owners(change: Change, facts: Facts) -> list[str]:
    """The variants that it is about: those whose manifest differs, or whose evidence does, where one does.

    Evidence of a baseline changes the cards of others, which are not what the change is about.
    """
    named = {file.room.owner for file in change.touched if file.room.variant}
    measured = {file.room.owner for file in change.touched if file.room.kind is RoomKind.EVIDENCE}
    manifests = set(facts.variants) or measured
    return ["/".join(owner) for owner in sorted(named & manifests or named)]


def _listed(names: list[str]) -> str:
    """At most three names, and how many more."""
    rest = len(names) - _MOST
    return ", ".join([*names[:_MOST], *([f"{rest} more"] if rest > 0 else [])])
