"""Cards on the Hub: huggingface_hub for real, against a small server that speaks its API."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stage

from cards.hub_server import Shelf, SmallHub
from repo.acts import Said, call
from repo.change_acts import edit

VARIANT = "v1.3-int4-g64"
FOLDER = f"models/tiny-llama/{VARIANT}"
NAME = "acme/tiny-llama"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SmallHub]:
    server = SmallHub()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", server.token)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield server
    server.close()


def push(stage: Stage, *more: str) -> Said:
    return call(stage, "card", VARIANT, "--push", "--hub", NAME, *(more or ("--yes",)))


def card(stage: Stage) -> dict[str, bytes]:
    return {name: (stage.repo / FOLDER / name).read_bytes() for name in ("README.md", "recovery.svg")}


def test_it_is_printed_as_it_is_committed(stage: Stage) -> None:
    said = call(stage, "card", VARIANT)
    assert (said.code, said.out.encode()) == (0, card(stage)["README.md"])
    assert call(stage, "card", VARIANT, "--json").json["card"] == said.out


def test_a_repository_is_made_private_and_the_same_card_is_pushed_once(stage: Stage, hub: SmallHub) -> None:
    said = push(stage)
    assert said.code == 0, said.out + said.err
    shelf = hub.shelves[NAME]
    assert (shelf.branches["main"], shelf.private, len(shelf.commits)) == (card(stage), True, 1)
    assert said.last == f"pushed the card of tiny-llama/{VARIANT}: {hub.url}/{NAME}/commit/{said.last[-40:]}"
    again = push(stage)
    assert (again.code, again.last) == (0, f"already so: {NAME} has this card; nothing was written")
    assert len(shelf.commits) == 1


def test_a_repository_that_is_there_keeps_what_is_not_of_the_card(stage: Stage, hub: SmallHub) -> None:
    there = {"README.md": b"by hand", "model.safetensors": b"\0", "recovery.svg": card(stage)["recovery.svg"]}
    hub.shelves[NAME] = Shelf({"main": dict(there)})
    said = push(stage)
    assert said.code == 0, said.out + said.err
    assert "README.md into main" in said.err
    assert hub.shelves[NAME].branches["main"] == there | card(stage)
    assert hub.shelves[NAME].commits[0]["files"] == ["README.md"]
    assert "POST /api/repos/create" not in hub.asked


def test_a_pull_request_is_opened_once_for_one_card(stage: Stage, hub: SmallHub) -> None:
    hub.shelves[NAME] = Shelf()
    said = push(stage, "--pr", "--yes")
    assert said.last == f"opened a pull request with the card of tiny-llama/{VARIANT}: {hub.url}/{NAME}/discussions/1"
    again = push(stage, "--pr", "--yes")
    assert again.last.startswith(f"already so: an open pull request has this card: {hub.url}/{NAME}/discussions/1")
    assert (len(hub.shelves[NAME].titles), hub.shelves[NAME].branches["main"]) == (1, {})
    edit(stage, f"{FOLDER}/variant.yaml", "summary: 4-bit", "summary: Four-bit")
    assert "discussions/2" in push(stage, "--pr", "--yes").last


def test_a_title_alone_is_no_pull_request_with_this_card(stage: Stage, hub: SmallHub) -> None:
    hub.shelves[NAME] = Shelf()
    push(stage, "--pr", "--yes")
    hub.shelves[NAME].branches["refs/pr/1"]["README.md"] = b"another one"
    assert "discussions/2" in push(stage, "--pr", "--yes").last


def test_another_branch(stage: Stage, hub: SmallHub) -> None:
    hub.shelves[NAME] = Shelf({"main": {}, "next": {}})
    assert push(stage, "--revision", "next", "--yes").code == 0
    assert hub.shelves[NAME].branches == {"main": {}, "next": card(stage)}
    said = push(stage, "--revision", "gone", "--yes")
    assert (said.code, said.err.splitlines()[0]) == (3, f"failed: {NAME} has no branch gone on the Hub")


def test_the_repository_of_the_artifact_is_the_default(stage: Stage, hub: SmallHub) -> None:
    edit(
        stage,
        f"{FOLDER}/variant.yaml",
        "uri: pvc://tiny-llama/v1.3-int4-g64",
        "uri: hf://acme/from-uri:0123456789abcdef0123456789abcdef01234567",
    )
    assert call(stage, "card", VARIANT, "--push", "--yes").code == 0
    assert list(hub.shelves) == ["acme/from-uri"]


def test_a_dry_run_writes_nothing(stage: Stage, hub: SmallHub) -> None:
    said = push(stage, "--dry-run")
    assert (said.code, said.last) == (0, "dry run: nothing was pushed")
    assert f"{NAME}, which is made, private: README.md, recovery.svg into main" in said.err
    assert hub.shelves == {}
    assert all("paths-info" in asked for asked in hub.asked)


def test_without_a_terminal_it_must_be_said(stage: Stage, hub: SmallHub) -> None:
    said = call(stage, "card", VARIANT, "--push", "--hub", NAME)
    assert (said.code, hub.asked) == (2, [])
    assert "add --yes or --dry-run" in said.err


@pytest.mark.parametrize(
    ("name", "words"), [("", "add --hub ORG/NAME"), ("acme", "name it ORG/NAME"), ("../x/y", "ORG")]
)
def test_a_repository_must_be_named(stage: Stage, hub: SmallHub, name: str, words: str) -> None:
    said = call(stage, "card", VARIANT, "--push", "--yes", *(["--hub", name] if name else []))
    assert (said.code, hub.asked) == (2, [])
    assert words in said.err


@pytest.mark.parametrize(
    ("status", "where", "words"),
    [
        (401, "paths-info", f"failed: the Hub answered 401 for {NAME}: no such user"),
        (403, "/commit/", f"failed: the Hub answered 403 for {NAME}: no such user"),
        (404, "/commit/", f"failed: the Hub answered 404 for {NAME}: no such user"),
        (429, "paths-info", f"failed: the Hub answered 429 for {NAME}: no such user"),
        (500, "paths-info", f"failed: the Hub answered 500 for {NAME}: no such user"),
    ],
)
def test_what_the_hub_refuses_is_one_line_and_a_hint(
    stage: Stage, hub: SmallHub, status: int, where: str, words: str
) -> None:
    hub.shelves[NAME] = Shelf()
    hub.refuse[where] = (status, "no such user")
    said = push(stage)
    first, hint, last = said.err.splitlines()[-3:]
    assert (said.code, first, last) == (3, words, "nothing was pushed")
    assert hint.startswith("  hint: ")
    assert hub.shelves[NAME].commits == []


def test_no_token(stage: Stage, hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("modelpromote.adapters.hub_push.get_token", lambda: None)
    hub.shelves[NAME] = Shelf()
    said = push(stage)
    assert said.code == 3
    assert "the Hub answered 401" in said.err
    assert "set HF_TOKEN" in said.err


def test_a_hub_that_does_not_answer(stage: Stage, hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    said = push(stage)
    assert said.code == 3
    assert said.err.startswith("failed: the Hub at http://127.0.0.1:9 cannot be reached: ")


def test_metadata_that_the_hub_does_not_take(stage: Stage, hub: SmallHub) -> None:
    edit(stage, f"{FOLDER}/variant.yaml", "card:\n", "card:\n  license: no-such-license\n")
    said = push(stage)
    assert said.code == 3
    assert 'failed: the Hub does not take the card: "license" must be one of [apache-2.0, ...]' in said.err
    assert hub.shelves[NAME].commits == []


def test_a_card_on_faulty_evidence_is_not_pushed(stage: Stage, hub: SmallHub) -> None:
    (place,) = (stage.repo / FOLDER / "evidence").glob("lm-eval-*/results_*.json")
    place.write_bytes(place.read_bytes() + b" ")
    said = push(stage)
    assert (said.code, hub.asked) == (1, [])
    assert "MP201" in said.out
    assert said.last == "refused: 1 finding; there is no card"
