"""The three forms of a GuideLLM report, told apart by what is in it: where each has its loads, labels and settings.

0.2 and 0.3 have `benchmarks` alone; 0.4 to 0.6 `args` beside it; 0.7 and 0.8 `config` with a `spec`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from modelpromote.evidence.json_text import Json, canonical, mapping, text

_OF_THE_LOAD = frozenset({"type_", "streams", "rate", "max_concurrency", "initial_burst", "rampup_duration"})
_LEGACY = (
    "max_number", "max_duration", "warmup_number", "warmup_duration", "cooldown_number", "cooldown_duration",
)  # fmt: skip
_ARGS = (
    "data", "data_args", "data_samples", "data_request_formatter", "data_preprocessors", "random_seed", "warmup",
    "cooldown", "rampup", "max_seconds", "max_requests", "max_errors", "max_error_rate", "max_global_error_rate",
)  # fmt: skip
_BACKEND = ("kind", "request_format", "stream", "max_tokens")
Object = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Described:
    """What one benchmark says that is not a figure, wherever its form has it.

    `strategy` is the load, `totals` the requests by what became of them, `labels` what whoever ran it named,
    `settings` what two tests must share (the load aside).
    """

    strategy: Object
    totals: Object
    labels: Object
    model: str
    settings: tuple[tuple[str, Json], ...]


Form = Callable[[Object, Object], Described]


def form_of(report: Object) -> Form | None:
    """The form of a report, which describes its benchmarks; None where it is none of GuideLLM's."""
    benchmarks = report.get("benchmarks")
    if not isinstance(benchmarks, list):
        return None
    if isinstance(mapping(report.get("config")).get("spec"), dict):
        return _with_spec
    if isinstance(report.get("args"), dict):
        return _with_arguments
    is_legacy = bool(benchmarks) and all(isinstance(mapping(one).get("request_loader"), dict) for one in benchmarks)
    return _legacy if is_legacy else None


def planned(report: Object) -> int:
    """How many loads were planned; 0 where the report does not say."""
    listed = mapping(report.get("config")).get("benchmarks")
    return len(listed) if isinstance(listed, list) and None not in listed else 0


def _legacy(report: Object, benchmark: Object) -> Described:  # noqa: ARG001 - one signature for all forms
    """0.2 and 0.3."""
    arguments, loader = mapping(benchmark.get("args")), mapping(benchmark.get("request_loader"))
    return Described(
        mapping(arguments.get("strategy")),
        mapping(benchmark.get("request_totals")),
        mapping(benchmark.get("extras")),
        text(mapping(benchmark.get("worker")).get("backend_model")),
        (*_only(arguments, _LEGACY), *_only(loader, ("data", "data_args"))),
    )


def _with_arguments(report: Object, benchmark: Object) -> Described:
    """0.4 to 0.6: these name no labels."""
    arguments, config = mapping(report.get("args")), mapping(benchmark.get("config"))
    return Described(
        mapping(config.get("strategy")),
        mapping(mapping(benchmark.get("metrics")).get("request_totals")),
        {},
        text(mapping(config.get("backend")).get("model")) or text(arguments.get("model")),
        tuple(_only(arguments, _ARGS)),
    )


def _with_spec(report: Object, benchmark: Object) -> Described:
    """0.7 and 0.8."""
    config, of_this = mapping(report.get("config")), mapping(benchmark.get("config"))
    spec = mapping(config.get("spec"))
    backend = mapping(spec.get("backend"))
    return Described(
        mapping(of_this.get("strategy")),
        mapping(mapping(benchmark.get("metrics")).get("request_totals")),
        mapping(mapping(config.get("metadata")).get("labels")),
        text(backend.get("model")),
        (
            *_only(spec, ("constraints", "data", "seed")),
            *((f"backend.{name}", value) for name, value in _only(backend, _BACKEND)),
            *_only(of_this, ("warmup", "cooldown")),
        ),
    )


def _only(values: Object, names: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    return ((name, values.get(name)) for name in names)


def load_name(strategy: Object) -> str:
    """`concurrent 4`, `constant 2/s`, `synchronous`."""
    kind = text(strategy.get("type_"))
    streams, rate = strategy.get("streams"), strategy.get("rate")
    if kind == "concurrent" and streams is not None:
        return f"concurrent {canonical(streams)}"
    return f"{kind} {canonical(rate)}/s" if rate is not None else kind


def load_settings(strategy: Object) -> Iterator[tuple[str, Json]]:
    """What a load consists of, the times of this run and the machine's workers aside."""
    yield from ((f"strategy.{name}", strategy.get(name)) for name in sorted(_OF_THE_LOAD))
