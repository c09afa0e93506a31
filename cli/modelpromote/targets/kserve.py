"""Target `kserve`: two InferenceServices behind one HTTPRoute whose weights stand in Git.

Works in KServe's Standard (formerly RawDeployment) mode, in the versions of core/kserve.py; nothing of Knative is used.
"""

from typing import Any

from modelpromote.core.environment import Environment
from modelpromote.core.kserve import VERSIONS, annotations
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.names import slug
from modelpromote.core.render import Renderer
from modelpromote.targets import ladder
from modelpromote.targets.monitoring import KINDS as MONITORING_KINDS
from modelpromote.targets.monitoring import is_monitored, monitoring
from modelpromote.targets.pods import names, resources

NAME = "kserve"

KINDS: tuple[tuple[str, str], ...] = (
    ("serving.kserve.io", "InferenceService"),
    ("serving.kserve.io", "ServingRuntime"),
    *MONITORING_KINDS,
)


def unservable(variant: Variant) -> str:  # noqa: ARG001 - every scheme that a manifest may have
    """KServe's storage initializer knows all of them."""
    return ""


def base(renderer: Renderer, variant: Variant) -> dict[str, str]:
    """The files of a variant's base, by name: what it is, the same in every environment."""
    values = {"variant": variant, **names(variant)}
    return {
        "kustomization.yaml": renderer.render("kserve/base-kustomization.yaml.j2", **values),
        "servingruntime.yaml": renderer.render("kserve/servingruntime.yaml.j2", **values),
        "inferenceservice.yaml": renderer.render(
            "kserve/inferenceservice.yaml.j2",
            **resources(variant),
            **values,
        ),
    }


def overlay(renderer: Renderer, variant: Variant, environment: Environment) -> dict[str, str]:
    """The files of a variant's overlay without its slots, by name relative to the overlay."""
    values = {"variant": variant, "environment": environment, **names(variant)}
    return {
        "kustomization.yaml": renderer.render(
            "kserve/overlay.yaml.j2",
            base=f"../../../../{variant.folder}/{NAME}",
            tolerations=environment.tolerations(variant),
            annotations=_other_annotations(environment),
            **values,
        ),
        **ladder.stable(renderer, variant, environment, service_name(variant.slug)),
    }


def slot(renderer: Renderer, variant: Variant, environment: Environment, step: Step) -> str:
    """The one file of a canary slot at a step."""
    return ladder.slot(renderer, NAME, variant, environment, step, service_name(variant.slug))


def common(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """What a model has in an environment whichever variant is in force, by name."""
    values: dict[str, Any] = {"environment": environment, "model": model, "slug": slug(model)}
    files = ladder.route(renderer, model, environment)
    if is_monitored(environment):
        files["podmonitor.yaml"] = renderer.render("kserve/podmonitor.yaml.j2", **values)
        files |= monitoring(renderer, model, environment)
    kustomization = renderer.render("kserve/common-kustomization.yaml.j2", resources=sorted(files), **values)
    return {"kustomization.yaml": kustomization, **files}


def service_name(variant_slug: str) -> str:
    """The Service that KServe makes for an InferenceService."""
    return f"{variant_slug}-predictor"


def _other_annotations(environment: Environment) -> dict[str, str]:
    """What the KServe of an environment spells otherwise than the base does, which is the same for all."""
    spelt = annotations(environment.cluster.kserve or VERSIONS[-1])
    return {key: value for key, value in spelt.items() if value != annotations(VERSIONS[-1])[key]}
