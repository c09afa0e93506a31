"""Work on a second core: a copy of this process computes one value and sends it back.

Only reading and computing may be done beside: the copy shares git's pipes with this process, and leaves at once.
"""

import os
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from modelpromote.failures import Failure

T = TypeVar("T")


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


class Beside(Generic[T]):
    """A value that is computed while something else is; `result()` waits for it."""

    def __init__(self, job: Callable[[], T], size: int, worth: int) -> None:
        """`size` is how much there is to do; below `worth`, or without a second core, the job waits for `result`."""
        self._job = job
        self._pipe: Connection | None = None
        if size >= worth and available_cores() > 1:
            context = get_context("fork")  # nothing is imported or pickled on the way in
            self._pipe, sending = context.Pipe(duplex=False)
            self._process = context.Process(target=_send, args=(job, sending), daemon=True)
            self._process.start()
            sending.close()

    def result(self) -> T:
        """The value. A Failure beside is a Failure here; where the copy died, the job is done here."""
        if self._pipe is None:
            return self._job()
        try:
            value: T | Failure = self._pipe.recv()
        except EOFError:
            return self._job()
        finally:
            self._process.join()
        if isinstance(value, Failure):
            raise value
        return value


def _send(job: Callable[[], T], sending: Connection) -> None:
    try:
        sending.send(_value(job))
        sending.close()
    finally:
        # no git process is ended twice, no file removed twice; what went wrong shows where the job is done again
        os._exit(0)


def _value(job: Callable[[], T]) -> T | Failure:
    try:
        return job()
    except Failure as fault:
        return fault
