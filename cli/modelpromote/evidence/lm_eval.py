"""lm-evaluation-harness: one `results_*.json` of 0.4.2 to 0.4.13, and reduced samples beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, Rule
from modelpromote.core.evidence import Evaluation, Item, Reading, TaskResult
from modelpromote.evidence.json_text import Json, NotJson, load, mapping, number, text, whole
from modelpromote.evidence.lm_eval_arithmetic import broken_groups, broken_sums
from modelpromote.evidence.lm_eval_checks import disagreements, impossible
from modelpromote.evidence.lm_eval_groups import parts_of, whole_groups
from modelpromote.evidence.lm_eval_samples import (
    BadSample,
    read_items,
    reduce_samples,
    results_stamp,
    samples_task,
)
from modelpromote.evidence.lm_eval_settings import settings_of
from modelpromote.evidence.plain_text import artifact_claim, printable

__all__ = ["BadSample", "is_results", "is_results_value", "read", "reduce_samples", "results_stamp", "samples_task"]

# 2000-01-01 and 2200-01-01, in seconds since 1970: a run outside has no readable time
_YEARS = (946_684_800, 7_258_118_400)


@dataclass(frozen=True, slots=True)
class _Results:
    """The results file, and the samples of its tasks."""

    location: Location
    data: Mapping[str, Json]
    items: Mapping[str, tuple[Item, ...]]

    def at(self, *keys: str) -> Location:
        return Location(self.location.path, key=".".join(printable(key, 80) for key in keys))


def is_results(data: bytes) -> bool:
    """Whether a file is a results file of lm-eval."""
    try:
        return is_results_value(load(data))
    except NotJson:
        return False


def is_results_value(value: Json) -> bool:
    """Whether JSON is a results file of lm-eval."""
    return all(isinstance(mapping(value).get(key), dict) for key in ("results", "configs", "config"))


def read(path: str, files: Mapping[str, bytes]) -> Reading:
    """The run in the folder `path`. Figures that its own samples do not give make it unusable."""
    names = [name for name in files if name.endswith(".json")]
    if len(names) != 1:
        return _unreadable(Location(path), f"{len(names)} JSON files, expected one results_*.json")
    location = Location(f"{path}/{names[0]}")
    try:
        data = mapping(load(files[names[0]]))
    except NotJson as fault:
        return _unreadable(location, str(fault))
    if not is_results_value(data):
        return _unreadable(location, "not a results file of lm-eval: it needs results, configs and config")
    items, problems = _samples(path, files, names[0], mapping(data["results"]))
    return _reading(_Results(location, data, items), problems)


def _reading(results: _Results, problems: list[Diagnostic]) -> Reading:
    claims, bad_claims = _claims(results)
    tasks = whole_groups({printable(task): _task(results, task) for task in mapping(results.data["results"])})
    problems += bad_claims
    if not any(result.metrics for result in tasks.values()):
        problems.append(Diagnostic(rules.INCOMPLETE_EVIDENCE, results.location, "no task has a figure"))
    for task, result in tasks.items():
        problems += _found(rules.UNREADABLE_EVIDENCE, results, task, impossible(result))
        problems += _found(rules.RECOMPUTED, results, task, disagreements(result))
        for rule, key, detail in (
            *broken_sums(result, _scores_itself(results.data, task)),
            *broken_groups(result, tasks),
        ):
            problems.append(Diagnostic(rule, results.at("results", task, key), detail))
    version = printable(text(results.data.get("lm_eval_version")), 40)
    return Reading(Evaluation(tasks), "lm-eval", version, _finished(results.data), claims, tuple(problems))


def _found(rule: Rule, results: _Results, task: str, faults: Iterator[tuple[str, str]]) -> Iterator[Diagnostic]:
    for key, detail in faults:
        yield Diagnostic(rule, results.at("results", task, key) if key else results.at("task_hashes", task), detail)


def _samples(
    path: str, files: Mapping[str, bytes], results: str, tasks: Mapping[str, Json]
) -> tuple[dict[str, tuple[Item, ...]], list[Diagnostic]]:
    """The documents by task, and what is wrong with the samples files."""
    items: dict[str, tuple[Item, ...]] = {}
    problems: list[Diagnostic] = []
    for name in sorted(set(files) - {results}):
        location = Location(f"{path}/{name}")
        known = samples_task(name.removesuffix(".gz")) if name.endswith(".gz") else None
        if known is None or known[0] not in tasks or known[1] != results_stamp(results):
            detail = f"not the samples of a task of {results}: expected samples_<task>_<stamp>.jsonl.gz"
            problems.append(Diagnostic(rules.UNREADABLE_EVIDENCE, location, detail))
            continue
        try:
            items[known[0]] = read_items(files[name])
        except (NotJson, BadSample) as fault:
            problems.append(Diagnostic(rules.UNREADABLE_EVIDENCE, location, str(fault)))
    return items, problems


def _task(results: _Results, task: str) -> TaskResult:
    figures = mapping(mapping(results.data["results"])[task])
    metrics = {
        printable(key): value for key, given in figures.items() if "," in key and (value := number(given)) is not None
    }
    items = results.items.get(task, ())
    return TaskResult(
        task=printable(task),
        metrics=metrics,
        settings=settings_of(results.data, task),
        samples=_effective(results.data, task),
        task_hash=text(mapping(results.data.get("task_hashes")).get(task)),
        items=items,
        shortfall=_shortfall(results, task, items),
        higher_is_better=_directions(results.data, task),
        parts=parts_of(results.data, task),
    )


def _scores_itself(data: Mapping[str, Json], task: str) -> bool:
    """Whether the task computes its scores in code of its own: those need not be right or wrong."""
    return bool(mapping(mapping(data.get("configs")).get(task)).get("process_results"))


def _directions(data: Mapping[str, Json], task: str) -> dict[str, bool]:
    given = mapping(mapping(data.get("higher_is_better")).get(task))
    return {printable(metric): value for metric, value in given.items() if isinstance(value, bool)}


def _effective(data: Mapping[str, Json], task: str) -> int | None:
    counts = mapping(mapping(data.get("n-samples")).get(task))
    return whole(counts.get("effective"))


def _shortfall(results: _Results, task: str, items: tuple[Item, ...]) -> str:
    """Why the task was not run whole, if so. A limit above the task's size takes nothing away."""
    counts = mapping(mapping(results.data.get("n-samples")).get(task))
    limit = number(mapping(results.data["config"]).get("limit"))
    original, effective = whole(counts.get("original")), whole(counts.get("effective"))
    if limit is not None and (original is None or effective is None):
        return f"run with limit {limit:g}"
    if original != effective:
        limited = f", run with limit {limit:g}" if limit is not None else ""
        return f"{effective} of {original} documents{limited}"
    if effective is not None and effective <= 0:
        return "no document"
    return _item_shortfall(items, effective) if task in results.items else ""


def _item_shortfall(items: tuple[Item, ...], effective: int | None) -> str:
    if not items:
        return "samples without a document"
    for name in sorted({item.filter for item in items}):
        documents = [item.doc_id for item in items if item.filter == name]
        if len(set(documents)) != len(documents):
            return f"samples with a document twice (filter {printable(name, 60)})"
        if effective is not None and len(documents) != effective:
            return f"samples of {len(documents)} documents, {effective} were evaluated"
    return ""


def _claims(results: _Results) -> tuple[frozenset[str], list[Diagnostic]]:
    """The artifacts that the tasks name in `metadata.artifact_sha256`."""
    claims: set[str] = set()
    problems: list[Diagnostic] = []
    for task, config in mapping(results.data["configs"]).items():
        given = mapping(mapping(config).get("metadata")).get("artifact_sha256")
        if isinstance(given, str):
            claims.add(artifact_claim(given))
        elif given is not None:
            place = results.at("configs", task, "metadata", "artifact_sha256")
            problems.append(Diagnostic(rules.UNREADABLE_EVIDENCE, place, "not a sha256 in hex"))
    return frozenset(claims), problems


def _finished(data: Mapping[str, Json]) -> datetime | None:
    """`date` is the start, in seconds since 1970; the duration is a number, written as text."""
    start, lasted = number(data.get("date")), data.get("total_evaluation_time_seconds")
    try:
        duration = float(lasted) if isinstance(lasted, str | int | float) else 0.0
    except (ValueError, OverflowError):
        duration = 0.0
    if start is None or not _YEARS[0] <= start + duration <= _YEARS[1]:
        return None
    return datetime.fromtimestamp(start + duration, UTC)


def _unreadable(location: Location, detail: str) -> Reading:
    return Reading(None, problems=(Diagnostic(rules.UNREADABLE_EVIDENCE, location, detail),))
