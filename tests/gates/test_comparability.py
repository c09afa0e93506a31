from dataclasses import replace

import pytest

from modelpromote.core.evidence import Item, TaskResult
from modelpromote.core.gates.comparability import documents

WORDS = "word_perplexity"


def item(index: int, *, count: float = 10.0, other: str = "", target: str = "t") -> Item:
    return Item(index, other or f"doc{index}", "p", target, "none", {WORDS: (-5.0, count)})


def result(*items: Item) -> TaskResult:
    return TaskResult("task", {}, {}, len(items), "", items)


BASE = result(item(0), item(1))


def test_the_same_documents_stand_side_by_side() -> None:
    assert documents(BASE, BASE, WORDS, "none") == ([(-5.0, 10.0)] * 2, [(-5.0, 10.0)] * 2)


def test_without_samples_on_a_side_there_are_no_pairs() -> None:
    assert documents(result(), BASE, WORDS, "none") is None
    assert documents(BASE, result(), WORDS, "none") is None


@pytest.mark.parametrize(
    ("candidate", "text"),
    [
        (result(item(0)), "documents: 1 here, 2 in the baseline"),
        (result(item(0), item(1, other="else")), "document 1: another one than in the baseline"),
        (result(item(1), item(0)), "document 0: another one than in the baseline"),
        (result(item(0), item(1, target="else")), "document 1: another one than in the baseline"),
        (result(item(0), replace(item(1), prompt_hash="else")), "document 1: another prompt than in the baseline"),
        (result(item(0), item(1, count=11.0)), f"{WORDS}: its documents are counted otherwise than in the baseline"),
        (result(item(0), replace(item(1), metrics={})), f"documents: a sample has no {WORDS}"),
    ],
)
def test_other_documents_are_named(candidate: TaskResult, text: str) -> None:
    assert documents(candidate, BASE, WORDS, "none") == text


def test_a_filter_without_documents_is_named() -> None:
    assert documents(BASE, BASE, WORDS, "strict") == f"documents: a sample has no {WORDS}"
