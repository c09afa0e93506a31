"""What a variant's pod is made from: names, resources, and, where no controller brings them, the weights."""

from typing import Any

from modelpromote.core.manifest import Resources, Variant
from modelpromote.core.names import full_name
from modelpromote.targets.weights import weights_at


def names(variant: Variant) -> dict[str, str]:
    """The names of a variant as templates use them."""
    return {"variant_name": str(variant.variant), "full_name": full_name(variant.model, str(variant.variant))}


def resources(variant: Variant) -> dict[str, dict[str, str]]:
    """Requests and limits of the serving container, its GPUs in both."""
    serving = variant.serving
    return {
        "requests": _with_gpus(serving.requests, serving.gpus),
        "limits": _with_gpus(serving.limits, serving.gpus),
    }


def pod_values(variant: Variant) -> dict[str, Any]:
    """The values of `pods/template.j2`; ValueError where the artifact cannot be served without KServe."""
    return {"variant": variant, "weights": weights_at(variant.artifact.uri), **names(variant), **resources(variant)}


def _with_gpus(asked: Resources, gpus: int) -> dict[str, str]:
    gpu = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    return {"cpu": asked.cpu, "memory": asked.memory, **gpu}
