"""release.yaml: the decision, which variant is in force for one model in one environment. Public format."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator

from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document
from modelpromote.core.manifest import Digest, ModelField
from modelpromote.core.names import VariantName, slug
from modelpromote.core.schema import OneLine, Schema, read

NONE = "none"


def _variant_or_none(value: object) -> VariantName | None:
    if value == NONE:
        return None
    if not isinstance(value, str):
        raise ValueError("expected text")
    return VariantName.parse(value)


def _none_as_word(value: VariantName | None) -> str:
    return NONE if value is None else str(value)


MaybeVariant = Annotated[VariantName | None, PlainValidator(_variant_or_none), PlainSerializer(_none_as_word)]


class Release(Schema):
    """What one environment runs for one model.

    `number` counts promotions here and is never used twice; `slot` is the n of `canary/<n>`, 0 where there is
    none; `artifact` is the root digest; `evidence` the sha256 of every entry.yaml that a verdict used.
    """

    model: ModelField
    slug: str
    environment: str
    number: Annotated[int, Field(ge=0, le=1_000_000)]
    variant: MaybeVariant
    previous: MaybeVariant
    slot: Annotated[int, Field(ge=0, le=1_000_000)]
    artifact: Digest | Literal["none"]
    evidence: tuple[Digest, ...]
    reason: OneLine
    lift_hold: OneLine = Field(alias="liftHold")

    @property
    def folder(self) -> str:
        """Where the release lives in the repository."""
        return release_folder(self.environment, self.model)

    @property
    def path(self) -> str:
        """Where the decision lives in the repository."""
        return f"{self.folder}/release.yaml"


@dataclass(frozen=True, slots=True, order=True)
class ReleaseKey:
    """One release: a model in an environment."""

    environment: str
    model: str

    @property
    def folder(self) -> str:
        """Where the release lives in the repository."""
        return release_folder(self.environment, self.model)


def release_folder(environment: str, model: str) -> str:
    """`environments/<env>/<model>`."""
    return f"environments/{environment}/{model}"


def first_release(environment: str, model: str) -> Release:
    """Number 0, written when the model is added: nothing is in force."""
    return Release.model_validate(
        {
            "model": model,
            "slug": slug(model),
            "environment": environment,
            "number": 0,
            "variant": NONE,
            "previous": NONE,
            "slot": 0,
            "artifact": NONE,
            "evidence": (),
            "reason": "",
            "liftHold": "",
        }
    )


def read_release(document: Document) -> tuple[Release | None, tuple[Diagnostic, ...]]:
    """The decision, or all that is wrong with it."""
    return read(document, Release)
