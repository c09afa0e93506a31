"""`vllm bench serve --save-result`: one JSON object for each run, several one after the other with --append-result.

What `--metadata` names stands among the other keys: `artifact_sha256`, `hardware` and `image` are looked for there.
Its times have no zone and are taken as UTC.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import Reading
from modelpromote.core.speed import Latency, LoadPoint, LoadTest
from modelpromote.evidence.figures import Figures
from modelpromote.evidence.json_text import Json, NotJson, canonical, is_unset, load, mapping, text
from modelpromote.evidence.plain_text import artifact_claim, printable

MAX_BYTES = 16 * 2**20
MAX_RUNS = 200
_KEYS = frozenset({"duration", "completed", "total_output_tokens", "request_throughput", "output_throughput"})
_SETTINGS = ("backend", "endpoint_type", "num_prompts", "request_rate", "burstiness", "max_concurrency", "tokenizer_id")
_NAMES = {"ttft": "ttft", "itl": "itl", "tpot": "tpot", "e2e": "e2el"}
Object = Mapping[str, Json]


def is_run(value: Json) -> bool:
    """Whether JSON is a result of `vllm bench serve`."""
    return mapping(value).keys() >= _KEYS


def runs(data: bytes) -> list[dict[str, Json]]:
    """The objects in a file, one after the other. NotJson says what is wrong."""
    if len(data) > MAX_BYTES:
        raise NotJson(f"{len(data)} bytes, at most {MAX_BYTES} are read")
    found: list[dict[str, Json]] = []
    for document in _documents(data):
        if len(found) == MAX_RUNS:
            raise NotJson(f"more than {MAX_RUNS} runs in one file")
        found.append(mapping(load(document)))
    return found


def read(path: str, files: Mapping[str, bytes]) -> Reading:
    """The run in the folder `path`, from its one file."""
    if len(files) != 1:
        return _refused(Location(path), f"{len(files)} files, expected one JSON file")
    [(name, data)] = files.items()
    location = Location(f"{path}/{name}")
    try:
        found = runs(data)
    except NotJson as fault:
        return Reading(None, problems=(Diagnostic(rules.UNREADABLE_EVIDENCE, location, str(fault)),))
    if not found:
        return Reading(None, problems=(Diagnostic(rules.SPEED_EMPTY, location, "no run in it"),))
    if not all(is_run(one) for one in found):
        return _refused(location, f"not a result of vllm bench serve: it needs {', '.join(sorted(_KEYS))}")
    return _reading(Figures(location, ""), sorted(found, key=lambda one: text(one.get("date"))))


def _documents(data: bytes) -> Iterator[bytes]:
    """The text of each document, cut where one ends; each is then read strictly."""
    try:
        rest = data.decode("utf-8").lstrip()
        decoder = json.JSONDecoder(parse_int=str, parse_float=str)
        while rest:
            _, end = decoder.raw_decode(rest)
            yield rest[:end].encode()
            rest = rest[end:].lstrip()
    except UnicodeDecodeError as fault:
        raise NotJson(f"not UTF-8 at byte {fault.start}") from fault
    except json.JSONDecodeError as fault:
        raise NotJson(f"not JSON: line {fault.lineno}, column {fault.colno}: {fault.msg}") from fault
    except RecursionError as fault:
        raise NotJson("nested too deep") from fault


def _reading(figures: Figures, found: list[dict[str, Json]]) -> Reading:
    points = tuple(
        _point(figures.within(str(index)) if len(found) > 1 else figures, one) for index, one in enumerate(found)
    )
    named = {key: _only_one(figures, found, key) for key in ("model_id", "hardware", "image")}
    claims = frozenset(artifact_claim(claim) for one in found if (claim := text(one.get("artifact_sha256"))))
    ends = [end for one in found if (end := _written(one)) is not None]
    content = LoadTest(points, named["model_id"], named["hardware"], named["image"])
    return Reading(content, "vllm bench", "", max(ends, default=None), claims, tuple(figures.problems))


def _only_one(figures: Figures, found: list[dict[str, Json]], key: str) -> str:
    """What all runs of a file must share."""
    values = list(dict.fromkeys(printable(text(one.get(key))) for one in found))
    if len(values) > 1:
        figures.fault(rules.SPEED_FORM, f"{key} is {values[0]!r} in one run and {values[1]!r} in another")
    return values[0]


def _point(figures: Figures, run: Object) -> LoadPoint:
    completed, failed = figures.count(run, "completed"), int(figures.optional(run, "failed") or 0)
    asked = int(figures.optional(run, "num_prompts") or completed)
    if "failed" not in run:  # before vLLM counted them: what was not completed failed
        failed = max(0, asked - completed)
    name = _load(run)
    settings = {key: canonical(value) for key in _SETTINGS if not is_unset(value := run.get(key))}
    nothing = LoadPoint(name, settings, completed, failed, 0)
    if completed == 0:
        figures.fault(rules.SPEED_EMPTY, f"{name}: no request was answered, {failed} failed")
        return nothing
    if completed + failed < asked:
        figures.fault(rules.SPEED_PARTIAL, f"{name}: {completed + failed} of {asked} requests were made")
    latencies = {ours: _latency(figures, run, theirs) for ours, theirs in _NAMES.items()}
    names = ("duration", "total_input_tokens", "total_output_tokens")
    seconds, given, made = (figures.above_zero(run, key) for key in names)
    _check_rates(figures, run, completed, seconds, (given, made))
    found = {key: latency for key, latency in latencies.items() if latency is not None}
    return replace(nothing, seconds=seconds, prompt_tokens=given, output_tokens=made, latencies=found)


def _check_rates(figures: Figures, run: Object, completed: int, seconds: float, tokens: tuple[float, float]) -> None:
    requests, output = (figures.above_zero(run, key) for key in ("request_throughput", "output_throughput"))
    figures.agree("request_throughput * duration", requests * seconds, completed, "completed requests", 0)
    figures.agree("output_throughput * duration", output * seconds, tokens[1], "total_output_tokens", 0)
    both = figures.optional(run, "total_token_throughput")
    if both is not None:
        figures.agree("total_token_throughput * duration", both * seconds, sum(tokens), "the tokens", 0)


def _load(run: Object) -> str:
    """`rate inf, at most 4 at once`."""
    rate, most = run.get("request_rate"), run.get("max_concurrency")
    shown = f"rate {printable(text(rate) or canonical(rate), 20)}"
    return f"{shown}, at most {printable(canonical(most), 20)} at once" if most is not None else shown


def _latency(figures: Figures, run: Object, name: str) -> Latency | None:
    """In milliseconds; None where the run did not ask for it. The median is p50 where that was not asked for."""
    if run.get(f"mean_{name}_ms") is None:
        return None
    mean = figures.above_zero(run, f"mean_{name}_ms")
    p50, p95, p99 = (figures.optional(run, f"p{number}_{name}_ms") for number in (50, 95, 99))
    median = figures.optional(run, f"median_{name}_ms")
    if p50 is not None and median is not None:
        figures.agree(f"p50_{name}_ms", p50, median, f"median_{name}_ms", 0)
    middle = median if p50 is None else p50
    known = [value for value in (middle, p95, p99) if value is not None]
    if known != sorted(known):
        figures.fault(rules.SPEED_ARITHMETIC, "median and percentiles are not in rising order", f"p99_{name}_ms")
    return Latency(mean, middle, p95, p99)


def _written(run: Object) -> datetime | None:
    """When the result was written, which is when the run ended."""
    date = text(run.get("date"))
    if re.fullmatch(r"[0-9]{8}-[0-9]{6}", date) is None:
        return None
    try:
        return datetime.strptime(date, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _refused(location: Location, detail: str) -> Reading:
    return Reading(None, problems=(Diagnostic(rules.SPEED_FORM, location, detail),))
