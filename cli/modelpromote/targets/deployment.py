"""Target `deployment`: plain Kubernetes, a Deployment and a Service for each variant, and one weighted route.

Pods have the labels, port and arguments that KServe's have here: what selects or scrapes those finds these.
"""

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.render import Renderer
from modelpromote.targets import kserve, ladder, weights
from modelpromote.targets.pods import pod_values

NAME = "deployment"

KINDS: tuple[tuple[str, str], ...] = (
    ("apps", "Deployment"),
    ("", "Service"),
    *(kind for kind in kserve.KINDS if kind[0] != "serving.kserve.io"),
)


def unservable(variant: Variant) -> str:
    """Why the variant's artifact cannot be served; empty where it can."""
    return weights.unservable(variant.artifact.uri)


def base(renderer: Renderer, variant: Variant) -> dict[str, str]:
    """The files of a variant's base, by name: what it is, the same in every environment."""
    values = pod_values(variant)
    return {
        "kustomization.yaml": renderer.render("deployment/base-kustomization.yaml.j2", **values),
        "deployment.yaml": renderer.render("deployment/deployment.yaml.j2", **values),
        "service.yaml": renderer.render("deployment/service.yaml.j2", **values),
    }


def overlay(renderer: Renderer, variant: Variant, environment: Environment) -> dict[str, str]:
    """The files of a variant's overlay without its slots, by name relative to the overlay."""
    text = renderer.render(
        "deployment/overlay.yaml.j2",
        variant=variant,
        environment=environment,
        base=f"../../../../{variant.folder}/{NAME}",
        tolerations=environment.tolerations(variant),
    )
    return {"kustomization.yaml": text, **ladder.stable(renderer, variant, environment, service_name(variant.slug))}


def slot(renderer: Renderer, variant: Variant, environment: Environment, step: Step) -> str:
    """The one file of a canary slot at a step."""
    return ladder.slot(renderer, NAME, variant, environment, step, service_name(variant.slug))


def common(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """The same as with KServe: route and monitoring know labels, ports and Services, not who made them."""
    return kserve.common(renderer, model, environment)


def service_name(variant_slug: str) -> str:
    """The Service has the variant's own name."""
    return variant_slug
