"""Work beside: same value, same failure, and a copy that dies costs nothing but time."""

import os
import signal

import pytest

from modelpromote.adapters.beside import Beside
from modelpromote.failures import Failure

HERE = os.getpid()
beside_only = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: nothing is done beside")


def test_little_work_is_done_here() -> None:
    assert Beside(os.getpid, size=1, worth=2).result() == HERE


@beside_only
def test_much_work_is_done_in_a_copy() -> None:
    assert Beside(os.getpid, size=2, worth=2).result() != HERE


@beside_only
def test_a_large_value_comes_back_whole() -> None:
    assert Beside(lambda: list(range(300_000)), size=1, worth=1).result() == list(range(300_000))


@beside_only
def test_a_failure_beside_is_a_failure_here() -> None:
    def fail() -> None:
        raise Failure("cannot read it", "look at it", "nothing was written")

    with pytest.raises(Failure, match="cannot read it") as caught:
        Beside(fail, size=1, worth=1).result()
    assert (caught.value.hint, caught.value.outcome) == ("look at it", "nothing was written")


@beside_only
def test_where_the_copy_dies_the_job_is_done_here() -> None:
    def die_elsewhere() -> int:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    assert Beside(die_elsewhere, size=1, worth=1).result() == HERE


@beside_only
def test_a_bug_shows_once_where_the_caller_sees_it(capfd: pytest.CaptureFixture[str]) -> None:
    def wrong() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Beside(wrong, size=1, worth=1).result()
    assert capfd.readouterr().err == ""
