from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.environment import Environment, Ladder
from modelpromote.core.ladder import Step
from modelpromote.core.quantities import Duration

NAMES = ["staged", "10", "50", "100", "done"]
CLUSTER = {"server": "https://kubernetes.default.svc", "namespace": "models", "kserve": "0.17"}


def environment(replicas: int) -> Environment:
    return Environment.model_validate(
        {
            "apiVersion": "modelpromote/v1",
            "kind": "Environment",
            "name": "prod",
            "target": "kserve",
            "cluster": CLUSTER,
            "replicas": replicas,
            "gates": (),
        }
    )


def test_the_steps_their_weights_and_which_of_them_has_all_the_traffic() -> None:
    assert [str(step) for step in Step] == NAMES
    assert [step.weight for step in Step] == [0, 10, 50, 100, 100]
    assert [step.next_weight for step in Step] == [10, 50, 100, 100, 100]
    assert [step.has_all_traffic for step in Step] == [False, False, False, True, True]


def test_up_and_down_the_ladder() -> None:
    climbed = [Step.STAGED]
    while climbed[-1].next:
        climbed.append(climbed[-1].next)
    assert climbed == list(Step)
    while climbed[-1].back:
        climbed.append(climbed[-1].back)
    assert climbed == [*Step, *reversed(list(Step)[:-1])]


@given(st.integers(1, 10_000))
def test_capacity_for_the_next_weight_is_there_before_the_traffic(replicas: int) -> None:
    counts = [environment(replicas).replicas_at(step) for step in Step]
    assert counts == [ceil(replicas * weight / 100) for weight in (10, 50, 100, 100, 100)]
    assert counts == sorted(counts)
    assert counts[2:] == [replicas] * 3
    assert counts[0] >= 1


@given(st.integers(1, 9_999))
def test_more_replicas_never_make_a_step_smaller(replicas: int) -> None:
    for step in Step:
        assert environment(replicas).replicas_at(step) <= environment(replicas + 1).replicas_at(step)


@pytest.mark.parametrize(("replicas", "staged", "ten"), [(1, 1, 1), (4, 1, 2), (10, 1, 5), (11, 2, 6), (101, 11, 51)])
def test_parts_of_a_replica_count_as_one(replicas: int, staged: int, ten: int) -> None:
    assert environment(replicas).replicas_at(Step.STAGED) == staged
    assert environment(replicas).replicas_at(Step.TEN) == ten


def test_a_step_without_a_bake_time_needs_none() -> None:
    ladder = Ladder.model_validate({"bake": {"10": "30m"}})
    assert ladder.bake_time(Step.TEN) == Duration(1800)
    assert ladder.bake_time(Step.FIFTY) == Duration(0)
    assert ladder.bake_time(Step.DONE) == Duration(0)
