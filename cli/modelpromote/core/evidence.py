"""Evidence: what other tools measured on one artifact, as values. Knows no format and no limit."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document
from modelpromote.core.manifest import ArtifactFile, Bytes, Digest, HexDigest, RelativePath, Text
from modelpromote.core.schema import OneLine, Schema, matching, read
from modelpromote.core.speed import LoadTest

Kind = Literal["artifact", "lm-eval", "junit", "guidellm", "vllm-bench"]
_TIME = matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", "a time such as 2026-11-24T03:13:59Z")


class Original(Schema):
    """The tool's own file, where a reduced one is kept; `size` in bytes."""

    path: RelativePath
    size: Bytes
    sha256: HexDigest


class EvidenceFile(Schema):
    """One file of a run as it is kept; `original` where it was reduced."""

    path: RelativePath
    size: Bytes
    sha256: HexDigest
    original: Original | None = None


class Tool(Schema):
    """The tool that wrote the files."""

    name: Text
    version: str


class Entry(Schema):
    """entry.yaml: one run of one tool on one artifact. It holds no verdict."""

    schema_: Literal["modelpromote/evidence/v1"] = Field(alias="schema")
    kind: Kind
    artifact: Digest
    files: Annotated[tuple[EvidenceFile, ...], Field(min_length=1, max_length=1000)]
    tool: Tool
    finished_at: Annotated[str, _TIME] = Field(alias="finishedAt")
    runner: OneLine

    @field_validator("finished_at")
    @classmethod
    def _real_time(cls, text: str) -> str:
        datetime.fromisoformat(text)
        return text

    @property
    def finished(self) -> datetime:
        """When the run ended (UTC)."""
        return datetime.fromisoformat(self.finished_at)

    @property
    def id(self) -> str:
        """The folder's name: the kind, and 12 hex digits over the digests of the original files."""
        originals = [(file.original or file) for file in self.files]
        return f"{self.kind}-{root_digest((file.path, file.sha256) for file in originals)[:12]}"


def read_entry(document: Document) -> tuple[Entry | None, tuple[Diagnostic, ...]]:
    """The entry, or all that is wrong with it."""
    return read(document, Entry)


def root_digest(files: Iterable[tuple[str, str]]) -> str:
    """OpenSSF model-signing root digest: sha256 over the raw sha256 of each file, in sorted path order.

    Takes (path, sha256 in hex); paths are compared as model-signing does, part by part.
    https://github.com/sigstore/model-transparency
    """
    ordered = sorted(files, key=lambda file: file[0].split("/"))
    return hashlib.sha256(b"".join(bytes.fromhex(digest) for _, digest in ordered)).hexdigest()


def utc_text(moment: datetime) -> str:
    """A time as entries and reports write it: `2026-11-24T03:13:59Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- what the readers make of the files -------------------------------------------------------------------


# what `method` can be where the config was read: anything else cannot be judged
READ_METHODS = frozenset(
    {"", "compressed-tensors", "gptq", "awq", "bitsandbytes", "fp8", "fbgemm_fp8", "modelopt", "mxfp4"}
)


@dataclass(frozen=True, slots=True)
class WeightGroup:
    """Quantised weights of one kind, from config.json or from a safetensors header.

    `type` is `int` or `float`; `group_size` in weights per scale, None for per-channel and per-tensor.
    `activations` is `static` or `dynamic` and `activation_bits` their bits where the config quantises them too;
    a header does not say. `block` are rows and columns per scale, `order` the activation order of the recipe.
    A group whose strategy is `group` and whose size is None states none.
    """

    source: str
    bits: int
    type: str
    strategy: str
    group_size: int | None
    symmetric: bool | None = None
    layers: int = 0
    activations: str = ""
    activation_bits: int | None = None
    block: tuple[int, int] | None = None
    order: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactFacts:
    """What an artifact directory says of itself.

    `method` is config.json's `quant_method`, empty where nothing is quantised; `stored` the data types of the
    weights in the header (`F16`, ...); `leftovers` the layers that the config quantises and the header does not;
    `format` and `kv_cache` what the config says of the weights' layout and of a quantised KV cache.
    """

    files: tuple[ArtifactFile, ...]
    method: str
    configured: tuple[WeightGroup, ...]
    measured: tuple[WeightGroup, ...]
    stored: tuple[str, ...]
    leftovers: tuple[str, ...]
    ignore: tuple[str, ...]
    format: str = ""
    kv_cache: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a task: which one it is, and its metrics by name.

    A perplexity's metric is the pair (log-likelihood in nats, number of words or bytes).
    """

    doc_id: int
    doc_hash: str
    prompt_hash: str
    target_hash: str
    filter: str
    metrics: Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task of an lm-eval run.

    `metrics` by lm-eval's own key, `metric,filter`; `settings` are the fields that two runs must share to be
    compared, by name, as canonical JSON; `items` are empty where samples were not kept. `complete` says whether
    the whole task was run, `shortfall` why not; `higher_is_better` by metric, where the run says it; `parts` are the
    tasks that a group is made of.
    """

    task: str
    metrics: Mapping[str, float]
    settings: Mapping[str, str]
    samples: int | None
    task_hash: str
    items: tuple[Item, ...] = ()
    shortfall: str = ""
    higher_is_better: Mapping[str, bool] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An lm-eval run: its tasks by name."""

    tasks: Mapping[str, TaskResult]


@dataclass(frozen=True, slots=True)
class TestCase:
    """One system test; `outcome` is passed, failed, errored, skipped or flaky."""

    __test__ = False  # not a test of pytest's

    suite: str
    id: str
    category: str
    outcome: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class SystemTests:
    """A run of system tests."""

    cases: tuple[TestCase, ...]


Content = ArtifactFacts | Evaluation | SystemTests | LoadTest


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a run's files.

    `claims` are the artifact digests (hex) that the files themselves name; `content` is None where they cannot
    be read, and `problems` say why.
    """

    content: Content | None
    tool: str = ""
    version: str = ""
    finished: datetime | None = None
    claims: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One entry of a variant's evidence, read. `digest` is the sha256 of its entry.yaml, as releases name it.

    `problems` make it no evidence: a gate that needs it is inconclusive and shows them.
    """

    path: str
    digest: str
    entry: Entry
    content: Content | None
    problems: tuple[Diagnostic, ...] = field(default=())

    @property
    def location(self) -> Location:
        """Where its entry lies."""
        return Location(f"{self.path}/entry.yaml")

    @property
    def usable(self) -> bool:
        """Whether a gate may use it."""
        return self.content is not None and not self.problems
