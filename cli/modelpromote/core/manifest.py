"""variant.yaml: the single manifest of a variant, the only file of it that a person writes."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)

from modelpromote.core.names import (
    MODEL,
    VARIANT_PATTERN,
    VariantName,
    check_model,
    full_name,
    slug,
)
from modelpromote.core.quantities import Quantity
from modelpromote.core.schema import Schema, matching


def _relative_path(text: str) -> str:
    """A path that stays below the folder it is relative to."""
    parts = text.split("/")
    if not text or len(text) > 255 or any(part in {"", ".", ".."} for part in parts):  # noqa: PLR2004
        raise ValueError("expected a relative path without '.', '..' or an empty part")
    if "\\" in text or any(character < " " or character == "\x7f" for character in text):
        raise ValueError("expected a path without backslashes and control characters")
    return text


Digest = Annotated[str, matching(r"sha256:[0-9a-f]{64}", "sha256: and 64 lower-case hex digits")]
HexDigest = Annotated[str, matching(r"[0-9a-f]{64}", "64 lower-case hex digits")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_PART = r"(\.{0,2}[^/.\\\x00-\x1f\x7f]|\.{3})[^/\\\x00-\x1f\x7f]*"  # anything but '.', '..' and nothing
_PATH_SCHEMA = {"type": "string", "maxLength": 255, "pattern": f"^{_PART}(/{_PART})*$"}
RelativePath = Annotated[str, AfterValidator(_relative_path), WithJsonSchema(_PATH_SCHEMA)]
Count = Annotated[int, Field(ge=1, le=2**31)]
Bytes = Annotated[int, Field(ge=0, le=2**53)]


def variant_name(value: object) -> VariantName:
    """A variant's name as a manifest gives it; ValueError (NameFault) says why it is none."""
    if not isinstance(value, str):
        raise ValueError("expected text")
    return VariantName.parse(value)


def model_name(value: object) -> str:
    """A model's name as a manifest gives it; ValueError (NameFault) says why it is none."""
    if not isinstance(value, str):
        raise ValueError("expected text")
    return check_model(value)


VariantField = Annotated[
    VariantName,
    PlainValidator(variant_name),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^({VARIANT_PATTERN})$"}),
]
ModelField = Annotated[
    str, PlainValidator(model_name), WithJsonSchema({"type": "string", "pattern": f"^({MODEL.pattern})$"})
]


class BaseModelRef(Schema):
    """The model on the Hub that this one was built from."""

    id: Text = Field(description="As the Hub names it; becomes base_model of the card.")
    revision: Text | None = Field(default=None, description="The commit on the Hub.")


class ArtifactFile(Schema):
    """One file of the artifact; `size` in bytes."""

    path: RelativePath = Field(description="Relative to the artifact directory.", examples=["model.safetensors"])
    size: Bytes = Field(description="In bytes.")
    sha256: HexDigest = Field(description="64 hex digits, in quotes.")


class Artifact(Schema):
    """What the cluster pulls (`uri`), and what was measured (`digest`, OpenSSF model-signing root digest)."""

    uri: Annotated[
        str, matching(r"(oci|hf|s3|gs|pvc|https)://[^\s]{1,500}", "oci://, hf://, s3://, gs://, pvc:// or https://")
    ] = Field(description="What the cluster pulls: the storageUri.", examples=["pvc://llama-3.2-3b/v1.3-int4-g64"])
    digest: Digest = Field(description="Root digest of the weights (OpenSSF model signing): what was measured.")
    files: tuple[ArtifactFile, ...] = Field(default=(), description="Its files; each is held against the evidence.")


class Quantization(Schema):
    """The recipe. `bits` of a weight; `group_size` in weights per scale, absent for per-channel and per-tensor."""

    tool: Text = Field(description="The tool and its version.", examples=["llm-compressor 0.14.0.1"])
    algorithm: Text = Field(description="How it rounds.", examples=["gptq", "awq", "smoothquant", "rtn"])
    scheme: Text = Field(description="WxAy is held against config.json.", examples=["W4A16", "W8A8"])
    bits: Annotated[int, Field(ge=1, le=16)] = Field(description="Bits of a weight; equals the name and config.json.")
    group_size: Annotated[int, Field(ge=1, le=65536)] | None = Field(
        default=None, alias="groupSize", description="Weights per scale; absent for per channel and per tensor."
    )
    symmetric: bool = Field(default=True, description="Whether there are no zero points; equals config.json.")
    actorder: Text | None = Field(default=None, description="Activation ordering.", examples=["static", "group"])
    targets: tuple[Text, ...] = Field(default=("Linear",), description="Which modules were quantised.")
    ignore: tuple[Text, ...] = Field(default=(), description="Which modules were not.", examples=[["lm_head"]])


class Calibration(Schema):
    """The data that the recipe was calibrated on; `sequenceLength` in tokens."""

    dataset: Text = Field(description="Its name.", examples=["HuggingFaceH4/ultrachat_200k"])
    revision: Text | None = Field(default=None, description="The commit of the dataset.")
    split: Text | None = Field(default=None, description="Which part of it.", examples=["train_sft"])
    samples: Count = Field(description="How many.", examples=[512])
    sequence_length: Count = Field(alias="sequenceLength", description="Tokens of a sample.", examples=[2048])
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(default=None, description="Of the shuffling.")


class Resources(Schema):
    """CPU and memory of the serving container, as Kubernetes quantities."""

    cpu: Quantity = Field(description="Kubernetes quantity; a bare number in quotes.", examples=["1", "500m"])
    memory: Quantity = Field(description="Kubernetes quantity.", examples=["8Gi"])


class Serving(Schema):
    """How it is served. What was tested is what is served: no environment may change it."""

    image: Annotated[
        str, matching(r"[^\s@]{1,300}@sha256:[0-9a-f]{64}", "an image pinned by digest: NAME@sha256:<64 hex digits>")
    ] = Field(description="The serving image, by digest only.")
    args: tuple[Text, ...] = Field(
        default=(), description="Arguments of vLLM. Port, host, model path and served names are the target's."
    )
    gpus: Annotated[int, Field(ge=0, le=64)] = Field(default=1, description="GPUs of a pod.")
    requests: Resources = Field(description="What a pod asks for.")
    limits: Resources = Field(description="What a pod may use.")


class Card(Schema):
    """What the model card says and no file can know. May change after launch; all else may not."""

    license: Text | None = Field(default=None, description="As the Hub names it.", examples=["llama3.2", "apache-2.0"])
    languages: tuple[Text, ...] = Field(default=(), description="Languages that it speaks.", examples=[["en"]])
    summary: Text | None = Field(default=None, description="What it is, in a sentence.")
    intended_use: Text | None = Field(default=None, alias="intendedUse", description="What it is for.")
    limitations: Text | None = Field(default=None, description="What it cannot do, or was not tried on.")
    known_issues: tuple[Text, ...] = Field(default=(), alias="knownIssues", description="What is known to go wrong.")


class Variant(Schema):
    """One build of a model."""

    api_version: Literal["modelpromote/v1"] = Field(alias="apiVersion", description="The form of this file.")
    kind: Literal["Variant"] = Field(description="What this file is.")
    model: ModelField = Field(description="The model; equals the folder above.", examples=["llama-3.2-3b"])
    variant: VariantField = Field(
        description="{version}-{precision}[-{config}]; equals the folder.", examples=["v1.3-int4-g64", "v1.0-fp16"]
    )
    baseline: VariantField | None = Field(
        default=None,
        description="The variant of the same model that it is compared with; absent on the baseline itself.",
        examples=["v1.0-fp16"],
    )
    base_model: BaseModelRef = Field(alias="baseModel", description="What it was built from.")
    artifact: Artifact = Field(description="The weights.")
    quantization: Quantization | None = Field(
        default=None, description="The recipe; absent on an uncompressed variant, needed on any other."
    )
    calibration: Calibration | None = Field(
        default=None, description="The data of the recipe; absent where the algorithm needs none."
    )
    serving: Serving = Field(description="What was tested is what is served.")
    card: Card = Field(default=Card(), description="What no file can know; may change after launch.")

    @field_validator("artifact")
    @classmethod
    def _files_once(cls, artifact: Artifact) -> Artifact:
        paths = [file.path for file in artifact.files]
        if len(set(paths)) != len(paths):
            raise ValueError("a path is listed twice under files")
        return artifact

    @property
    def name(self) -> str:
        """`model/variant`, as people write it."""
        return f"{self.model}/{self.variant}"

    @property
    def folder(self) -> str:
        """Where the variant lives in the repository."""
        return f"models/{self.model}/{self.variant}"

    @property
    def slug(self) -> str:
        """The Kubernetes name of its objects."""
        return slug(full_name(self.model, str(self.variant)))

    @property
    def is_baseline(self) -> bool:
        """Whether others are compared with it."""
        return self.baseline is None
