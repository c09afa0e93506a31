"""Targets: how variants are served. Which templates with which values; one target, one file, one line in TARGETS."""

from collections.abc import Mapping
from typing import Protocol

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.render import Renderer
from modelpromote.core.routes import ROUTE_KINDS
from modelpromote.targets import deployment, kserve


class Target(Protocol):
    """A module that renders the rooms of a variant and of a model; `KINDS` is what its releases consist of."""

    NAME: str
    KINDS: tuple[tuple[str, str], ...]  # API group and kind, routes aside

    def unservable(self, variant: Variant) -> str:
        """Why the variant's artifact cannot be served; empty where it can."""

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


TARGETS: Mapping[str, Target] = {"deployment": deployment, "kserve": kserve}


def kinds_in(environment: Environment) -> tuple[tuple[str, str], ...]:
    """What a release of an environment may consist of: its target's kinds, and its kind of route."""
    return (*TARGETS[environment.target].KINDS, environment.route_kind)


def kinds_of_all() -> tuple[tuple[str, str], ...]:
    """What Argo CD may own: also what another target or route left, which it could not prune otherwise."""
    return tuple(sorted({*ROUTE_KINDS, *(kind for target in TARGETS.values() for kind in target.KINDS)}))
