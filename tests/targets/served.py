"""Two variants of a model with GPUs, one of them climbing, in an environment that a test writes: rendered and built."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from modelpromote.adapters.kustomize import Job, find_kustomize
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.yaml_reader import check_both_readings, read_yaml
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.environment import Environment, read_environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.manifest_reading import read_variant
from modelpromote.core.names import VariantName
from modelpromote.core.policy import Policy
from modelpromote.core.release import ReleaseKey, first_release
from modelpromote.core.render import Renderer
from modelpromote.targets.rooms import State, all_rooms

MODEL = "llama-3.2-3b"
OLD, NEW = VariantName.parse("v1.0-fp16"), VariantName.parse("v1.3-int4-g64")
IMAGE = f"oci://registry.example.com/acme/llama@sha256:{'3' * 64}"
KEY = ReleaseKey("prod", MODEL)
ENVIRONMENT = """apiVersion: modelpromote/v1
kind: Environment
name: prod
target: kserve
cluster:
  server: https://kubernetes.default.svc
  namespace: models-prod
  kserve: "0.17"
route:
  gateway: {name: inference-gateway, namespace: gateways}
  hostname: "{slug}.models.example.com"
replicas: 4
gpu:
  class: nvidia-l40s
  tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
ladder: {bake: {}}
gates: []
"""
POLICY = Policy.model_validate(
    {
        "apiVersion": "modelpromote/v1", "kind": "Repository", "render": 1,
        "repoURL": "https://git.example.com/acme/models.git", "branch": "main", "environments": ("prod",),
    }
)  # fmt: skip


def environment(manifest: str) -> Environment:
    found, problems = environment_or_faults(manifest)
    assert found is not None, problems
    return found


def environment_or_faults(manifest: str) -> tuple[Environment | None, tuple[Diagnostic, ...]]:
    document, problems = read_yaml("environments/prod/environment.yaml", manifest.encode())
    assert problems == ()
    return read_environment(document)


def variant(name: VariantName, uri: str = IMAGE) -> Variant:
    recipe = "quantization: {tool: t, algorithm: gptq, scheme: W4A16, bits: 4, groupSize: 64}\nbaseline: v1.0-fp16\n"
    manifest = (
        f"apiVersion: modelpromote/v1\nkind: Variant\nmodel: {MODEL}\nvariant: {name}\n"
        f"baseModel: {{id: meta-llama/Llama-3.2-3B-Instruct}}\n{recipe if name.is_quantised else ''}"
        f'artifact: {{uri: "{uri}", digest: "sha256:{"7" * 64}"}}\nserving:\n'
        f"  image: registry.example.com/vllm@sha256:{'2' * 64}\n  args: [--max-model-len=8192]\n  gpus: 1\n"
        '  requests: {cpu: "1", memory: 8Gi}\n  limits: {cpu: "4", memory: 16Gi}\n'
    )
    found, problems = read_variant(read_yaml(f"models/{MODEL}/{name}/variant.yaml", manifest.encode())[0])
    assert found is not None, problems
    return found


def files_of(settings: Environment, step: Step | None, uri: str = IMAGE) -> Mapping[str, bytes]:
    """The whole render; at a step, or without a ladder where there is none."""
    decision = {"number": 2, "variant": NEW, "previous": OLD, "slot": 1 if step else 0, "artifact": "sha256:0"}
    state = State(
        policy=POLICY,
        environments={"prod": settings},
        variants={(MODEL, name): variant(name, uri) for name in (OLD, NEW)},
        releases={KEY: first_release("prod", MODEL).model_copy(update=decision)},
        overlays={(KEY, name): ((step,) if step else ()) for name in (OLD, NEW)},
    )
    files = {path: text.encode() for path, text in all_rooms(_renderer(), state).items()}
    for path, content in files.items():
        check_both_readings(path, content)
    return files


@cache
def _renderer() -> Renderer:
    return Renderer(load_templates())


def built(files: Mapping[str, bytes]) -> bytes:
    """The release as the real Kustomize builds it, without a word."""
    kustomize = find_kustomize()
    assert kustomize is not None
    (build,) = kustomize.build([Job(files, KEY.folder)])
    assert build.fault == ""
    return build.output


def by_kind(output: bytes) -> dict[tuple[str, str], Any]:
    """The objects by kind and name."""
    return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(output)}
