"""The real Kustomize: the first of `kustomize`, `kubectl kustomize`, `oc kustomize` that is on PATH."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from modelpromote.adapters.kustomize_inputs import forbidden
from modelpromote.failures import Failure

_COMMANDS = (("kustomize", "build"), ("kubectl", "kustomize"), ("oc", "kustomize"))
_TIMEOUT = 120  # seconds for one build


@dataclass(frozen=True, slots=True)
class Job:
    """A folder to build, and the files that it may read, by path."""

    files: Mapping[str, bytes]
    folder: str


@dataclass(frozen=True, slots=True)
class Build:
    """What came of one build: its output, or what Kustomize said on stderr."""

    output: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Kustomize:
    """A Kustomize that can be run."""

    command: tuple[str, ...]

    def build(self, jobs: Sequence[Job]) -> list[Build]:
        """Build each job in a folder of its own, in which nothing else is there to be read."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return list(pool.map(self._build, jobs))

    def _build(self, job: Job) -> Build:
        fault = forbidden(job.files)
        if fault:
            return Build(b"", f"not built: {fault}")
        with tempfile.TemporaryDirectory(prefix="modelpromote-") as root:
            for path, content in job.files.items():
                place = Path(root, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            return self._run(root, job.folder)

    def _run(self, root: str, folder: str) -> Build:
        command = [*self.command, str(Path(root, folder))]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise Failure(f"{self.command[0]} did not answer: {fault}", "run it by hand to see more") from fault
        said = _said(done.stderr.decode(errors="replace").replace(f"{root}/", ""))
        if done.returncode != 0 or said:
            return Build(b"", said or f"exit code {done.returncode}")
        return Build(done.stdout)


def _said(stderr: str) -> str:
    """What Kustomize said, without the prefix that kubectl logs it with."""
    wrapped = re.search(r'"command failed" err="(.*)"', stderr)
    return (wrapped[1] if wrapped else stderr).removeprefix("Error: ").strip()


def find_kustomize() -> Kustomize | None:
    """The Kustomize of this machine; None where there is none."""
    for name, verb in _COMMANDS:
        found = shutil.which(name)
        if found is not None:
            return Kustomize((found, verb))
    return None
