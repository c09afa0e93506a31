"""GuideLLM: the JSON report of 0.2 to 0.8, as it is or as it is kept. Latencies come out in milliseconds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import Reading
from modelpromote.core.speed import Latency, LoadPoint, LoadTest
from modelpromote.evidence.figures import Figures
from modelpromote.evidence.guidellm_checks import check_benchmark
from modelpromote.evidence.guidellm_forms import Described, form_of, load_name, load_settings, planned
from modelpromote.evidence.guidellm_reduced import reduced
from modelpromote.evidence.json_text import Json, NotJson, canonical, is_unset, load, mapping, text, whole
from modelpromote.evidence.plain_text import artifact_claim, printable

MAX_REPORT = 64 * 2**20
MAX_POINTS = 200
_SCHEMAS = (None, 1, 2)
_MS = 1000.0
_YEARS = (946_684_800, 7_258_118_400)
# (name here, name there, milliseconds in its unit)
_LATENCIES = (
    ("ttft", "time_to_first_token_ms", 1.0),
    ("itl", "inter_token_latency_ms", 1.0),
    ("tpot", "time_per_output_token_ms", 1.0),
    ("e2e", "request_latency", _MS),
)
Object = Mapping[str, Json]


def is_report(value: Json) -> bool:
    """Whether JSON is a GuideLLM report."""
    report = mapping(value)
    return form_of(report) is not None or "guidellm_version" in mapping(report.get("metadata"))


def reduce_report(data: bytes) -> bytes:
    """The kept form. NotJson says why there is none."""
    return reduced(mapping(load(data, MAX_REPORT)))


def read(path: str, files: Mapping[str, bytes]) -> Reading:
    """The run in the folder `path`, from its one JSON file."""
    if len(files) != 1:
        return _refused(Location(path), f"{len(files)} files, expected one JSON report")
    [(name, data)] = files.items()
    location = Location(f"{path}/{name}")
    try:
        report = mapping(load(data, MAX_REPORT))
    except NotJson as fault:
        return Reading(None, problems=(Diagnostic(rules.UNREADABLE_EVIDENCE, location, str(fault)),))
    form = form_of(report)
    if form is None:
        return _refused(location, "not a report of GuideLLM: it needs benchmarks, with args or config since 0.4")
    schema = mapping(report.get("metadata")).get("version")
    if schema not in _SCHEMAS:
        return _refused(location, f"its schema is version {printable(canonical(schema), 20)}, known are 1 and 2")
    listed = report.get("benchmarks")
    benchmarks = [mapping(one) for one in listed] if isinstance(listed, list) else []
    figures = Figures(location, "")
    _check_count(figures, planned(report), len(benchmarks))
    described = [(one, form(report, one)) for one in benchmarks[:MAX_POINTS]]
    return _reading(figures, text(mapping(report.get("metadata")).get("guidellm_version")), described)


def _reading(figures: Figures, version: str, described: list[tuple[dict[str, Json], Described]]) -> Reading:
    points = tuple(_point(figures.within(f"benchmarks.{index}"), *one) for index, one in enumerate(described))
    of_first = described[0][1] if described else None
    labels = {key.lower().replace("-", "_"): value for key, value in (of_first.labels if of_first else {}).items()}
    claim = text(labels.get("artifact_sha256"))
    content = LoadTest(
        points,
        printable(of_first.model if of_first else ""),
        printable(text(labels.get("hardware"))),
        printable(text(labels.get("image"))),
        tuple(dict.fromkeys(warning for one, _ in described for warning in _warnings(one))),
    )
    claims = frozenset({artifact_claim(claim)} if claim else ())
    finished = _finished([one for one, _ in described])
    return Reading(content, "guidellm", printable(version, 40), finished, claims, tuple(figures.problems))


def _check_count(figures: Figures, planned: int, there: int) -> None:
    if there == 0:
        figures.fault(rules.SPEED_EMPTY, "no load was measured", "benchmarks")
    elif there > MAX_POINTS:
        figures.fault(rules.SPEED_FORM, f"{there} loads, at most {MAX_POINTS} are read", "benchmarks")
    elif there < planned:
        figures.fault(rules.SPEED_PARTIAL, f"{there} of {planned} planned loads were measured", "benchmarks")


def _point(figures: Figures, benchmark: Object, described: Described) -> LoadPoint:
    """One load. Where nothing was answered its figures are all 0 and say nothing: that alone is noted then."""
    place = figures.within("request_totals")
    completed, errored, incomplete = (
        place.count(described.totals, name) for name in ("successful", "errored", "incomplete")
    )
    name = printable(load_name(described.strategy), 100)
    if not name:
        figures.fault(rules.SPEED_FORM, "says not which load it is", "strategy")
    fields = (*load_settings(described.strategy), *described.settings)
    settings = {key: canonical(value) for key, value in fields if not is_unset(value)}
    nothing = LoadPoint(name, settings, completed, errored, incomplete)
    if completed == 0:
        figures.fault(rules.SPEED_EMPTY, f"{name}: no request was answered, {errored} failed")
        return nothing
    metrics = {key: mapping(mapping(value).get("successful")) for key, value in _metrics(benchmark).items()}
    check_benchmark(figures, benchmark, metrics, completed)
    _check_planned(figures, benchmark, name, completed + errored + incomplete)
    latencies = {key: _latency(figures, metrics, there, unit) for key, there, unit in _LATENCIES}
    return replace(
        nothing,
        seconds=figures.above_zero(benchmark, "duration"),
        prompt_tokens=_total(figures, metrics, "prompt_token_count"),
        output_tokens=_total(figures, metrics, "output_token_count"),
        latencies={key: latency for key, latency in latencies.items() if latency is not None},
    )


def _metrics(benchmark: Object) -> Object:
    return mapping(benchmark.get("metrics"))


def _total(figures: Figures, metrics: Mapping[str, Object], key: str) -> float:
    return figures.within(f"metrics.{key}.successful").above_zero(metrics.get(key, {}), "total_sum")


def _latency(figures: Figures, metrics: Mapping[str, Object], key: str, unit: float) -> Latency | None:
    """None where it was not measured: absent, or 0 throughout, as for answers that were not streamed."""
    place, values = figures.within(f"metrics.{key}.successful"), metrics.get(key, {})
    percentiles = mapping(values.get("percentiles"))
    if not values or all(values.get(name) in (0, None) for name in ("count", "max")) or values.get("max") == 0:
        if key == "request_latency":
            place.fault(rules.SPEED_FIGURE, "no latency, though requests were answered")
        return None
    at = {name: place.within("percentiles").optional(percentiles, name) for name in ("p50", "p95", "p99")}
    middle = at["p50"] if at["p50"] is not None else place.optional(values, "median")
    found = (place.above_zero(values, "mean"), middle, at["p95"], at["p99"])
    return Latency(*(None if figure is None else figure * unit for figure in found))


def _check_planned(figures: Figures, benchmark: Object, name: str, made: int) -> None:
    """Fewer requests than the only limit of the load asks for: it was stopped."""
    limits = mapping(mapping(benchmark.get("config")).get("constraints"))
    asked = whole(mapping(mapping(limits.get("max_requests")).get("args")).get("count"))
    if asked is not None and set(limits) == {"max_requests"} and made < asked:
        figures.fault(rules.SPEED_PARTIAL, f"{name}: {made} of {asked} requests were made")


def _warnings(benchmark: Object) -> list[str]:
    given = benchmark.get("warnings")
    found = [mapping(one) for one in given[:20]] if isinstance(given, list) else []
    return [printable(text(one.get("code")) or text(one.get("message"))) for one in found if one]


def _finished(benchmarks: list[dict[str, Json]]) -> datetime | None:
    ends = [float(end) for one in benchmarks if isinstance(end := one.get("end_time"), int | float)]
    last = max(ends, default=0.0)
    return datetime.fromtimestamp(last, UTC) if _YEARS[0] <= last <= _YEARS[1] else None


def _refused(location: Location, detail: str) -> Reading:
    return Reading(None, problems=(Diagnostic(rules.SPEED_FORM, location, detail),))
