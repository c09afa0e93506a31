"""Pure readers of other tools' files. One kind, one file, one line in READERS."""

from collections.abc import Mapping
from typing import Protocol

from modelpromote.core.evidence import Reading
from modelpromote.evidence import artifact, guidellm, junit, lm_eval, vllm_bench


class Reader(Protocol):
    """A module that reads the kept files of one run."""

    def read(self, path: str, files: Mapping[str, bytes]) -> Reading:
        """The run that lies in the folder `path`, from its files by name. Never raises on bad content."""


READERS: dict[str, Reader] = {
    "artifact": artifact,
    "lm-eval": lm_eval,
    "junit": junit,
    "guidellm": guidellm,
    "vllm-bench": vllm_bench,
}
