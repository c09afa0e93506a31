"""From evidence folders to runs: entries read, digests checked, the files given to their reader."""

import hashlib
from collections import OrderedDict

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.evidence import Entry, Reading, Run, read_entry
from modelpromote.core.manifest import Variant
from modelpromote.core.tree import EntryKind, Tree, folders, walk
from modelpromote.evidence import READERS

ENTRY = "entry.yaml"
MAX_RUN_BYTES = 256 * 1024 * 1024
MAX_READINGS = 64

# the last readings by folder and entry: one job asks for the same run several times
_READINGS: OrderedDict[tuple[str, str], Reading] = OrderedDict()


def load_runs(tree: Tree, variant: Variant) -> tuple[tuple[Run, ...], tuple[Diagnostic, ...]]:
    """A variant's runs, and what is wrong with entries that are none."""
    runs: list[Run] = []
    problems: list[Diagnostic] = []
    evidence = f"{variant.folder}/evidence"
    for name in folders(tree, evidence):
        run, found = load_run(tree, f"{evidence}/{name}", variant)
        problems += found
        if run is not None:
            runs.append(run)
    return tuple(runs), tuple(problems)


def load_run(tree: Tree, folder: str, variant: Variant) -> tuple[Run | None, tuple[Diagnostic, ...]]:
    """The run in one evidence folder; its own faults are in the run, those of an unreadable entry beside it."""
    path = f"{folder}/{ENTRY}"
    content = tree.read(path)
    if content is None:
        return None, (Diagnostic(rules.MISSING_FILE, Location(path), "is missing, or is no plain file"),)
    document, problems = read_yaml(path, content)
    entry, more = read_entry(document) if not problems else (None, ())
    if entry is None:
        return None, in_order([*problems, *more])
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return _checked(tree, folder, entry, digest, variant), ()


def _checked(tree: Tree, folder: str, entry: Entry, digest: str, variant: Variant) -> Run:
    place = Location(f"{folder}/{ENTRY}")
    files, problems = _files(tree, folder, entry)
    if entry.id != folder.rpartition("/")[2]:
        advice = f"rename the folder to {entry.id}"
        problems.append(Diagnostic(rules.EVIDENCE_ID, place, f"its content gives {entry.id}", advice))
    if entry.artifact != variant.artifact.digest:
        detail = f"filed for {_short(entry.artifact)}, {variant.name} is {_short(variant.artifact.digest)}"
        problems.append(Diagnostic(rules.OTHER_ARTIFACT, place, detail))
    if problems:
        return Run(folder, digest, entry, None, in_order(problems))
    made = _reading(folder, digest, entry.kind, files)
    problems += made.problems
    for claim in sorted(made.claims):
        if f"sha256:{claim}" != entry.artifact:
            detail = f"the files name artifact {claim[:12]}, the entry {_short(entry.artifact)}"
            problems.append(Diagnostic(rules.CLAIM_DISAGREES, place, detail))
    return Run(folder, digest, entry, made.content, in_order(problems))


def _reading(folder: str, digest: str, kind: str, files: dict[str, bytes]) -> Reading:
    """What the reader makes of files that are what their entry says: the entry's digest stands for them."""
    known = _READINGS.pop((folder, digest), None)
    _READINGS[folder, digest] = known or READERS[kind].read(folder, files)
    if len(_READINGS) > MAX_READINGS:
        _READINGS.popitem(last=False)
    return _READINGS[folder, digest]


def _files(tree: Tree, folder: str, entry: Entry) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """The kept files by name, held against the entry: none missing, none too many, none changed."""
    files: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    if sum(file.size for file in entry.files) > MAX_RUN_BYTES:
        detail = f"its files have more than {MAX_RUN_BYTES} bytes together"
        return files, [Diagnostic(rules.TOO_LARGE, Location(f"{folder}/{ENTRY}"), detail)]
    for file in entry.files:
        place = Location(f"{folder}/{file.path}")
        content = tree.read(place.path)
        if content is None:
            problems.append(Diagnostic(rules.EVIDENCE_FILES, place, "is missing, or is no plain file"))
        elif len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
            found = hashlib.sha256(content).hexdigest()
            detail = f"sha256 is {found[:12]}..., its entry says {file.sha256[:12]}..."
            problems.append(Diagnostic(rules.EVIDENCE_DIGEST, place, detail))
        else:
            files[file.path] = content
    listed = {f"{folder}/{file.path}" for file in entry.files} | {f"{folder}/{ENTRY}"}
    for path, kind in walk(tree, folder):
        if path not in listed:
            what = "is not listed in entry.yaml" if kind is EntryKind.FILE else "is no plain file"
            problems.append(Diagnostic(rules.EVIDENCE_FILES, Location(path), what))
    return files, problems


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
