"""An artifact, wherever it lies, as `promote new` needs it: its facts, its digest, what its small files say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpromote.adapters.inputs import list_inputs
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.evidence import ArtifactFacts, root_digest
from modelpromote.evidence import artifact
from modelpromote.failures import Usage
from modelpromote.workflows.artifact_about import CARD, About, about
from modelpromote.workflows.evidence_sources import artifact_source, is_artifact

_MAX_CARD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Described:
    """`source` as it was named, `uri` where a cluster could pull it (empty: not known), `tool` that wrote config.json.

    `facts` are None where it cannot be read, and `problems` say why.
    """

    source: str
    uri: str
    facts: ArtifactFacts | None
    tool: str
    about: About
    problems: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The root digest of its files."""
        files = self.facts.files if self.facts else ()
        return f"sha256:{root_digest((file.path, file.sha256) for file in files)}"


def describe_folder(path: Path, notice: Callable[[str], None]) -> Described:
    """An artifact directory: every file is hashed."""
    inputs = list_inputs(path)
    if not path.is_dir() or not is_artifact(inputs):
        raise Usage(f"{path} is no artifact directory", "name the folder that has config.json and *.safetensors")
    source = artifact_source(path, inputs, notice)
    card = next((one for one in inputs if one.name == CARD), None)
    more = {CARD: card.read(_MAX_CARD)} if card is not None and card.size <= _MAX_CARD else {}
    return describe(str(path), "", {**source.kept, **more})


def describe(source: str, uri: str, files: Mapping[str, bytes], notes: tuple[str, ...] = ()) -> Described:
    """From what is kept of an artifact as evidence, and its card."""
    kept = {name: data for name, data in files.items() if name != CARD}
    reading = artifact.read(source, kept)
    facts = reading.content if isinstance(reading.content, ArtifactFacts) else None
    tool = f"{reading.tool} {reading.version}".strip()
    said = about(source, files)
    return Described(source, uri, facts, tool, said, (*reading.problems, *said.problems), notes)
