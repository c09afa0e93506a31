"""Target `kserve`: two InferenceServices behind one HTTPRoute whose weights stand in Git.

Works in KServe's Standard (formerly RawDeployment) mode, 0.15 and newer; nothing of Knative is used.
"""

from typing import Any

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Resources, Variant
from modelpromote.core.names import full_name, slug
from modelpromote.core.render import Renderer
from modelpromote.targets.monitoring import KINDS as MONITORING_KINDS
from modelpromote.targets.monitoring import is_monitored, monitoring

NAME = "kserve"

# what a release may consist of: (API group, kind)
KINDS: tuple[tuple[str, str], ...] = (
    ("serving.kserve.io", "InferenceService"),
    ("serving.kserve.io", "ServingRuntime"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    *MONITORING_KINDS,
)

_MEANING = {
    Step.STAGED: "runs, gets no traffic; capacity for the next weight",
    Step.TEN: "gets 10% of the traffic; capacity for 50% already",
    Step.FIFTY: "gets 50% of the traffic; full capacity",
    Step.HUNDRED: "gets all the traffic; the previous variant stays warm",
    Step.DONE: "alone; a revert brings the previous variant back",
}


def base(renderer: Renderer, variant: Variant) -> dict[str, str]:
    """The files of a variant's base, by name: what it is, the same in every environment."""
    values = {"variant": variant, **_names(variant)}
    return {
        "kustomization.yaml": renderer.render("kserve/base-kustomization.yaml.j2", **values),
        "servingruntime.yaml": renderer.render("kserve/servingruntime.yaml.j2", **values),
        "inferenceservice.yaml": renderer.render(
            "kserve/inferenceservice.yaml.j2",
            requests=_resources(variant.serving.requests, variant.serving.gpus),
            limits=_resources(variant.serving.limits, variant.serving.gpus),
            **values,
        ),
    }


def overlay(renderer: Renderer, variant: Variant, environment: Environment) -> dict[str, str]:
    """The files of a variant's overlay without its slots, by name relative to the overlay."""
    values = {"variant": variant, "environment": environment, **_names(variant)}
    tolerations = environment.gpu.tolerations if environment.gpu and variant.serving.gpus else ()
    return {
        "kustomization.yaml": renderer.render(
            "kserve/overlay.yaml.j2",
            base=f"../../../../{variant.folder}/{NAME}",
            tolerations=tolerations,
            annotations=_older_spelling(environment),
            **values,
        ),
        "stable/kustomization.yaml": renderer.render("kserve/stable.yaml.j2", **values),
    }


def slot(renderer: Renderer, variant: Variant, environment: Environment, step: Step) -> str:
    """The one file of a canary slot at a step."""
    return renderer.render(
        "kserve/slot.yaml.j2",
        variant=variant,
        environment=environment,
        step=step,
        meaning=_MEANING[step],
        replicas=environment.replicas_at(step),
        **_names(variant),
    )


def common(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """What a model has in an environment whichever variant is in force, by name."""
    values: dict[str, Any] = {"environment": environment, "model": model, "slug": slug(model)}
    files: dict[str, str] = {}
    if is_monitored(environment):
        files["podmonitor.yaml"] = renderer.render("kserve/podmonitor.yaml.j2", **values)
        files |= monitoring(renderer, model, environment)
    if environment.route is not None:
        hostname = environment.route.hostname.replace("{slug}", slug(model))
        files["httproute.yaml"] = renderer.render("kserve/httproute.yaml.j2", hostname=hostname, **values)
    kustomization = renderer.render("kserve/common-kustomization.yaml.j2", resources=sorted(files), **values)
    return {"kustomization.yaml": kustomization, **files}


def service_name(variant_slug: str) -> str:
    """The Service that KServe makes for an InferenceService."""
    return f"{variant_slug}-predictor"


def _names(variant: Variant) -> dict[str, str]:
    return {
        "variant_name": str(variant.variant),
        "full_name": full_name(variant.model, str(variant.variant)),
        "service": service_name(variant.slug),
    }


def _resources(resources: Resources, gpus: int) -> dict[str, str]:
    gpu = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    return {"cpu": resources.cpu, "memory": resources.memory, **gpu}


def _older_spelling(environment: Environment) -> dict[str, str]:
    """Annotations that KServe before 0.16 spells otherwise (it knows neither `Standard` nor `none`)."""
    minor = int(environment.cluster.kserve.split(".")[1])
    return {"deploymentMode": "RawDeployment", "autoscalerClass": "external"} if minor < 16 else {}  # noqa: PLR2004
