"""Whether variants fit the environments that have an overlay of them: memory and age of the GPUs, host names. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.environment import Environment
from modelpromote.core.manifest import Variant
from modelpromote.core.names import slug
from modelpromote.core.quantities import amount

_WEIGHTS = re.compile(r".*\.(safetensors|bin|pt|pth|gguf)")
_UTILISATION = re.compile(r"--gpu[-_]memory[-_]utilization=(0\.[0-9]{1,4}|1(?:\.0+)?)")
_USED = Decimal("0.9")  # vLLM's default for --gpu-memory-utilization
# the lowest compute capability that vLLM serves a precision on, be it by a slower kernel
_LOWEST = {"fp16": 7.0, "bf16": 8.0, "int8": 7.5, "int4": 7.5, "fp8": 8.0}


def misfits(environments: Iterable[Environment], variants: Iterable[Variant]) -> Iterator[Diagnostic]:
    """What would not start; a warning, since nobody may mean to promote it there."""
    known = list(variants)
    for environment in environments:
        for variant in known:
            if variant.serving.gpus and environment.gpu and variant.variant.bits >= environment.floor:
                yield from _memory(environment, variant)
                yield from _capability(environment, variant)


def _memory(environment: Environment, variant: Variant) -> Iterator[Diagnostic]:
    gpu = environment.gpu
    weights = sum(file.size for file in variant.artifact.files if _WEIGHTS.fullmatch(file.path))
    if gpu is None or gpu.memory is None or not weights:
        return
    stated = [found[1] for found in map(_UTILISATION.fullmatch, variant.serving.args) if found]
    room = amount(gpu.memory) * variant.serving.gpus * (Decimal(stated[-1]) if stated else _USED)
    if weights > room:
        detail = (
            f"{weights} bytes of weights, {variant.serving.gpus} of {gpu.memory} in {environment.name} leave {room:.0f}"
        )
        yield Diagnostic(rules.WEIGHTS_TOO_LARGE, _place(variant), detail)


def _capability(environment: Environment, variant: Variant) -> Iterator[Diagnostic]:
    gpu, lowest = environment.gpu, _LOWEST.get(variant.variant.precision)
    if gpu is None or gpu.compute_capability is None or lowest is None:
        return
    if float(gpu.compute_capability) < lowest:
        has = f"{environment.name} has {gpu.gpu_class} with {gpu.compute_capability}"
        detail = f"{variant.variant.precision} needs compute capability {lowest}, {has}"
        yield Diagnostic(rules.GPU_TOO_OLD, _place(variant), detail)


def _place(variant: Variant) -> Location:
    return Location(f"{variant.folder}/variant.yaml", key="serving.gpus")


def same_hosts(environments: Mapping[str, Environment], models: Iterable[str]) -> Iterator[Diagnostic]:
    """Routes of one Gateway, or of one OpenShift router, that claim the same host name."""
    owners: dict[tuple[str, str, str, str], str] = {}
    names = {slug(model): model for model in models}.values()  # two of one slug are found as that
    for environment in environments.values():
        route = environment.route
        for model in names if route else ():
            assert route is not None  # noqa: S101 - for the type checker
            host = route.hostname.replace("{slug}", slug(model))
            gateway = (route.gateway.namespace, route.gateway.name) if route.gateway else ("", "")
            owner = owners.setdefault((environment.cluster.server, *gateway, host), f"{model} in {environment.name}")
            if owner != f"{model} in {environment.name}":
                place = Location(f"environments/{environment.name}/environment.yaml", key="route.hostname")
                yield Diagnostic(rules.SAME_HOST, place, f"{host} of {model} is the host name of {owner} already")
