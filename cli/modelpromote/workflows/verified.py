"""Variants that need no second look: what was found clean before, known again by the content of all its files.

A unit is everything of one variant: manifest, evidence, card, base, overlays and slots. Its key covers git's blob
ids of all its files, the manifests that it is rendered from, and the tool itself; a file that git has not seen as
it is makes the unit unknown. Its card is rendered from the baseline's manifest and evidence too: their digest is
kept beside the key, and must still be the same. The store may be deleted at any time.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelpromote.adapters.files import Writer
from modelpromote.adapters.git import GitRepository
from modelpromote.adapters.git_index import Index
from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName
from modelpromote.core.tree import EntryKind, Tree
from modelpromote.failures import Failure

_FORMAT = 2
_ROOMS = ("models", "environments", "promote.yaml")
Unit = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """What others must know of a variant that is not looked at.

    `compared` is the digest of its baseline's manifest and evidence when it was looked at.
    """

    model: str
    variant: str
    slug: str
    baseline: str
    runs: int
    files: int
    compared: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The keys of all units that git knows, and the summaries of those that were clean before.

    `measured` are digests over the manifest and the evidence of each unit.
    """

    keys: Mapping[Unit, str] = field(default_factory=dict)
    known: Mapping[Unit, Summary] = field(default_factory=dict)
    measured: Mapping[Unit, str] = field(default_factory=dict)

    def hidden(self, looked_at: Iterable[Unit]) -> dict[Unit, Summary]:
        """The units that need no look; `looked_at` are needed by others and never hidden."""
        needed = set(looked_at)
        return {unit: summary for unit, summary in self.known.items() if unit not in needed and summary.baseline}


def recall(repository: GitRepository, tool: str) -> Verified:
    """The units of the working tree, and which of them were clean; none where git cannot say."""
    try:
        index = repository.index(_ROOMS)
    except Failure:
        return Verified()
    keys, stored, measured = _keys(index, tool), _read(repository), _measured(index)
    known = {unit: stored[key] for unit, key in keys.items() if key in stored}
    known = {
        unit: summary
        for unit, summary in known.items()
        if not summary.baseline or summary.compared == measured.get((summary.model, summary.baseline), "edited")
    }
    return Verified(keys, known, measured)


def remember(writer: Writer, verified: Verified, clean: Mapping[Unit, Summary]) -> None:
    """Keep the summaries of clean units by their keys; those that no unit has any more are dropped."""
    kept = {
        verified.keys[unit]: summary for unit, summary in {**verified.known, **clean}.items() if unit in verified.keys
    }
    if kept.keys() == {verified.keys[unit] for unit in verified.known}:
        return
    rows = {key: [getattr(summary, name) for name in Summary.__slots__] for key, summary in sorted(kept.items())}
    writer.keep("verified.json", json.dumps({"format": _FORMAT, "units": rows}).encode())


def summary_of(variant: Variant, runs: int, files: int, verified: Verified) -> Summary:
    """What others must know of a variant."""
    baseline = str(variant.baseline or "")
    compared = verified.measured.get((variant.model, baseline), "")
    return Summary(variant.model, str(variant.variant), variant.slug, baseline, runs, files, compared)


def faults(hidden: Iterable[Summary], variants: Mapping[tuple[str, VariantName], Variant]) -> list[Diagnostic]:
    """Where a variant that is not looked at does not fit those that are: its name is taken, its baseline is none."""
    slugs = {variant.slug: variant for variant in variants.values()}
    found: list[Diagnostic] = []
    for one in hidden:
        taker = slugs.get(one.slug)
        if taker is not None:
            place = Location(f"{taker.folder}/variant.yaml")
            found.append(
                Diagnostic(rules.SLUG_TAKEN, place, f"{one.slug} is the name of {one.model}/{one.variant} already")
            )
        baseline = variants.get((one.model, VariantName.parse(one.baseline)))
        if baseline is None or baseline.baseline is not None:
            place = Location(f"models/{one.model}/{one.variant}/variant.yaml")
            found.append(
                Diagnostic(rules.BAD_BASELINE, place, f"baseline {one.baseline} is no baseline of {one.model}")
            )
    return found


def without(found: Iterable[Diagnostic], units: Iterable[Unit]) -> set[Unit]:
    """The units that no finding speaks of."""
    spoken = {unit_of(one.location.path) for one in found}
    return {unit for unit in units if unit not in spoken}


def unit_of(path: str) -> Unit | None:
    """The unit that a file belongs to; None for what belongs to a model or an environment."""
    parts = path.split("/")
    if parts[0] == "models" and len(parts) > 2:  # noqa: PLR2004
        return parts[1], parts[2]
    if parts[0] == "environments" and len(parts) > 3 and parts[3] not in {"common", "idle"}:  # noqa: PLR2004
        return (parts[2], parts[3]) if len(parts) > 4 else None  # noqa: PLR2004
    return None


class Hiding:
    """A tree without the folders of some variants."""

    def __init__(self, tree: Tree, units: Iterable[Unit]) -> None:
        self._tree = tree
        self._hidden: dict[str, set[str]] = {}
        for model, variant in units:
            self._hidden.setdefault(model, set()).add(variant)

    def read(self, path: str) -> bytes | None:
        """The content of a plain file; None where there is none, or where it is hidden."""
        unit = unit_of(path)
        return None if unit and unit[1] in self._hidden.get(unit[0], ()) else self._tree.read(path)

    def entries(self, folder: str) -> Mapping[str, EntryKind]:
        """What lies directly in a folder, by name, without what is hidden."""
        found = self._tree.entries(folder)
        parts = folder.split("/")
        room = parts[0] == "models" and len(parts) == 2 or parts[0] == "environments" and len(parts) == 3  # noqa: PLR2004, RUF021
        hidden = self._hidden.get(parts[-1], set()) if room else set()
        return {name: kind for name, kind in found.items() if name not in hidden} if hidden else found


def _keys(index: Index, tool: str) -> dict[Unit, str]:
    """The key of each unit whose files are all as git knows them, where the manifests are so too."""
    shared = [path for path in {*index.blobs, *index.edited} if unit_of(path) is None and path.endswith(".yaml")]
    manifests = sorted(path for path in shared if path == "promote.yaml" or path.endswith("/environment.yaml"))
    if any(path in index.edited for path in manifests):
        return {}
    head = tool + "".join(f"\n{path} {index.blobs[path]}" for path in manifests)
    lines: dict[Unit, list[str]] = {}
    for path, blob in sorted(index.blobs.items()):
        unit = unit_of(path)
        if unit is not None:
            lines.setdefault(unit, []).append(f"{path} {blob}")
    edited = {unit_of(path) or unit_of(f"{path}/.") for path in index.edited}
    return {unit: _digest(head, rows) for unit, rows in lines.items() if unit not in edited}


def _measured(index: Index) -> dict[Unit, str]:
    """The digest over manifest and evidence of each unit that has them all as git knows them."""
    lines: dict[Unit, list[str]] = {}
    for path, blob in sorted(index.blobs.items()):
        unit = unit_of(path)
        if unit is not None and _is_measured(path):
            lines.setdefault(unit, []).append(f"{path} {blob}")
    edited = {unit_of(path) or unit_of(f"{path}/.") for path in index.edited}
    return {unit: _digest("", rows) for unit, rows in lines.items() if unit not in edited}


def _is_measured(path: str) -> bool:
    parts = path.split("/")
    return parts[0] == "models" and parts[3:4] in (["variant.yaml"], ["evidence"])


def _digest(head: str, rows: list[str]) -> str:
    return hashlib.sha256("\n".join([head, *rows]).encode(errors="surrogateescape")).hexdigest()


def _read(repository: GitRepository) -> dict[str, Summary]:
    """The store; empty where it is missing, of another format, or damaged."""
    try:
        document = json.loads((repository.scratch / "verified.json").read_bytes())
        if document["format"] != _FORMAT:
            return {}
        return {str(key): Summary(*row) for key, row in document["units"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
