"""Many promoters on one branch: other releases do not stand in the way, the same release does."""

import time

import pytest
from racing import add_models, hold_the_first_push, race
from stage import Stage

from remotes.smart_http import serve
from repo.acts import call, done, status

NOTICES = {
    "main moved meanwhile: judged and rendered again",
    "another push to main is under way: waiting for it",
}


def check_all_landed(stage: Stage, models: list[str], base: str) -> None:
    """One commit for each model on one line, each of its own two files, and the whole is clean."""
    log = stage.git("log", "--first-parent", "--format=%s", f"{base}..main", at=stage.remote).splitlines()
    assert sorted(log) == [f"promote: {model} v1.0-fp16 to test" for model in models]
    for commit in stage.git("rev-list", f"{base}..main", at=stage.remote).split():
        files = stage.git("show", "--format=", "--name-only", commit, at=stage.remote).split()
        folder = files[0].rpartition("/")[0]
        assert files == [f"{folder}/kustomization.yaml", f"{folder}/release.yaml"]
    stage.pull()
    told = call(stage, "status", "--json").json["releases"]
    numbers = {release["model"]: release["number"] for release in told if release["environment"] == "test"}
    assert numbers == {**dict.fromkeys(models, 1), "tiny-llama": 0}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "count"), [("file", 50), ("http", 10)])
def test_promoters_of_different_models_all_land(stage: Stage, as_process: dict[str, str], way: str, count: int) -> None:
    models = add_models(stage, count)
    base = stage.git("rev-parse", "main", at=stage.remote)
    hold_the_first_push(stage)
    began = time.monotonic()
    calls = {model: (f"{model}/v1.0-fp16", "--to", "test", "--yes") for model in models}
    with serve(stage.root) as forge:
        url = f"file://{stage.remote}" if way == "file" else forge.url("remote.git")
        racers = race(stage, calls, url, as_process)
    late, longest = sum(racer.late for racer in racers), max(racer.late for racer in racers)
    print(  # noqa: T201 - shown with -s
        f"{count} promoters over {way}: {time.monotonic() - began:.1f} s, {late} pushes came too late, "
        f"at most {longest} of one promoter"
    )
    assert [racer.err for racer in racers if racer.code != 0] == []
    assert late >= 1
    assert {line for racer in racers for line in racer.err.splitlines()} <= NOTICES
    check_all_landed(stage, models, base)


def test_two_of_the_same_release_over_http(stage: Stage, as_process: dict[str, str]) -> None:
    """One lands, the other was pushing when it did: refused, although nothing but its own release moved."""
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    base = stage.git("rev-parse", "main", at=stage.remote)
    hold_the_first_push(stage)
    calls = {name: (name, "--to", "test", "--yes") for name in ("v1.1-int8", "v1.3-int4-g64")}
    with serve(stage.root) as forge:
        racers = race(stage, calls, forge.url("remote.git"), as_process)
    assert sorted(racer.code for racer in racers) == [0, 1]
    winner, loser = sorted(racers, key=lambda racer: racer.code)
    assert "MP506" in loser.out
    assert loser.late == 1
    assert loser.out.splitlines()[-1] == "refused: 1 finding; nothing was written"
    assert stage.git("rev-list", "--count", f"{base}..main", at=stage.remote) == "1"
    stage.pull()
    assert status(stage, "test") == (winner.model, "all traffic", 2)
