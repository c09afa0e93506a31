import gzip
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_evidence import DATA

from modelpromote.core.evidence import Item
from modelpromote.evidence.lm_eval import BadSample, reduce_samples, results_stamp, samples_task
from modelpromote.evidence.lm_eval_checks import recomputed
from modelpromote.evidence.lm_eval_samples import read_items

[RAW] = (DATA / "raw").glob("samples_zoo_ppl_*.jsonl")
HASH = "a" * 64


def sample(**changes: Any) -> bytes:
    row = {"doc_id": 0, "doc": {"text": "x"}, "resps": [["-1.0"]], "filter": "none", "metrics": ["acc"], "acc": 1.0}
    hashes = dict.fromkeys(("doc_hash", "prompt_hash", "target_hash"), HASH)
    return json.dumps({**row, **hashes, **changes}).encode()


def test_only_what_is_needed_is_kept() -> None:
    raw = RAW.read_bytes().splitlines()
    data = reduce_samples(raw)
    first = json.loads(gzip.decompress(data).splitlines()[0])
    original = json.loads(raw[0])
    assert list(first) == ["doc_id", "filter", "doc_hash", "prompt_hash", "target_hash", "metrics"]
    assert first["metrics"] == {name: original[name] for name in original["metrics"]}
    assert len(data) < sum(map(len, raw)) / 5


def test_the_same_bytes_every_time() -> None:
    with RAW.open("rb") as lines:
        data = reduce_samples(lines)
    assert data == reduce_samples(RAW.read_bytes().splitlines())
    assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def test_what_is_kept_reads_back() -> None:
    items = read_items(reduce_samples(RAW.read_bytes().splitlines()))
    assert [item.doc_id for item in items] == list(range(10))


def test_old_samples_do_not_list_their_metrics() -> None:
    row = json.loads(sample(exact_match=0.0))
    del row["metrics"], row["filter"]
    [item] = read_items(reduce_samples([json.dumps(row).encode()]))
    assert (item.metrics, item.filter) == ({"acc": 1.0, "exact_match": 0.0}, "none")


@pytest.mark.parametrize(
    ("value", "metrics"),
    [
        (True, {"acc": 1.0}),
        ([-1.5, 3], {"acc": (-1.5, 3.0)}),
        ("text", {}),
        ([True, False], {}),
        ([1, 2, 3], {}),
        (None, {}),
    ],
)
def test_numbers_and_pairs_of_numbers_are_kept(value: Any, metrics: dict[str, Any]) -> None:
    [item] = read_items(reduce_samples([sample(acc=value)]))
    assert item.metrics == metrics


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a sample|doc_id"),
        (sample(doc_id=None), "doc_id is not a whole number"),
        (sample(doc_id=-1), "doc_id is not a whole number"),
        (sample(target_hash="A" * 64), "target_hash is not a sha256 in hex"),
        (sample(acc=math.nan), "NaN is not a number"),
        (sample(acc=-math.inf), "-Infinity is not a number"),
        (b'{"doc_id": 0, "doc_id": 1}', "key 'doc_id' is given twice"),
    ],
)
def test_a_bad_line_is_named(line: bytes, message: str) -> None:
    with pytest.raises(BadSample, match=f"line 3: .*({message})") as fault:
        reduce_samples([sample(), b"\n", line])
    assert fault.value.line == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("samples_zoo_ppl_2026-11-24T02-58-05.232018.jsonl", ("zoo_ppl", "2026-11-24T02-58-05.232018")),
        ("samples_a_2026-11-24T02-58-05.jsonl", ("a", "2026-11-24T02-58-05")),
        ("samples_zoo_ppl.jsonl", None),
        ("samples_zoo_ppl_2026-11-24T02-58-05.jsonl.gz", None),
        ("results_2026-11-24T02-58-05.jsonl", None),
    ],
)
def test_names_of_samples(name: str, expected: tuple[str, str] | None) -> None:
    assert samples_task(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("results_2026-11-24T02-58-05.232018.json", "2026-11-24T02-58-05.232018"),
        ("own_name_2026-11-24T02-58-05.json", "2026-11-24T02-58-05"),
        ("results.json", None),
    ],
)
def test_names_of_results(name: str, expected: str | None) -> None:
    assert results_stamp(name) == expected


def items(values: list[Any], metric: str) -> list[Item]:
    return [Item(index, HASH, HASH, HASH, "none", {metric: value}) for index, value in enumerate(values)]


@pytest.mark.parametrize(
    ("metric", "values", "expected"),
    [
        ("word_perplexity", [(-2.0, 2.0), (-4.0, 1.0)], math.exp(2)),
        ("byte_perplexity", [(-3.0, 3.0)], math.e),
        ("bits_per_byte", [(-2.0, 1.0), (-2.0, 1.0)], 2 / math.log(2)),
        ("acc", [1.0, 0.0, 0.0, 1.0], 0.5),
        ("exact_match", [1.0], 1.0),
        ("f1", [1.0], None),
        ("acc", [(1.0, 2.0)], None),
        ("word_perplexity", [1.0], None),
        ("acc", [], None),
    ],
)
def test_figures_from_documents(metric: str, values: list[Any], expected: float | None) -> None:
    assert recomputed(metric, items(values, metric)) == (pytest.approx(expected) if expected is not None else None)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1e4, -0.1), st.integers(1, 10**4)), min_size=1, max_size=20))
def test_the_order_of_documents_does_not_change_a_figure(values: list[tuple[float, int]]) -> None:
    there, back = (recomputed("word_perplexity", items(order, "word_perplexity")) for order in (values, values[::-1]))
    assert there == pytest.approx(back)
