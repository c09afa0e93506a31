"""The gate `speed` from the file to the verdict: load tests are added, the environment asks, it is judged."""

import json
from pathlib import Path
from typing import Any

import pytest
from stage import PROJECT, Stage

from repo.acts import call, done

NAME, BASELINE = "v1.3-int4-g64", "v1.0-fp16"
DATA = PROJECT / "tests" / "data" / "evidence"
GATE = "- {gate: speed, minimum: 50}\n"


def load_test(name: str, folder: Path, faster: float = 1.0) -> Path:
    """The zoo's own report; `faster` divides every time in it, so that its figures still give each other."""
    report = json.loads((DATA / name / "guidellm" / "guidellm.json").read_bytes())
    path = folder / f"{name}.json"
    path.write_text(json.dumps(_scaled(report, faster) if faster != 1 else report), "utf-8")
    return path


def _scaled(report: Any, faster: float) -> Any:
    for one in report["benchmarks"]:
        one["duration"] /= faster
        one["end_time"] = one["start_time"] + one["duration"]
        for name, by_outcome in one["metrics"].items():
            power = 1 if name.endswith("_per_second") else -1 if name.endswith(("_ms", "latency")) else 0
            values = by_outcome.get("successful") if isinstance(by_outcome, dict) else None
            for key in set(values) - {"count", "percentiles", "variance"} if power else ():
                values[key] *= faster**power
            if power:
                values["variance"] *= faster ** (2 * power)
                values["percentiles"] = {key: value * faster**power for key, value in values["percentiles"].items()}
        for row in one["requests"]["successful"]:
            row |= {key: row[key] / faster for key in row if key.endswith(("_ms", "latency"))}
    return report


@pytest.fixture
def asking(stage: Stage) -> Stage:
    """`test` asks for speed, and the baseline is in force there with its load test."""
    place = stage.repo / "environments/test/environment.yaml"
    place.write_text(place.read_text("utf-8").replace("- {gate: artifact}\n", "- {gate: artifact}\n" + GATE), "utf-8")
    done_in_the_clone(stage, "render")
    stage.publish("Ask for speed in test")
    done_in_the_clone(stage, "evidence", "add", BASELINE, str(load_test(BASELINE, stage.root)))
    stage.publish("Add the load test of the baseline")
    done(stage, BASELINE, "--to", "test", "--yes")
    return stage


def done_in_the_clone(stage: Stage, *arguments: str) -> None:
    said = call(stage, *arguments)
    assert said.code == 0, said.out + said.err


def with_load_test(stage: Stage, faster: float) -> None:
    done_in_the_clone(stage, "evidence", "add", NAME, str(load_test(NAME, stage.root, faster)))
    stage.publish("Add a load test")


def test_a_build_that_is_faster_is_promoted_and_the_commit_says_by_how_much(asking: Stage) -> None:
    with_load_test(asking, 2.0)
    said = done(asking, NAME, "--to", "test", "--yes")
    assert "speed            pass     1.64x tokens/s, TTFT p95 -" in said.out
    trailers = asking.git("log", "-1", "--format=%(trailers:only,unfold)")
    assert "Gate: speed pass 1.64x tokens/s, TTFT p95 -" in trailers
    assert call(asking, "validate", "--json").json["findings"] == []


def test_the_zoo_as_it_was_measured_is_refused(asking: Stage) -> None:
    with_load_test(asking, 1.0)
    said = call(asking, NAME, "--to", "test", "--yes")
    assert said.code == 1
    assert "fail     0.82x tokens/s, TTFT p95 +21%, ITL p95 +35%" in said.out
    assert "error[MP353] concurrent 4: tokens/s 115.2 here, 140.8 in the baseline (-18%)" in said.out


def test_without_a_load_test_it_is_refused(asking: Stage) -> None:
    said = call(asking, NAME, "--to", "test", "--yes", "--json")
    assert (said.code, said.codes) == (1, ["MP351"])
