"""`promote evidence add`: take in what other tools measured on an artifact. Adding twice changes nothing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from modelpromote.adapters import clock
from modelpromote.adapters.files import Writer
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, has_errors, in_order
from modelpromote.core.evidence import Entry, Kind, Reading, Tool, utc_text
from modelpromote.core.manifest import Variant
from modelpromote.evidence import READERS
from modelpromote.workflows.cards import write_cards
from modelpromote.workflows.evidence_sources import Source, find_sources
from modelpromote.workflows.load import load_variant
from modelpromote.workflows.load_evidence import ENTRY
from modelpromote.workflows.select import find_variant
from modelpromote.workflows.world import World

_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Added:
    """One run that was taken in, or was there before: its folder, and what it holds."""

    folder: str
    kind: str
    source: str
    summary: str
    is_new: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Addition:
    """All runs of a call; with findings nothing was written. `cards` are the files of cards that changed with them."""

    variant: str
    added: tuple[Added, ...]
    findings: tuple[Diagnostic, ...]
    left_out: tuple[str, ...]
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    source: Source
    entry: Entry
    text: bytes


def add(world: World, variant_text: str, paths: Iterable[Path], runner: str, kind: Kind | None = None) -> Addition:
    """Read everything first; write only when all of it can be used. `kind` is that of files that leave doubt."""
    root = world.repository.root
    tree = WorkingTree(root)
    model, name = find_variant(tree, variant_text, "in the working tree")
    loaded = load_variant(tree, model, str(name))
    if loaded.value is None:
        return Addition(f"{model}/{name}", (), loaded.problems, ())
    found = find_sources(paths, world.notice, kind)
    findings = list(found.problems)
    drafts: list[_Draft] = []
    for source in found.sources:
        draft, problems = _draft(world, loaded.value, source, runner)
        findings += problems
        if draft is not None:
            drafts.append(draft)
    if has_errors(findings):
        return Addition(loaded.value.name, (), in_order(findings), found.left_out)
    added = tuple(_write(root, world.writer, loaded.value, draft) for draft in drafts)
    cards = write_cards(world, loaded.value)
    return Addition(loaded.value.name, added, in_order(findings), found.left_out, cards)


def _draft(world: World, variant: Variant, source: Source, runner: str) -> tuple[_Draft | None, list[Diagnostic]]:
    """The entry of a run, or why it is none of this variant's."""
    reading = READERS[source.kind].read(source.folder, source.kept)
    problems = [*reading.problems, *_foreign(variant, source, reading)]
    finished = reading.finished or (source.written if source.kind == "artifact" else None)
    if finished is None and reading.content is not None:
        problems.append(Diagnostic(rules.NO_TIME, Location(source.name), "says nowhere when the run ended"))
    if finished is not None and finished > clock.now() + _CLOCKS_DIFFER:
        detail = f"says that it ended {utc_text(finished)}, which is not yet"
        problems.append(Diagnostic(rules.FROM_THE_FUTURE, Location(source.name), detail))
    if problems or finished is None:
        return None, problems
    entry = Entry.model_validate(
        {
            "schema": "modelpromote/evidence/v1",
            "kind": source.kind,
            "artifact": variant.artifact.digest,
            "files": source.files,
            "tool": Tool(name=reading.tool or source.kind, version=reading.version),
            "finishedAt": utc_text(finished),
            "runner": runner,
        }
    )
    values = {"artifact": entry.artifact, "files": entry.files, "tool": entry.tool, "finished": entry.finished_at}
    text = world.renderer.render("entry.yaml.j2", kind=entry.kind, runner=entry.runner, **values)
    return _Draft(source, entry, text.encode()), []


def _foreign(variant: Variant, source: Source, reading: Reading) -> list[Diagnostic]:
    """Where the files name another artifact than variant.yaml does."""
    wanted = variant.artifact.digest.removeprefix("sha256:")
    return [
        Diagnostic(
            rules.CLAIM_DISAGREES,
            Location(source.name),
            f"is of artifact {claim}, {variant.name} is {wanted}",
        )
        for claim in sorted(reading.claims)
        if claim != wanted
    ]


def _write(root: Path, writer: Writer, variant: Variant, draft: _Draft) -> Added:
    folder = f"{variant.folder}/evidence/{draft.entry.id}"
    there = root / folder / ENTRY
    is_new = not there.exists()
    if is_new:
        writer.write_folder(folder, {**draft.source.kept, ENTRY: draft.text})
    digest = f"sha256:{hashlib.sha256(there.read_bytes()).hexdigest()}"
    size = sum(file.size for file in draft.entry.files)
    summary = f"{draft.entry.tool.name} {draft.entry.tool.version}".strip()
    return Added(
        folder,
        draft.entry.kind,
        draft.source.name,
        f"{summary}, {len(draft.entry.files)} files, {size:,} bytes",
        is_new,
        digest,
    )
