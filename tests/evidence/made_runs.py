"""A genuine lm-eval run, and the same with something changed."""

import gzip
import json
from typing import Any

from kept_evidence import kept

from modelpromote.core.evidence import Evaluation, Reading, TaskResult
from modelpromote.evidence.lm_eval import read

PATH = "models/m/v/evidence/lm-eval-1"
INT4 = kept("v1.3-int4-g64", "lm-eval")
[RESULTS] = [name for name in INT4 if name.endswith(".json")]
[PPL] = [name for name in INT4 if name.startswith("samples_zoo_ppl")]


def task(reading: Reading, name: str = "zoo_ppl") -> TaskResult:
    assert isinstance(reading.content, Evaluation)
    return reading.content.tasks[name]


def changed(change: Any = lambda _: None, **files: bytes) -> Reading:
    """The genuine run after `change` worked on its results; `ppl` replaces the samples of zoo_ppl."""
    results = json.loads(INT4[RESULTS])
    change(results)
    replaced = {PPL: files["ppl"]} if "ppl" in files else {}
    return read(PATH, {**INT4, RESULTS: json.dumps(results).encode(), **replaced})


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(INT4[PPL]).splitlines()]


def packed(rows: list[Any], tail: bytes = b"") -> bytes:
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    return gzip.compress(text.encode() + tail, mtime=0)
