"""From what a user names to runs: which files belong together, of which kind, and what of them is kept."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modelpromote.adapters.inputs import Input, list_inputs
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.evidence import EvidenceFile, Kind, Original
from modelpromote.core.manifest import ArtifactFile
from modelpromote.evidence import artifact, guidellm, junit, lm_eval
from modelpromote.evidence.json_text import NotJson
from modelpromote.evidence.kinds import kinds_of
from modelpromote.failures import Usage

_HEAD = 4096
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@=, -]{0,200}")


@dataclass(frozen=True, slots=True)
class Source:
    """One run as it was found: its kind, the files that are kept, and what they were made from.

    `folder` is where they lay, `name` what people call it; `written` is when its newest file was written: the
    time of a run whose files say none.
    """

    folder: str
    name: str
    kind: Kind
    kept: Mapping[str, bytes]
    originals: Mapping[str, Original]
    written: datetime

    @property
    def files(self) -> tuple[EvidenceFile, ...]:
        """The kept files as an entry lists them."""
        return tuple(
            EvidenceFile(
                path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest(), original=self.originals.get(path)
            )
            for path, data in sorted(self.kept.items())
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The runs in what was named, what is wrong, and the files of a folder that are of no known kind."""

    sources: tuple[Source, ...]
    problems: tuple[Diagnostic, ...]
    left_out: tuple[str, ...]


def find_sources(paths: Iterable[Path], notice: Callable[[str], None], kind: Kind | None = None) -> Found:
    """Every run in these files and folders; files that were named one by one may belong together.

    `kind` decides for files that were named one by one, and within folders where a file may be of several kinds.
    """
    named = [(path, list_inputs(path)) for path in paths]
    single = [one for path, inputs in named if not path.is_dir() for one in inputs]
    sources, problems, unknown = _runs([(one, (kind,) if kind else None) for one in single], kind)
    problems += [_unknown(str(one.place), why) for one, why in unknown]
    left_out: list[str] = []
    for path, inputs in named:
        if path.is_dir() and is_artifact(inputs):
            sources.append(artifact_source(path, inputs, notice))
        elif path.is_dir():
            known, wrong, others = _runs([(one, None) for one in inputs], kind)
            if not known and not wrong:
                wrong = [Diagnostic(rules.UNKNOWN_EVIDENCE, Location(str(path)), "no file in it is of a known kind")]
            sources += known
            problems += wrong
            left_out += [f"{path.name}/{one.name}" for one, _ in others]
    return Found(tuple(sources), tuple(problems), tuple(left_out))


def _unknown(path: str, why: str) -> Diagnostic:
    return Diagnostic(rules.UNKNOWN_EVIDENCE, Location(path), f"is of no known kind{': ' if why else ''}{why}")


def is_artifact(inputs: list[Input]) -> bool:
    """Whether files are those of an artifact directory."""
    names = {one.name for one in inputs}
    return artifact.CONFIG in names and any(name.endswith(".safetensors") for name in names)


def artifact_source(path: Path, inputs: list[Input], notice: Callable[[str], None]) -> Source:
    """The artifact directory itself: every file's digest, and what says how it was quantised."""
    kept: dict[str, bytes] = {}
    originals: dict[str, Original] = {}
    listed: list[ArtifactFile] = []
    for one in inputs:
        notice(f"reading {one.name} ({one.size:,} bytes)")
        file = ArtifactFile(path=one.name, size=one.size, sha256=one.sha256())
        listed.append(file)
        if one.name in artifact.KEPT:
            kept[one.name] = one.read()
        elif one.name.endswith(".safetensors"):
            name = artifact.header_name(one.name)
            kept[name] = _header(one)
            originals[name] = Original(path=file.path, size=file.size, sha256=file.sha256)
    written = max(one.modified for one in inputs)
    return Source(str(path), str(path), "artifact", artifact.pack(tuple(listed), kept), originals, written)


def _header(shard: Input) -> bytes:
    """The header's bytes; none where the file is no safetensors file, which its reader then says."""
    try:
        length = artifact.header_length(shard.head(8))
    except artifact.NotSafetensors:
        return b""
    return shard.head(8 + length)[8:]


def _runs(
    inputs: list[tuple[Input, tuple[Kind] | None]], wanted: Kind | None
) -> tuple[list[Source], list[Diagnostic], list[tuple[Input, str]]]:
    """The runs among files, each with its kind where that was given; what is wrong with some; those of no kind."""
    samples: dict[str, list[Input]] = {}
    sources: list[Source] = []
    problems: list[Diagnostic] = []
    unknown: list[tuple[Input, str]] = []
    results: list[Input] = []
    for one, given in inputs:
        if (task := lm_eval.samples_task(one.place.name)) is not None:
            samples.setdefault(task[1], []).append(one)
            continue
        kind, why = (given[0], "") if given else _kind(one, wanted)
        if kind is None:
            unknown.append((one, why))
        elif kind == "lm-eval":
            results.append(one)
        elif kind == "guidellm":
            source, wrong = _report(one)
            problems += wrong
            sources += [source] if source else []
        else:
            sources.append(_whole(one, kind))
    for one in results:
        stamp = lm_eval.results_stamp(one.place.name) or ""
        source, wrong = _evaluation(one, samples.pop(stamp, []))
        problems += wrong
        sources += [source] if source else []
    problems += [
        Diagnostic(rules.ONLY_SAMPLES, Location(str(one.place)), "its results file is not there")
        for some in samples.values()
        for one in some
    ]
    return sources, problems, unknown


def _kind(one: Input, wanted: Kind | None) -> tuple[Kind | None, str]:
    """The kind of a file, or why it has none. Usage where it may be of several."""
    if junit.is_junit(one.head(_HEAD)):
        return "junit", ""
    if not one.place.name.endswith(".json"):
        return None, ""
    try:
        found = kinds_of(one.read())
    except NotJson as fault:
        return None, str(fault)
    if len(found) > 1 and wanted not in found:
        choices = " or ".join(f"--kind {kind}" for kind in found)
        raise Usage(f"{one.place} may be of several kinds: {', '.join(found)}", f"say which it is: {choices}")
    if len(found) > 1:
        return wanted, ""
    return (found[0] if found else None), ""


def _report(one: Input) -> tuple[Source | None, list[Diagnostic]]:
    """A GuideLLM run: without prompts and answers, since it carries every request."""
    name, data = _safe(one.place.name), one.read()
    try:
        kept = guidellm.reduce_report(data)
    except NotJson as fault:
        return None, [Diagnostic(rules.UNREADABLE_EVIDENCE, Location(str(one.place)), str(fault))]
    original = Original(path=one.place.name, size=one.size, sha256=one.sha256())
    originals = {} if kept == data else {name: original}
    return Source(str(one.place.parent), str(one.place), "guidellm", {name: kept}, originals, one.modified), []


def _whole(one: Input, kind: Kind) -> Source:
    """A run of one file that is kept byte for byte."""
    return Source(str(one.place.parent), str(one.place), kind, {_safe(one.place.name): one.read()}, {}, one.modified)


def _evaluation(results: Input, samples: list[Input]) -> tuple[Source | None, list[Diagnostic]]:
    """An lm-eval run: the results byte for byte, the samples reduced."""
    kept = {_safe(results.place.name): results.read()}
    originals: dict[str, Original] = {}
    problems: list[Diagnostic] = []
    for one in samples:
        name = f"{_safe(one.place.name)}.gz"
        try:
            kept[name] = lm_eval.reduce_samples(one.lines())
        except lm_eval.BadSample as fault:
            problems.append(Diagnostic(rules.UNREADABLE_EVIDENCE, Location(str(one.place), fault.line, 1), str(fault)))
            continue
        originals[name] = Original(path=one.place.name, size=one.size, sha256=one.sha256())
    written = max(one.modified for one in (results, *samples))
    return (
        None if problems else Source(str(results.place.parent), str(results.place), "lm-eval", kept, originals, written)
    ), problems


def _safe(name: str) -> str:
    """A file's name as it is kept: what is no plain character becomes `_`."""
    return name if _SAFE_NAME.fullmatch(name) else re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip("._-")[:200] or "file"
