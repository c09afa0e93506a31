"""The performance section: before and after where the two may be compared, alone where they may not."""

import json
import re

from gates.builders import BASELINE, INT4, digest_of, kept, run, subject
from modelpromote.adapters.templates import load_templates
from modelpromote.core.card import card_room
from modelpromote.core.card_sources import Card
from modelpromote.core.evidence import Run
from modelpromote.core.render import Renderer


def zoo(name: str, **labels: str) -> Run:
    report = json.loads(kept(name, "guidellm")["guidellm.json"])
    report["config"]["metadata"]["labels"] |= labels
    return run("guidellm", {"guidellm.json": json.dumps(report).encode()}, digest_of(name))


def section(own: list[Run], base: list[Run]) -> str:
    card = Card(subject(INT4, *own), subject(BASELINE, *base))
    text = card_room(Renderer(load_templates()), card)[f"models/tiny-llama/{INT4}/README.md"]
    assert ("## In short" in text) is ("tokens per second." in text)
    return re.split(r"(?m)^## ", text.partition("## Performance\n")[2])[0]


def test_before_and_after_stand_side_by_side() -> None:
    text = section([zoo(INT4)], [zoo(BASELINE)])
    assert "Measured with tool on 2-core-cpu, served by `tiny-llama-serve:1.0`. Source: E1, B1.\n" in text
    assert "| load | figure | v1.0-fp16 | this | change |" in text
    assert "| `concurrent 1` | Requests answered / failed | 99 / 0 | 86 / 0 | - |" in text
    assert "| `concurrent 4` | Output tokens per second | 140.8 | 115.2 | -18.2% |" in text
    assert "| `concurrent 1` | Time to first token, p95, ms | 25.9 | 31.3 | +20.7% |" in text
    assert "| `concurrent 4` | Whole request, p95, ms | 999.8 | 1310.5 | +31.1% |" in text
    assert text.count("\n| `concurrent") == 22


def test_what_cannot_be_compared_stands_alone_and_says_why() -> None:
    text = section([zoo(INT4, hardware="nvidia-l40s")], [zoo(BASELINE)])
    assert "| `concurrent 4` | Output tokens per second | - | 115.2 | - |" in text
    assert "- hardware: nvidia-l40s here, 2-core-cpu in the baseline\n" in text
    alone = section([zoo(INT4)], [])
    assert "| `concurrent 4` | Output tokens per second | - | 115.2 | - |" in alone
    assert "Not held against" not in alone


def test_no_load_test_no_section() -> None:
    assert section([], [zoo(BASELINE)]) == ""


def test_what_a_stranger_wrote_in_a_label_stays_text() -> None:
    text = section([zoo(INT4, hardware="[x](https://e.example)|<b>", image="`a`|b")], [])
    assert "[x](" not in text
    assert "<b>" not in text
    assert all(line.count(" | ") in {0, 4} or "---" in line for line in text.splitlines() if line.startswith("|"))
