"""What promote.yaml asks of a model for its use, judged by the real verb in a real repository."""

import pytest
from stage import Stage

from modelpromote.core.document import Document
from modelpromote.core.policy import read_policy
from repo.acts import call

GATE = '- {gate: benchmarks, tasks: {zoo_mc: 3%}, metrics: {zoo_mc: "acc,none"}}\n'


def asking(stage: Stage, profile: str, gate: str = GATE) -> None:
    """The benchmarks gate in `test`, and a profile for the model."""
    place = stage.repo / "environments" / "test" / "environment.yaml"
    place.write_text(place.read_text("utf-8").replace("- {gate: artifact}\n", "- {gate: artifact}\n" + gate), "utf-8")
    policy = stage.repo / "promote.yaml"
    policy.write_text(policy.read_text("utf-8") + profile, "utf-8")
    assert call(stage, "render").code == 0
    stage.publish("Ask for benchmarks")


PROFILE = "profiles: {maths-tutoring: {zoo_arith: %s}}\nmodels: {tiny-llama: maths-tutoring}\n"


def test_a_profile_asks_for_a_task_of_its_own(stage: Stage) -> None:
    asking(stage, PROFILE % "2%")
    said = call(stage, "v1.3-int4-g64", "--to", "test", "--yes")
    assert said.code == 0
    assert "loss at most zoo_mc 3%, zoo_arith 2% (profile maths-tutoring), average 5%" in " ".join(said.out.split())
    assert "benchmarks: zoo_arith exact_match,get-sum: 1.0000 -> 1.0000, loss 0.00% [-1.92%, 1.88%]" in said.out


def test_a_profile_refuses(stage: Stage) -> None:
    asking(stage, PROFILE % "1%")
    said = call(stage, "v1.3-int4-g64", "--to", "test", "--yes")
    assert said.code == 1
    assert "error[MP363] zoo_arith loses 0.00%" in said.out
    assert "at most 1% (profile maths-tutoring) is asked" in said.out


def test_two_bits_lose_their_arithmetic_by_31_points(stage: Stage) -> None:
    asking(stage, PROFILE % "2%")
    [verdict] = [
        one
        for one in call(stage, "v1.4-int2-g64", "--to", "test", "--yes", "--json").json["verdicts"]
        if one["gate"] == "benchmarks"
    ]
    assert (verdict["outcome"], verdict["value"]) == ("fail", pytest.approx(31.0))
    assert "62 right -> wrong, 0 wrong -> right of 200" in verdict["details"][1]


def test_a_profile_without_the_gate_judges_nothing(stage: Stage) -> None:
    asking(stage, PROFILE % "1%", gate="")
    assert call(stage, "v1.3-int4-g64", "--to", "test", "--yes").code == 0


def test_a_warning_of_a_verdict_that_passes_is_shown(stage: Stage) -> None:
    place = stage.repo / "environments" / "test" / "environment.yaml"
    loose = "- {gate: benchmarks, tasks: {zoo_arith: 40%}}\n"
    text = place.read_text("utf-8").replace("bits: 4", "bits: 2")
    place.write_text(text.replace("- {gate: artifact}\n", "- {gate: artifact}\n" + loose), "utf-8")
    assert call(stage, "render").code == 0
    stage.publish("Ask for little")
    said = call(stage, "v1.4-int2-g64", "--to", "test", "--yes")
    assert said.code == 0
    assert "warning[MP366] zoo_arith loses 31.00%" in said.out


def test_a_profile_that_is_not_defined_is_named(stage: Stage) -> None:
    text = (stage.repo / "promote.yaml").read_text("utf-8")
    (stage.repo / "promote.yaml").write_text(text + "models: {tiny-llama: maths-tutor}\n", "utf-8")
    said = call(stage, "validate")
    assert said.code == 1
    assert "error[MP369] tiny-llama has the profile 'maths-tutor'" in said.out


def test_a_profile_has_limits_of_tasks_only() -> None:
    data = {"apiVersion": "modelpromote/v1", "kind": "Repository", "render": 1, "repoURL": "https://a/b",
            "branch": "main", "environments": ("test",), "profiles": {"maths": {"average": 5}}}  # fmt: skip
    _, problems = read_policy(Document("promote.yaml", data))
    assert [found.code for found in problems] == ["MP008"]
