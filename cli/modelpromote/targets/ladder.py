"""The rooms of an overlay that every target whose weights stand in Git renders alike: `stable/` and the canary slots.

A target adds `<target>/replicas.j2`; a kind of route is a folder in `templates/routes/`.
"""

from typing import Any

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.names import slug
from modelpromote.core.render import Renderer

_MEANING = {
    Step.STAGED: "runs, gets no traffic; capacity for the next weight",
    Step.TEN: "gets 10% of the traffic; capacity for 50% already",
    Step.FIFTY: "gets 50% of the traffic; full capacity",
    Step.HUNDRED: "gets all the traffic; the previous variant stays warm",
    Step.DONE: "alone; a revert brings the previous variant back",
}


def stable(renderer: Renderer, variant: Variant, environment: Environment, service: str) -> dict[str, str]:
    """The variant as the one that has all the traffic, by name."""
    text = renderer.render("ladder/stable.yaml.j2", **_values(variant, environment, service))
    return {"stable/kustomization.yaml": text}


def slot(renderer: Renderer, target: str, variant: Variant, environment: Environment, step: Step, service: str) -> str:
    """The one file of a canary slot at a step."""
    return renderer.render(
        "ladder/slot.yaml.j2",
        target=target,
        step=step,
        meaning=_MEANING[step],
        replicas=environment.replicas_at(step),
        **_values(variant, environment, service),
    )


def route(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """The route of a model, by name; none where the environment has none."""
    if environment.route is None:
        return {}
    hostname = environment.route.hostname.replace("{slug}", slug(model))
    text = renderer.render(
        f"{_routes(environment)}/route.yaml.j2",
        environment=environment,
        model=model,
        slug=slug(model),
        hostname=hostname,
    )
    return {f"{environment.route_kind[1].lower()}.yaml": text}


def _values(variant: Variant, environment: Environment, service: str) -> dict[str, Any]:
    return {
        "variant": variant,
        "variant_name": str(variant.variant),
        "environment": environment,
        "routes": _routes(environment),
        "service": service,
    }


def _routes(environment: Environment) -> str:
    return f"routes/{environment.route_kind[1]}"
