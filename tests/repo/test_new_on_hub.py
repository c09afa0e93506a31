"""`promote new --from-artifact hf://...`: the real huggingface_hub against a small Hub that serves a real artifact."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stage import PROJECT, Stage

from modelpromote.adapters import hub as adapter
from modelpromote.workflows import artifact_on_hub
from repo.acts import call
from repo.hub_server import COMMIT, REPO, FakeHub, serving

ARTIFACTS = PROJECT.parent / "shared" / "tiny-llama" / "artifacts"
ARTIFACT = ARTIFACTS / "v1.3-int4-g64"
PINNED = f"hf://{REPO}@{COMMIT}"
NAME = "tutor/v1.3-int4-g64"
DIGEST = "e5af124c70b0d7b57c63c549adbc1c86b73a624da7122b2c12e64906a0d6d70b"
pytestmark = pytest.mark.skipif(
    not ARTIFACTS.is_dir(), reason="the zoo's artifacts (../shared/tiny-llama) are not here"
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with serving(ARTIFACT) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield found


def made(stage: Stage, source: str = PINNED, *more: str) -> Any:
    return call(stage, "new", NAME, "--from-artifact", source, "--json", *more)


def manifest(said: Any, *without: str) -> list[str]:
    return [line for line in said.json["text"].splitlines() if not any(word in line for word in without)]


def test_it_is_the_same_manifest_as_from_the_folder_and_no_weights_are_downloaded(stage: Stage, hub: FakeHub) -> None:
    on_hub = made(stage, PINNED, "--dry-run")
    assert on_hub.code == 0, on_hub.out
    folder = made(stage, str(ARTIFACT), "--dry-run")
    assert f"sha256:{DIGEST}" in on_hub.json["text"]
    assert manifest(on_hub, "uri:", "e.g. oci") == manifest(folder, "uri:", "e.g. oci")
    assert f'  uri: "hf://{REPO}:{COMMIT}"' in on_hub.json["text"].splitlines()
    weights = len(hub.files["model.safetensors"])
    assert hub.sent < sum(map(len, hub.files.values())) - weights + 80_000
    asked = {path.rpartition("/")[2]: asks for path, asks, _ in hub.asked}
    assert asked["model.safetensors"] == "bytes=0-65535"


@pytest.mark.parametrize("revision", ["main", "v1", ""])
def test_a_branch_or_tag_is_pinned_and_said(stage: Stage, hub: FakeHub, revision: str) -> None:
    said = made(stage, f"hf://{REPO}@{revision}" if revision else f"hf://{REPO}")
    assert said.code == 0
    assert said.json["notes"][0] == f"{revision or 'main'} is commit {COMMIT} now: pinned to it"
    assert "1 by the sha256 that the Hub lists (LFS), 6 downloaded and hashed" in said.json["notes"][1]
    assert all(f"/resolve/{COMMIT}/" in path or "/api/" in path or path.startswith("/cdn/") for path, _, _ in hub.asked)


def test_a_pinned_one_says_nothing_of_pinning(stage: Stage, hub: FakeHub) -> None:
    assert not [note for note in made(stage).json["notes"] if "pinned" in note]


def test_a_header_longer_than_the_first_request(stage: Stage, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact_on_hub, "_FIRST", 100)
    assert f"sha256:{DIGEST}" in made(stage).json["text"]


def test_a_server_that_ignores_ranges_is_read_no_further_than_the_header(stage: Stage, hub: FakeHub) -> None:
    hub.ranges = False
    assert f"sha256:{DIGEST}" in made(stage, PINNED, "--dry-run").json["text"]
    hub.files["model.safetensors"] += bytes(64_000_000)
    hub.sent = 0
    assert made(stage).codes == ["MP315"]  # its header describes a shorter file
    assert hub.sent < 32_000_000


def test_files_of_git_are_no_part_of_the_artifact(stage: Stage, hub: FakeHub) -> None:
    hub.files[".gitattributes"] = b"*.safetensors filter=lfs\n"
    assert f"sha256:{DIGEST}" in made(stage).json["text"]


def test_folders_within_count_in_the_same_order(stage: Stage, hub: FakeHub, tmp_path: Path) -> None:
    more = {"a/b.txt": b"1", "a-c.txt": b"2", "original/params.json": b"{}", "z/y/x": b"3"}
    hub.files.update(more)
    for name, data in hub.files.items():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(data)
    on_hub, folder = made(stage, PINNED, "--dry-run"), made(stage, str(tmp_path / "copy"), "--dry-run")
    assert DIGEST not in folder.json["text"]
    assert manifest(on_hub, "uri:", "e.g. oci") == manifest(folder, "uri:", "e.g. oci")


def test_the_login_is_sent_to_the_hub(stage: Stage, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.token = "hf_secret"  # noqa: S105 - of no Hub
    refused = made(stage)
    assert (refused.code, "HF_TOKEN" in refused.json["hint"]) == (3, True)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert made(stage).code == 0


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "the Hub shows acme/tiny-llama-w4a16 only to who logs in, or has none (401)"),
        (403, "this login may not read acme/tiny-llama-w4a16 (403)"),
        (404, f"the Hub has no acme/tiny-llama-w4a16 with {COMMIT} (404)"),
        (429, "the Hub takes no more requests for now (429)"),
        (500, "the Hub answered 500 for acme/tiny-llama-w4a16"),
    ],
)
def test_a_refusal_is_one_line(stage: Stage, hub: FakeHub, status: int, words: str) -> None:
    hub.status = status
    said = call(stage, "new", NAME, "--from-artifact", PINNED)
    assert said.code == 3
    assert said.err.splitlines()[0] == f"failed: {words}"
    assert len(said.err.splitlines()) == 3
    assert said.err.splitlines()[-1] == "nothing was done"


def test_a_hub_that_does_not_answer(stage: Stage, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT", 0.1)
    hub.delay = 0.5
    said = call(stage, "new", NAME, "--from-artifact", PINNED)
    assert (said.code, said.err.splitlines()[0]) == (3, "failed: the Hub did not answer within 0.1 s")


def test_no_hub_at_all(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    said = call(stage, "new", NAME, "--from-artifact", PINNED)
    assert (said.code, said.err.splitlines()[0]) == (3, "failed: the Hub cannot be reached: ConnectError")


def test_a_file_that_is_not_what_the_hub_lists(stage: Stage, hub: FakeHub) -> None:
    hub.listed["config.json"] = next(one for one in hub.siblings() if one["rfilename"] == "config.json")
    hub.files["config.json"] = hub.files["config.json"].replace(b'"num_bits": 4', b'"num_bits": 8')
    said = made(stage)
    assert (said.code, said.json["summary"]) == (3, f"config.json of {REPO} is not what the Hub lists")


@pytest.mark.parametrize(
    ("sibling", "words"),
    [
        ({"rfilename": "../../x", "size": 2, "blobId": ""}, "leads out of it"),
        ({"rfilename": "x\x1b[31m", "size": 2, "blobId": ""}, "whose name cannot be shown"),
        ({"rfilename": "big.json", "size": 10**9, "blobId": ""}, "has 1000000000 bytes, at most 16777216"),
        ({"rfilename": "x", "size": 9, "lfs": {"sha256": "x", "size": 9, "pointerSize": 1}}, "no size and digest"),
        ({"rfilename": "../x", "size": 9, "lfs": {"sha256": "0" * 64, "size": 9, "pointerSize": 1}}, "leads out of it"),
        ({"rfilename": "x"}, "no size and digest"),
    ],
)
def test_a_hub_that_lists_nonsense(stage: Stage, hub: FakeHub, sibling: dict[str, Any], words: str) -> None:
    hub.files[sibling["rfilename"]] = b"{}"
    hub.listed[sibling["rfilename"]] = sibling
    said = made(stage)
    assert said.code == 3
    assert words in said.json["summary"]
    assert not any("/resolve/" in path and ".." in path for path, _, _ in hub.asked)
    assert not (stage.repo / "models" / "tutor").exists()


@pytest.mark.parametrize("source", ["hf://x", "hf://a/b/c", "hf://../b@main", "hf://a/b@", "hf://a/b@x y"])
def test_what_is_no_repository(stage: Stage, source: str) -> None:
    assert made(stage, source).code == 2
