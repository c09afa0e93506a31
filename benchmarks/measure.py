"""Runs commands and says how long they took and how much memory they had, as the kernel counts it."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# what slows Python down or keeps it from writing its .pyc files
_UNSET = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "PYTHONTRACEMALLOC")


@dataclass(frozen=True)
class Sample:
    """One run: seconds from start to exit, seconds of processor time, MiB of the largest process in it."""

    seconds: float
    processor: float
    mebibytes: float

    def __add__(self, other: "Sample") -> "Sample":
        largest = max(self.mebibytes, other.mebibytes)
        return Sample(self.seconds + other.seconds, self.processor + other.processor, largest)


@dataclass(frozen=True)
class Command:
    """A program, its folder, and what its environment has more than ours."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> Sample:
        """Run it to its end; an exit code other than 0 stops everything."""
        environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            child = subprocess.Popen(
                self.arguments, cwd=self.folder, env={**environment, **self.environment},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise RuntimeError(f"{' '.join(self.arguments)} ended with {child.returncode}:\n{said}")
        kibibytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
        return Sample(seconds, usage.ru_utime + usage.ru_stime, kibibytes / 1024)


@dataclass(frozen=True)
class Job:
    """Commands that are measured together, and what is done before each run, unmeasured."""

    name: str
    commands: Sequence[Command]
    before: Callable[[], None] = lambda: None

    def run(self) -> Sample:
        """One run."""
        self.before()
        first, *others = [command.run() for command in self.commands]
        return sum(others, first)


def interleaved(jobs: Sequence[Job], runs: int) -> dict[str, Sample]:
    """Medians by the job's name: each once unmeasured, to be warm, then one after the other, round after round."""
    samples: dict[str, list[Sample]] = {job.name: [] for job in jobs}
    for turn in range(runs + 1):
        for job in jobs:
            sample = job.run()
            if turn > 0:
                samples[job.name].append(sample)
        print(f"{'warm-up' if turn == 0 else f'round {turn} of {runs}'}: {len(jobs)} jobs", file=sys.stderr)
    return {name: _median(some) for name, some in samples.items()}


def _median(samples: Sequence[Sample]) -> Sample:
    return Sample(
        statistics.median(sample.seconds for sample in samples),
        statistics.median(sample.processor for sample in samples),
        statistics.median(sample.mebibytes for sample in samples),
    )
