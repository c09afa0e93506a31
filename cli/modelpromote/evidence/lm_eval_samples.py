"""lm-eval's samples: from one line per document to the few fields that pairing and recomputing need.

The kept file is gzip of one compact JSON object per line, in the order of the original; its form is public.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable

from modelpromote.core.evidence import Item
from modelpromote.evidence.json_text import MAX_DIGITS, Json, NotJson, load, mapping, number, text, whole

MAX_ITEMS_BYTES = 32 * 2**20
MAX_LINE_BYTES = 16 * 2**20
_STAMP = r"([0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]-[0-9][0-9]-[0-9][0-9](?:\.[0-9]{1,6})?)"
_SAMPLES = re.compile(rf"samples_(.{{1,200}})_{_STAMP}\.jsonl")
_RESULTS = re.compile(rf".{{1,200}}_{_STAMP}\.json")
_HASH = re.compile(r"[0-9a-f]{64}")
_THREE_HASHES = re.compile(r"[0-9a-f]{64},[0-9a-f]{64},[0-9a-f]{64}")
_HASHES = ("doc_hash", "prompt_hash", "target_hash")
_FIELDS = ["doc_id", "filter", *_HASHES, "metrics"]
# what is no metric, for versions that do not list the metrics
_NOT_METRICS = frozenset({*_FIELDS, "doc", "target", "arguments", "resps", "filtered_resps"})
_PAIR = 2
# a line that starts so neither ends inside a row nor begins inside one
_START = f'{{"{_FIELDS[0]}":'
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False)
_LARGEST = 10.0**MAX_DIGITS


class BadSample(ValueError):
    """A line of a samples file that is none; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


def samples_task(name: str) -> tuple[str, str] | None:
    """Task and time stamp of `samples_<task>_<stamp>.jsonl`; None for any other name."""
    match = _SAMPLES.fullmatch(name)
    return (match[1], match[2]) if match else None


def results_stamp(name: str) -> str | None:
    """The time stamp of `results_<stamp>.json`, which the samples of the same run share."""
    match = _RESULTS.fullmatch(name)
    return match[1] if match else None


def reduce_samples(lines: Iterable[bytes]) -> bytes:
    """The kept form of a samples file, the same bytes every time. BadSample names the line that is none.

    A metric is kept where its value is a number or a pair of numbers: only those can be recomputed.
    """
    kept = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=kept, mtime=0) as out:
        for line, data in enumerate(lines, 1):
            if data.strip():
                out.write(_line(_reduced(data, line)))
    return kept.getvalue()


def read_items(data: bytes) -> tuple[Item, ...]:
    """The documents of a kept samples file. BadSample or NotJson says what is wrong."""
    plain = _unpacked(data)
    lines = plain.decode("ascii", "replace").splitlines()
    try:
        rows = json.loads(f"[{','.join(lines)}]")
        is_own_form = len(rows) == len(lines) and _is_own_form(rows, lines, plain)
    except (ValueError, RecursionError) as fault:
        raise NotJson("not the reduced samples that `promote evidence add` keeps") from fault
    items = tuple(_item(row, line) for line, row in enumerate(rows, 1)) if is_own_form else ()
    if not is_own_form or not all(line.startswith(_START) for line in lines):
        raise NotJson("not the reduced samples that `promote evidence add` keeps: keys, order or spaces differ")
    return items


def _is_own_form(rows: list[Json], lines: list[str], plain: bytes) -> bool:
    """Whether the rows, written again, are the lines: all in one call, a call for each takes three times as long."""
    return plain == "".join(f"{line}\n" for line in lines).encode() and _ENCODER.encode(rows) == f"[{','.join(lines)}]"


def _line(row: dict[str, Json]) -> bytes:
    return _ENCODER.encode(row).encode("ascii") + b"\n"


def _reduced(data: bytes, line: int) -> dict[str, Json]:
    try:
        sample = mapping(load(data, MAX_LINE_BYTES))
    except NotJson as fault:
        raise BadSample(line, str(fault)) from fault
    listed = sample.get("metrics")
    names = listed if isinstance(listed, list) else [key for key in sample if key not in _NOT_METRICS]
    metrics = {name: _kept_value(sample.get(name)) for name in names if isinstance(name, str)}
    row: dict[str, Json] = {
        "doc_id": sample.get("doc_id"),
        "filter": sample.get("filter", "none"),
        **{name: sample.get(name) for name in _HASHES},
        "metrics": {name: value for name, value in metrics.items() if value is not None},
    }
    _item(row, line)
    return row


def _kept_value(value: Json) -> Json:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list) and len(value) == _PAIR:
        return value if all(number(part) is not None for part in value) else None
    return value if number(value) is not None else None


def _item(row: Json, line: int) -> Item:
    fields = mapping(row)
    if list(fields) != _FIELDS:
        raise BadSample(line, "not a sample of lm-eval")
    doc_id = whole(fields["doc_id"])
    if doc_id is None or not 0 <= doc_id < _LARGEST:
        raise BadSample(line, "doc_id is not a whole number")
    document, prompt, target = (text(fields[name]) for name in _HASHES)
    if _THREE_HASHES.fullmatch(f"{document},{prompt},{target}") is None:
        given = zip(_HASHES, (document, prompt, target), strict=True)
        bad = next(name for name, value in given if _HASH.fullmatch(value) is None)
        raise BadSample(line, f"{bad} is not a sha256 in hex")
    metrics = {
        name: value if type(value) is float and abs(value) < _LARGEST else _metric(value, line)
        for name, value in mapping(fields["metrics"]).items()
    }
    return Item(doc_id, document, prompt, target, text(fields["filter"]), metrics)


def _metric(value: Json, line: int) -> float | tuple[float, float]:
    parts = [number(part) for part in (value if isinstance(value, list) else [value])]
    numbers = [part for part in parts if part is not None and abs(part) < _LARGEST]
    if len(numbers) != len(parts) or len(numbers) not in {1, _PAIR}:
        raise BadSample(line, "a metric is neither a number nor a pair of numbers")
    return (numbers[0], numbers[1]) if isinstance(value, list) else numbers[0]


def _unpacked(data: bytes) -> bytes:
    """The text in one gzip member, read up to the limit only."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MAX_ITEMS_BYTES + 1)
    except zlib.error as fault:
        raise NotJson("not gzip") from fault
    if len(plain) > MAX_ITEMS_BYTES:
        raise NotJson(f"unpacks to more than {MAX_ITEMS_BYTES} bytes, which is the limit")
    if not unpacker.eof or unpacker.unused_data:
        raise NotJson("gzip that is cut off, or with something behind it")
    return plain
