"""The files that a new repository starts with and people own from then on, by path. Pure."""

from collections.abc import Mapping

from modelpromote.core.blueprint import Blueprint
from modelpromote.core.policy import PATH as POLICY_PATH
from modelpromote.core.render import Renderer

_WHOLE = {
    "README.md": "init/README.md.j2",
    "CODEOWNERS": "init/CODEOWNERS.j2",
    ".gitattributes": "init/gitattributes.j2",
    ".gitignore": "init/gitignore.j2",
}


def seeds(renderer: Renderer, blueprint: Blueprint, namespaces: Mapping[str, str]) -> Mapping[str, str]:
    """Policy, environments, `extra/`, and what a forge and an editor read.

    `namespaces` are those of environments that are described already.
    """
    files = {POLICY_PATH: renderer.render("init/promote.yaml.j2", blueprint=blueprint)}
    for environment in blueprint.environments:
        namespace = namespaces.get(environment) or blueprint.namespace_of(environment)
        files |= _environment(renderer, blueprint, environment, namespace)
    return files | {path: renderer.render(name, blueprint=blueprint) for path, name in _WHOLE.items()}


def environment_path(environment: str) -> str:
    """Where an environment is described."""
    return f"environments/{environment}/environment.yaml"


def _environment(renderer: Renderer, blueprint: Blueprint, environment: str, namespace: str) -> dict[str, str]:
    names = blueprint.environments
    values = {
        "blueprint": blueprint,
        "environment": environment,
        "namespace": namespace,
        "before": names[names.index(environment) - 1] if environment != names[0] else "",
        "is_last": environment == names[-1],
    }
    extra = f"environments/{environment}/extra"
    return {
        environment_path(environment): renderer.render("init/environment.yaml.j2", **values),
        f"{extra}/kustomization.yaml": renderer.render("init/extra-kustomization.yaml.j2", **values),
        f"{extra}/about.yaml": renderer.render("init/extra-about.yaml.j2", **values),
    }
