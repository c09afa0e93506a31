"""The history of releases, read from a commit's first-parent log."""

import re
from collections.abc import Iterable, Sequence

from modelpromote.adapters.git import GitRepository
from modelpromote.core.history import Change, Decided, Stepped, Timeline, timeline
from modelpromote.core.names import NameFault, VariantName
from modelpromote.core.release import ReleaseKey
from modelpromote.workflows.load import parse_release, parse_step

_RELEASE = re.compile(r"environments/([^/]+)/([^/]+)/release\.yaml")
_VARIANT = re.compile(rb'^(?:variant|previous): *"?([^"\s]+)"?', re.MULTILINE)
_SLOT = re.compile(r"environments/([^/]+)/([^/]+)/([^/]+)/canary/([1-9][0-9]{0,5})/kustomization\.yaml")


def changes(repository: GitRepository, commit: str, keys: Sequence[ReleaseKey] | None = None) -> tuple[Change, ...]:
    """What happened to the decisions of these releases (None: of all) and to the slots that they name, oldest first."""
    folders = [key.folder for key in keys] if keys is not None else ["environments/*/*"]
    paths = [f"{folder}/release.yaml" for folder in folders] + [
        f"{folder}/*/canary/*/kustomization.yaml" for folder in folders
    ]
    past = repository.log(commit, paths)
    decisions = {logged: repository.change(logged) for logged in past if _RELEASE.fullmatch(logged.path)}
    climbing = {(change.path.rpartition("/")[0], name) for change in decisions.values() for name in _named(change)}
    return tuple(
        decisions.get(logged) or repository.change(logged)
        for logged in past
        if logged in decisions or _of_slot(logged.path) in climbing
    )


def _named(change: Change) -> list[str]:
    """The variants that a decision's text names; the slots of no others tell of a release."""
    return [name.decode(errors="replace") for name in _VARIANT.findall(change.content or b"")]


def _of_slot(path: str) -> tuple[str, str]:
    """The release's folder and the variant that a slot belongs to."""
    folder, variant, *_ = path.rsplit("/", 4)
    return folder, variant


def by_model(events: Iterable[Change]) -> dict[str, tuple[Change, ...]]:
    """Changes of decisions and slots by the model that they belong to."""
    found: dict[str, list[Change]] = {}
    for change in events:
        found.setdefault(change.path.split("/")[2], []).append(change)
    return {model: tuple(some) for model, some in found.items()}


def timelines(events: Iterable[Change]) -> dict[ReleaseKey, Timeline]:
    """The history of every release that a list of changes speaks of."""
    decided: dict[ReleaseKey, list[Decided]] = {}
    stepped: dict[ReleaseKey, list[Stepped]] = {}
    for change in events:
        if match := _RELEASE.fullmatch(change.path):
            key = ReleaseKey(*match.groups())
            if change.content is None:  # the model or the environment was taken away: what comes back starts anew
                decided.pop(key, None)
                continue
            release = parse_release(change.path, change.content)
            if release is not None:
                decided.setdefault(key, []).append(Decided(change.landing, release))
        elif change.content is None:
            continue
        elif match := _SLOT.fullmatch(change.path):
            environment, model, name, number = match.groups()
            step = parse_step(change.content)
            try:
                variant = VariantName.parse(name)
            except NameFault:
                continue
            if step is not None:
                slot = Stepped(change.landing, variant, int(number), step)
                stepped.setdefault(ReleaseKey(environment, model), []).append(slot)
    return {key: timeline(key, decided.get(key, ()), stepped.get(key, ())) for key in {*decided, *stepped}}


def timeline_of(known: dict[ReleaseKey, Timeline], key: ReleaseKey) -> Timeline:
    """One of them; empty where nothing was decided yet."""
    return known.get(key) or timeline(key, ())
