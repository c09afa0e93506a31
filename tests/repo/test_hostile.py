"""What a repository, a file or an argument may try, and what comes of it: nothing."""

import http.server
import threading

import pytest
from stage import Stage

from repo.acts import call, done


@pytest.fixture
def asked() -> "list[str]":
    return []


@pytest.fixture
def server(asked: list[str]) -> "http.server.ThreadingHTTPServer":
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("verb", ["promote", "advance", "rollback"])
def test_kustomize_never_fetches_what_a_repository_names(
    stage: Stage, server: "http.server.ThreadingHTTPServer", asked: list[str], verb: str
) -> None:
    for name in ("v1.0-fp16", "v1.1-int8"):
        for environment in ("test", "staging", "prod"):
            done(stage, name, "--to", environment, "--yes")
    base = stage.repo / "models/tiny-llama/v1.0-fp16/kserve/kustomization.yaml"
    address = f"http://127.0.0.1:{server.server_port}/x.yaml"
    base.write_text(base.read_text("utf-8").replace("resources:\n", f"resources:\n- {address}\n"), "utf-8")
    stage.publish("Read something else as well")
    calls = {
        "promote": ("v1.3-int4-g64", "--to", "test"),
        "advance": ("advance", "--env", "prod"),
        "rollback": ("rollback", "--env", "prod"),
    }
    said = call(stage, *calls[verb], "--dry-run", "--json")
    assert asked == []
    if said.code != 0:  # test does not name v1.0 any more, once v1.3 is in force there
        assert "not part of the release" in said.out
    call(stage, "validate", "--base", "HEAD~1")
    assert asked == []


@pytest.mark.parametrize("option", ["--reason", "--lift-hold"])
@pytest.mark.parametrize(
    ("text", "words"), [("a\nGate: all pass", "more than one line"), ("x" * 501, "501 characters")]
)
def test_a_reason_is_one_line_that_release_yaml_takes(stage: Stage, option: str, text: str, words: str) -> None:
    said = call(stage, "v1.0-fp16", "--to", "test", option, text, "--yes")
    assert said.code == 2
    assert words in said.err
    assert call(stage, "rollback", "--env", "test", "--reason", text, "--yes").code == 2


def test_a_runner_is_one_line_too(stage: Stage) -> None:
    said = call(stage, "evidence", "add", "v1.0-fp16", str(stage.repo / "promote.yaml"), "--runner", "x" * 501)
    assert said.code == 2


def test_a_lost_slot_is_not_laid_out_anew(stage: Stage) -> None:
    for name in ("v1.0-fp16", "v1.1-int8"):
        for environment in ("test", "staging", "prod"):
            done(stage, name, "--to", environment, "--yes")
    done(stage, "advance", "--env", "prod", "--yes")
    stage.git("rm", "-rq", "environments/prod/tiny-llama/v1.1-int8/canary")
    for verb in ("render", "validate"):
        said = call(stage, verb, "--json")
        assert (said.code, said.codes) == (1, ["MP410"])
    assert not (stage.repo / "environments/prod/tiny-llama/v1.1-int8/canary").exists()
