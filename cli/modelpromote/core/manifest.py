"""variant.yaml: the single manifest of a variant, the only file of it that a person writes."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    field_validator,
)

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document, KeyPath, Value, dotted
from modelpromote.core.names import MAX_SLUG, NameFault, VariantName, check_model, full_name, slug
from modelpromote.core.quantities import Quantity
from modelpromote.core.schema import Schema, matching, read


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
RelativePath = Annotated[str, AfterValidator(_relative_path)]
Count = Annotated[int, Field(ge=1, le=2**31)]
Bytes = Annotated[int, Field(ge=0, le=2**53)]

# what `promote new` writes where only people know the value
UNFILLED = "TODO"

# what the templates of every target set themselves; given twice, vLLM takes the last
FIXED_ARGUMENTS = frozenset({"--port", "--host", "--model", "--served-model-name", "--revision", "--uvicorn-log-level"})


def _variant_name(value: object) -> VariantName:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return VariantName.parse(value)


def _model_name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return check_model(value)


VariantField = Annotated[VariantName, PlainValidator(_variant_name), PlainSerializer(str)]
ModelField = Annotated[str, PlainValidator(_model_name)]


class BaseModelRef(Schema):
    """The model on the Hub that this one was built from."""

    id: Text
    revision: Text | None = None


class ArtifactFile(Schema):
    """One file of the artifact; `size` in bytes."""

    path: RelativePath
    size: Bytes
    sha256: HexDigest


class Artifact(Schema):
    """What the cluster pulls (`uri`), and what was measured (`digest`, OpenSSF model-signing root digest)."""

    uri: Annotated[
        str, matching(r"(oci|hf|s3|gs|pvc|https)://[^\s]{1,500}", "oci://, hf://, s3://, gs://, pvc:// or https://")
    ]
    digest: Digest
    files: tuple[ArtifactFile, ...] = ()


class Quantization(Schema):
    """The recipe. `bits` of a weight; `group_size` in weights per scale, absent for per-channel and per-tensor."""

    tool: Text
    algorithm: Text
    scheme: Text
    bits: Annotated[int, Field(ge=1, le=16)]
    group_size: Annotated[int, Field(ge=1, le=65536)] | None = Field(default=None, alias="groupSize")
    symmetric: bool = True
    actorder: Text | None = None
    targets: tuple[Text, ...] = ("Linear",)
    ignore: tuple[Text, ...] = ()


class Calibration(Schema):
    """The data that the recipe was calibrated on; `sequenceLength` in tokens."""

    dataset: Text
    revision: Text | None = None
    split: Text | None = None
    samples: Count
    sequence_length: Count = Field(alias="sequenceLength")
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


class Resources(Schema):
    """CPU and memory of the serving container, as Kubernetes quantities."""

    cpu: Quantity
    memory: Quantity


class Serving(Schema):
    """How it is served. What was tested is what is served: no environment may change it."""

    image: Annotated[
        str, matching(r"[^\s@]{1,300}@sha256:[0-9a-f]{64}", "an image pinned by digest: NAME@sha256:<64 hex digits>")
    ]
    args: tuple[Text, ...] = ()
    gpus: Annotated[int, Field(ge=0, le=64)] = 1
    requests: Resources
    limits: Resources


class Card(Schema):
    """What the model card says and no file can know. May change after launch; all else may not."""

    license: Text | None = None
    languages: tuple[Text, ...] = ()
    summary: Text | None = None
    intended_use: Text | None = Field(default=None, alias="intendedUse")
    limitations: Text | None = None
    known_issues: tuple[Text, ...] = Field(default=(), alias="knownIssues")


class Variant(Schema):
    """One build of a model."""

    api_version: Literal["modelpromote/v1"] = Field(alias="apiVersion")
    kind: Literal["Variant"]
    model: ModelField
    variant: VariantField
    baseline: VariantField | None = None
    base_model: BaseModelRef = Field(alias="baseModel")
    artifact: Artifact
    quantization: Quantization | None = None
    calibration: Calibration | None = None
    serving: Serving
    card: Card = Card()

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


def read_variant(document: Document) -> tuple[Variant | None, tuple[Diagnostic, ...]]:
    """The manifest at `models/<model>/<variant>/variant.yaml`, or all that is wrong with it."""
    variant, problems = read(document, Variant)
    unfilled = tuple(_unfilled(document))
    if variant is None or unfilled:
        places = {found.location for found in unfilled}
        others = (_as_name_rule(document, found) for found in problems if found.location not in places)
        return None, (*unfilled, *others)
    problems = tuple(_agreements(document, variant))
    return (None if problems else variant), problems


def unfilled_keys(data: Value, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where a manifest still has the word that stands for a value nobody has filled in."""
    if data == UNFILLED:
        yield path
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for key, value in parts:
        yield from unfilled_keys(value, (*path, key))


def _unfilled(document: Document) -> Iterator[Diagnostic]:
    for path in unfilled_keys(document.data):
        yield Diagnostic(rules.UNFILLED, document.locate(path), f"{dotted(path)} is still to be filled in")


def _as_name_rule(document: Document, found: Diagnostic) -> Diagnostic:
    """A bad name under its own rule: pydantic only knows a bad value."""
    data = document.data
    if found.rule is not rules.BAD_VALUE or found.location.key not in {"model", "variant", "baseline"}:
        return found
    value = data.get(found.location.key) if isinstance(data, dict) else None
    try:
        _model_name(value) if found.location.key == "model" else _variant_name(value)
    except NameFault as fault:
        rule = rules.PRECISION_CONFIG if fault.agreement else rules.BAD_NAME
        return Diagnostic(rule, found.location, str(fault))
    except ValueError:
        pass
    return found


def _agreements(document: Document, variant: Variant) -> list[Diagnostic]:
    """Where the manifest's parts, taken together, do not fit."""
    found: list[Diagnostic] = []
    _, model_folder, variant_folder, _ = document.path.split("/")
    for key, value, folder in (
        ("model", variant.model, model_folder),
        ("variant", str(variant.variant), variant_folder),
    ):
        if value != folder:
            found.append(
                Diagnostic(
                    rules.NAME_NOT_FOLDER,
                    document.locate((key,)),
                    f"{key} {value!r} lies in folder {folder!r}",
                )
            )
    if len(variant.slug) > MAX_SLUG:
        detail = f"{variant.slug!r} has {len(variant.slug)} characters, at most {MAX_SLUG} fit"
        found.append(Diagnostic(rules.SLUG_TOO_LONG, document.locate(("variant",)), detail))
    if variant.baseline == variant.variant:
        found.append(
            Diagnostic(rules.BAD_BASELINE, document.locate(("baseline",)), "a variant cannot be its own baseline")
        )
    found += [
        Diagnostic(rules.NAME_NOT_RECIPE, document.locate(place), text) for place, text in _recipe_faults(variant)
    ]
    for index, argument in enumerate(variant.serving.args):
        if argument.split("=", 1)[0] in FIXED_ARGUMENTS:
            place = document.locate(("serving", "args", index))
            found.append(Diagnostic(rules.FIXED_ARGUMENT, place, f"{argument!r} is set by the target"))
    return found


def _recipe_faults(variant: Variant) -> list[tuple[tuple[str | int, ...], str]]:
    """Where the quantization block says something else than the name."""
    name, recipe = variant.variant, variant.quantization
    if recipe is None:
        return [(("variant",), f"{name} is quantised, but there is no quantization block")] if name.is_quantised else []
    if not name.is_quantised:
        return [(("quantization",), f"{name} is not quantised, but there is a quantization block")]
    faults: list[tuple[tuple[str | int, ...], str]] = []
    if recipe.bits != name.bits:
        faults.append((("quantization", "bits"), f"{name} has {name.bits} bits, the block says {recipe.bits}"))
    if name.group_size is not None and recipe.group_size != name.group_size:
        stated = recipe.group_size or "none"
        faults.append(
            (
                ("quantization", "groupSize"),
                f"{name} has groups of {name.group_size}, the block says {stated}",
            )
        )
    if name.config in {"ch", "tensor"} and recipe.group_size is not None:
        faults.append((("quantization", "groupSize"), f"{name} has no groups, the block says {recipe.group_size}"))
    return faults
