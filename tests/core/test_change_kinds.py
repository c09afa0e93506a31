"""Which kind a change is: by room, by what was done, by what both trees say; and what no change may do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.change import Action, Change, Kind, TouchedFile, classify
from modelpromote.core.change_kinds import DecisionChange, Facts, Fate, SlotChange, touch
from modelpromote.core.change_needs import needs
from modelpromote.core.change_rooms import Room, RoomKind, room_of
from modelpromote.core.change_rules import evidence_files, mixed, several_moves
from modelpromote.core.change_traffic import of_decision, violations
from modelpromote.core.change_words import subject
from modelpromote.core.history import Decided, EventKind, Landing, timeline
from modelpromote.core.ladder import Step
from modelpromote.core.names import VariantName
from modelpromote.core.quantities import Duration
from modelpromote.core.release import Release, ReleaseKey, first_release

V, E = "models/llama/v1.1-int8", "environments/prod/llama"
OWNER, KEY = ("llama", "v1.1-int8"), ReleaseKey("prod", "llama")
SLOT = f"{E}/v1.1-int8/canary/1/kustomization.yaml"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def release(number: int, variant: str = "v1.1-int8", previous: str = "", slot: int = 0) -> Release:
    names = {"variant": VariantName.parse(variant), "previous": VariantName.parse(previous) if previous else None}
    return first_release("prod", "llama").model_copy(update={"number": number, "slot": slot, **names})


def change_of(facts: Facts, **files: Action) -> Change:
    return classify("0" * 40, [touch(path, action, facts) for path, action in files.items()])


# --- rooms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("promote.yaml", Room(RoomKind.POLICY)),
        ("argocd/prod.yaml", Room(RoomKind.ARGOCD)),
        (f"{V}/variant.yaml", Room(RoomKind.MANIFEST, "", *OWNER)),
        (f"{V}/README.md", Room(RoomKind.CARD, "", *OWNER)),
        (f"{V}/notes.md", Room(RoomKind.OF_VARIANT, "", *OWNER)),
        (f"{V}/evidence/junit-1/junit.xml", Room(RoomKind.EVIDENCE, "", *OWNER)),
        (f"{V}/kserve/kustomization.yaml", Room(RoomKind.BASE, "", *OWNER)),
        ("environments/prod/environment.yaml", Room(RoomKind.SETTINGS, "prod")),
        ("environments/prod/notes.md", Room(RoomKind.OF_ENVIRONMENT, "prod")),
        ("environments/prod/extra", Room(RoomKind.OF_ENVIRONMENT, "prod")),
        (f"{E}/release.yaml", Room(RoomKind.DECISION, "prod", "llama")),
        (f"{E}/kustomization.yaml", Room(RoomKind.DECISION, "prod", "llama")),
        (f"{E}/notes.md", Room(RoomKind.OF_MODEL, "prod", "llama")),
        (f"{E}/common/httproute.yaml", Room(RoomKind.OF_MODEL, "prod", "llama")),
        (f"{E}/v1.1-int8/stable/kustomization.yaml", Room(RoomKind.OVERLAY, "prod", *OWNER)),
        (SLOT, Room(RoomKind.SLOT, "prod", *OWNER, 1)),
        (f"{E}/v1.1-int8/canary/1/patch.yaml", Room(RoomKind.OVERLAY, "prod", *OWNER)),
        (f"{E}/v1.1-int8/canary/\u0663/kustomization.yaml", Room(RoomKind.OVERLAY, "prod", *OWNER)),
        ("environments/prod/extra/secret.yaml", Room(RoomKind.OUTSIDE)),
        ("environments/README.md", Room(RoomKind.OUTSIDE)),
        ("models/llama/README.md", Room(RoomKind.OUTSIDE)),
        ("docs/models/llama/v1.1-int8/variant.yaml", Room(RoomKind.OUTSIDE)),
    ],
)
def test_rooms(path: str, room: Room) -> None:
    assert room_of(path) == room


# --- kinds ------------------------------------------------------------------------------------------------

ADDED, CHANGED, REMOVED = Action
DECIDED = {kind: Facts(decisions={KEY: DecisionChange(kind, release(1), release(2))}) for kind in EventKind}
NEW, GONE, EDITED, CARD_ONLY = (Facts(variants={OWNER: fate}, slots={SLOT: SlotChange(None, None)}) for fate in Fate)


def slots(before: Step | None, after: Step | None) -> Facts:
    return Facts(slots={SLOT: SlotChange(before, after)})


@pytest.mark.parametrize(
    ("facts", "path", "action", "kind"),
    [
        (Facts(), "docs/index.md", ADDED, Kind.OTHER),
        (Facts(), "promote.yaml", CHANGED, Kind.ENVIRONMENT),
        (Facts(render_changed=True), "promote.yaml", CHANGED, Kind.RENDER),
        (Facts(), "environments/prod/environment.yaml", CHANGED, Kind.ENVIRONMENT),
        (Facts(), "argocd/prod.yaml", CHANGED, Kind.ENVIRONMENT),
        (NEW, f"{V}/variant.yaml", ADDED, Kind.VARIANT),
        (NEW, f"{V}/evidence/junit-1/junit.xml", ADDED, Kind.VARIANT),
        (NEW, SLOT, ADDED, Kind.VARIANT),
        (GONE, f"{V}/variant.yaml", REMOVED, Kind.RETIRE),
        (GONE, f"{V}/evidence/junit-1/junit.xml", REMOVED, Kind.RETIRE),
        (GONE, SLOT, REMOVED, Kind.RETIRE),
        (EDITED, f"{V}/variant.yaml", CHANGED, Kind.VARIANT),
        (CARD_ONLY, f"{V}/variant.yaml", CHANGED, Kind.CARD),
        (Facts(), f"{V}/README.md", CHANGED, Kind.CARD),
        (Facts(), f"{V}/notes.md", ADDED, Kind.VARIANT),
        (Facts(), f"{V}/evidence/junit-1/junit.xml", ADDED, Kind.EVIDENCE),
        (Facts(), f"{V}/evidence/junit-1/junit.xml", CHANGED, Kind.EVIDENCE),
        (Facts(), f"{V}/kserve/kustomization.yaml", CHANGED, Kind.VARIANT),
        (DECIDED[EventKind.FIRST], f"{E}/release.yaml", ADDED, Kind.VARIANT),
        (DECIDED[EventKind.PROMOTION], f"{E}/release.yaml", CHANGED, Kind.PROMOTION),
        (DECIDED[EventKind.ROLLBACK], f"{E}/release.yaml", CHANGED, Kind.ROLLBACK),
        (DECIDED[EventKind.RETURNED], f"{E}/release.yaml", CHANGED, Kind.PROMOTION),
        (DECIDED[EventKind.REWRITTEN], f"{E}/kustomization.yaml", CHANGED, Kind.PROMOTION),
        (DECIDED[EventKind.IRREGULAR], f"{E}/kustomization.yaml", CHANGED, Kind.PROMOTION),
        (Facts(decisions={KEY: DecisionChange(None, None, None)}), f"{E}/release.yaml", REMOVED, Kind.PROMOTION),
        (Facts(gone_models=frozenset({"llama"})), f"{E}/release.yaml", REMOVED, Kind.RETIRE),
        (Facts(gone_environments=frozenset({"prod"})), f"{E}/release.yaml", REMOVED, Kind.ENVIRONMENT),
        (Facts(), f"{E}/kustomization.yaml", CHANGED, Kind.ENVIRONMENT),
        (Facts(), f"{E}/common/httproute.yaml", CHANGED, Kind.ENVIRONMENT),
        (Facts(new_models=frozenset({"llama"})), f"{E}/common/httproute.yaml", ADDED, Kind.VARIANT),
        (Facts(gone_models=frozenset({"llama"})), f"{E}/idle/configmap.yaml", REMOVED, Kind.RETIRE),
        (Facts(), f"{E}/v1.1-int8/kustomization.yaml", CHANGED, Kind.ENVIRONMENT),
        (Facts(), f"{E}/v1.1-int8/kustomization.yaml", REMOVED, Kind.RETIRE),
        (slots(Step.TEN, Step.TEN), SLOT, CHANGED, Kind.ENVIRONMENT),
        (slots(Step.TEN, Step.FIFTY), SLOT, CHANGED, Kind.STEP),
        (slots(Step.TEN, None), SLOT, CHANGED, Kind.STEP),
        (slots(None, None), SLOT, CHANGED, Kind.STEP),
        (slots(None, Step.STAGED), SLOT, ADDED, Kind.ENVIRONMENT),
        (slots(None, Step.TEN), SLOT, ADDED, Kind.STEP),
        (slots(Step.DONE, None), SLOT, REMOVED, Kind.ENVIRONMENT),
    ],
)
def test_the_kind_of_one_file(facts: Facts, path: str, action: Action, kind: Kind) -> None:
    change = change_of(facts, **{path: action})
    assert (change.kind, change.kinds) == (kind, {path: kind})


def test_a_new_environment_may_not_bring_a_decision() -> None:
    made = DecisionChange(EventKind.IRREGULAR, None, release(1))
    facts = Facts(new_environments=frozenset({"prod"}), decisions={KEY: made})
    files = {"environments/prod/environment.yaml": ADDED, f"{E}/common/httproute.yaml": ADDED}
    assert change_of(facts, **files).kind is Kind.ENVIRONMENT
    assert change_of(facts, **files, **{f"{E}/release.yaml": ADDED}).kind is Kind.MIXED


def test_a_file_follows_what_is_certain() -> None:
    card, proof = f"{V}/README.md", f"{V}/evidence/junit-1/junit.xml"
    assert change_of(Facts(), **{card: CHANGED, proof: ADDED}).kind is Kind.EVIDENCE
    following = f"{E}/v1.1-int8/canary/2/kustomization.yaml"
    step = {SLOT: SlotChange(Step.STAGED, Step.TEN), following: SlotChange(None, Step.STAGED)}
    assert change_of(Facts(slots=step), **{SLOT: CHANGED, following: ADDED}).kind is Kind.STEP
    apart = change_of(Facts(), **{card: CHANGED, proof: ADDED, "promote.yaml": CHANGED, "docs/x.md": ADDED})
    assert apart.kind is Kind.MIXED
    assert apart.kinds[card] is Kind.EVIDENCE
    assert [found.location.path for found in mixed(apart)] == [card, proof, "promote.yaml"]


FILES = st.lists(
    st.builds(
        TouchedFile,
        st.text("abc", min_size=1, max_size=3),
        st.sampled_from(Action),
        st.just(Room(RoomKind.OUTSIDE)),
        st.lists(st.sampled_from([*Kind][: [*Kind].index(Kind.OTHER)]), unique=True, max_size=3).map(tuple),
    ),
    unique_by=lambda file: file.path,
    max_size=6,
)


@given(FILES)
def test_one_kind_explains_every_file_or_the_change_is_mixed(files: list[TouchedFile]) -> None:
    change = classify("", files)
    judged = [file for file in files if file.kinds]
    common = [kind for kind in Kind if all(kind in file.kinds for file in judged)]
    expected = (common[0] if common else Kind.MIXED) if judged else Kind.OTHER if files else Kind.NONE
    assert change.kind is expected
    assert change == classify("", reversed(files))
    assert all(change.kinds[file.path] in (file.kinds or (Kind.OTHER,)) for file in files)


# --- words ------------------------------------------------------------------------------------------------


def test_headlines() -> None:
    made = DECIDED[EventKind.PROMOTION]
    change = change_of(made, **{f"{E}/release.yaml": CHANGED, f"{E}/kustomization.yaml": CHANGED, "a.md": ADDED})
    assert subject(change, made) == "promotion of llama/v1.1-int8 to prod"
    assert change.headline == "change: promotion, 2 files, 1 file beside it"
    assert change_of(Facts()).headline == f"change: none, nothing differs from {'0' * 10}"
    assert change_of(Facts(), **{"a.md": ADDED}).headline == "change: other, 1 file"
    names = [f"v1.{minor}-int8" for minor in range(5)]
    facts = Facts(variants={("llama", name): Fate.NEW for name in names})
    many = change_of(facts, **{f"models/llama/{name}/variant.yaml": ADDED for name in names})
    assert subject(many, facts) == "variant llama/v1.0-int8, llama/v1.1-int8, llama/v1.2-int8, 2 more"


# --- rules ------------------------------------------------------------------------------------------------


def test_evidence_is_only_ever_added() -> None:
    paths = {f"{V}/evidence/junit-1/{name}": action for name, action in zip("acr", Action, strict=True)}
    change = change_of(Facts(), **paths)
    found = [one.location.path[-1] for one in evidence_files(change, Facts(), frozenset())]
    assert found == ["c", "r"]
    assert len(evidence_files(change, Facts(), frozenset({f"{V}/evidence/junit-1/c"}))) == 1
    assert evidence_files(change, GONE, frozenset()) == []


def test_one_release_moves_at_a_time() -> None:
    other = ReleaseKey("test", "llama")
    made = {key: DecisionChange(EventKind.PROMOTION, None, release(2)) for key in (KEY, other)}
    change = change_of(Facts(decisions=made))
    assert len(several_moves(change, Facts(decisions=made))) == 2
    assert several_moves(change, Facts(decisions=made, gone_environments=frozenset({"test"}))) == []
    assert several_moves(change, Facts(decisions={**made, other: DecisionChange(EventKind.FIRST, None, None)})) == []


def test_what_a_revert_inside_the_window_comes_back_to() -> None:
    states = [first_release("prod", "llama"), release(1), release(2), release(3)]
    landed = [NOON - timedelta(days=days) for days in (400, 200, 100, 10)]
    line = timeline(
        KEY,
        [
            Decided(Landing(f"{n}", when, "", ""), state)
            for n, (when, state) in enumerate(zip(landed, states, strict=True))
        ],
    )
    found = list(needs(line, Duration(90 * 86_400), NOON))
    assert [need.release.number for need in found] == [3, 2]
    assert found[1].why.startswith("would come back by a revert of number 3, for 80d")
    assert [need.release.number for need in needs(line, Duration(150 * 86_400), NOON)] == [3, 2, 1]


def test_traffic_moves_one_step_at_a_time() -> None:
    first, second = release(1), release(2, "v1.2-int8", "v1.1-int8", slot=1)
    assert of_decision(first_release("prod", "llama"), None) == {}
    ladder = [of_decision(second, step) for step in Step]
    assert ladder == [
        {"v1.1-int8": 100, "v1.2-int8": 0},
        {"v1.1-int8": 90, "v1.2-int8": 10},
        {"v1.1-int8": 50, "v1.2-int8": 50},
        {"v1.1-int8": 0, "v1.2-int8": 100},
        {"v1.2-int8": 100},
    ]
    way = [of_decision(first, None), *ladder]
    for lower, upper in pairwise(way):
        assert violations("k", lower, upper) == violations("k", upper, lower) == []
    assert [found.code for found in violations("k", way[0], ladder[1])] == ["MP525"]
    assert [found.code for found in violations("k", ladder[1], ladder[4])] == ["MP526"]
