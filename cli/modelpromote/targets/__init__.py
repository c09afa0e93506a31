"""Targets: how variants are served. Which templates with which values; one target, one file, one line in TARGETS."""

from typing import Protocol

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.render import Renderer
from modelpromote.targets import kserve


class Target(Protocol):
    """A module that renders the rooms of a variant and of a model."""

    NAME: str
    KINDS: tuple[tuple[str, str], ...]

    def base(self, renderer: Renderer, variant: Variant) -> dict[str, str]:
        """The files of a variant's base, by name."""

    def overlay(self, renderer: Renderer, variant: Variant, environment: Environment) -> dict[str, str]:
        """The files of a variant's overlay without its slots, by name."""

    def slot(self, renderer: Renderer, variant: Variant, environment: Environment, step: Step) -> str:
        """The file of a canary slot at a step."""

    def common(self, renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
        """What a model has in an environment whichever variant is in force, by name."""

    def service_name(self, variant_slug: str) -> str:
        """The Service that a variant is reached by."""


TARGETS: dict[str, Target] = {"kserve": kserve}
