"""Which files a repository has: every room of the layout, rendered from manifests, decisions and steps. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelpromote.core.environment import Environment
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName, slug
from modelpromote.core.policy import Policy
from modelpromote.core.release import Release, ReleaseKey, first_release
from modelpromote.core.render import Renderer
from modelpromote.core.routes import ROUTE_KINDS
from modelpromote.targets import TARGETS, kinds_in, kinds_of_all
from modelpromote.targets.monitoring import KINDS as MONITORING_KINDS

# kinds of a release that `extra/` may have, too: they serve nothing and route nothing
_FOR_ANYBODY = frozenset(MONITORING_KINDS)
VariantKey = tuple[str, VariantName]
Slots = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class State:
    """All that rendering is a function of.

    `overlays` has the slots of every overlay that is there already, by release and variant; `releases` the
    decisions that were made.
    """

    policy: Policy
    environments: Mapping[str, Environment]
    variants: Mapping[VariantKey, Variant]
    releases: Mapping[ReleaseKey, Release] = field(default_factory=dict)
    overlays: Mapping[tuple[ReleaseKey, VariantName], Slots] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that have a variant, sorted."""
        return tuple(sorted({model for model, _ in self.variants}))


def all_rooms(renderer: Renderer, state: State) -> dict[str, str]:
    """Every rendered file of the repository, by path, decisions included."""
    files: dict[str, str] = {}
    for variant in state.variants.values():
        for target in sorted({environment.target for environment in state.environments.values()}):
            files |= base_room(renderer, variant, target)
    for environment in state.environments.values():
        files[f"argocd/{environment.name}.yaml"] = argocd_file(renderer, state.policy, environment)
        for model in state.models:
            files |= _model_rooms(renderer, state, environment, model)
    return files


def _model_rooms(renderer: Renderer, state: State, environment: Environment, model: str) -> dict[str, str]:
    key = ReleaseKey(environment.name, model)
    files = common_room(renderer, model, environment) | idle_room(renderer, model, environment)
    files |= decision_room(renderer, state.releases.get(key) or first_release(environment.name, model))
    for (owner, name), variant in state.variants.items():
        if owner == model:
            slots = state.overlays.get((key, name))
            if slots is not None or name.bits >= environment.floor:
                files |= overlay_room(renderer, variant, environment, slots or ())
    return files


def base_room(renderer: Renderer, variant: Variant, target: str) -> dict[str, str]:
    """`models/<model>/<variant>/<target>/`."""
    files = TARGETS[target].base(renderer, variant)
    return {f"{variant.folder}/{target}/{name}": text for name, text in files.items()}


def overlay_folder(environment: str, variant: Variant) -> str:
    """`environments/<env>/<model>/<variant>`."""
    return f"environments/{environment}/{variant.model}/{variant.variant}"


def slot_path(environment: str, variant: Variant, number: int) -> str:
    """`environments/<env>/<model>/<variant>/canary/<n>/kustomization.yaml`."""
    return f"{overlay_folder(environment, variant)}/canary/{number}/kustomization.yaml"


def overlay_room(renderer: Renderer, variant: Variant, environment: Environment, slots: Slots) -> dict[str, str]:
    """`environments/<env>/<model>/<variant>/` with its slots; a ladder has at least the first, staged."""
    target = TARGETS[environment.target]
    folder = overlay_folder(environment.name, variant)
    files = {f"{folder}/{name}": text for name, text in target.overlay(renderer, variant, environment).items()}
    steps = slots or ((Step.STAGED,) if environment.ladder else ())
    for number, step in enumerate(steps, 1):
        files[slot_path(environment.name, variant, number)] = target.slot(renderer, variant, environment, step)
    return files


def common_room(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """`environments/<env>/<model>/common/`."""
    folder = f"{ReleaseKey(environment.name, model).folder}/common"
    return {
        f"{folder}/{name}": text
        for name, text in TARGETS[environment.target].common(renderer, model, environment).items()
    }


def idle_room(renderer: Renderer, model: str, environment: Environment) -> dict[str, str]:
    """`environments/<env>/<model>/idle/`."""
    folder = f"{ReleaseKey(environment.name, model).folder}/idle"
    values = {"environment": environment, "model": model, "slug": slug(model)}
    return {
        f"{folder}/kustomization.yaml": renderer.render("idle-kustomization.yaml.j2", **values),
        f"{folder}/configmap.yaml": renderer.render("idle-configmap.yaml.j2", **values),
    }


def decision_room(renderer: Renderer, release: Release) -> dict[str, str]:
    """release.yaml and the kustomization.yaml that follows from it: the two files of a promotion."""
    variant, previous = str(release.variant or "none"), str(release.previous or "none")
    resources, components = _parts(release)
    return {
        release.path: renderer.render("release.yaml.j2", release=release, variant=variant, previous=previous),
        f"{release.folder}/kustomization.yaml": renderer.render(
            "release-kustomization.yaml.j2", resources=resources, components=components
        ),
    }


def _parts(release: Release) -> tuple[list[str], list[str]]:
    if release.variant is None:
        return ["idle"], []
    if release.slot == 0:
        return ["common", str(release.variant)], [f"{release.variant}/stable"]
    resources = ["common", str(release.previous), str(release.variant)]
    return resources, [f"{release.previous}/stable", f"{release.variant}/canary/{release.slot}"]


def kinds_decided(environment: Environment) -> tuple[tuple[str, str], ...]:
    """The kinds that come from promotions only: what serves and routes there, and every kind of route."""
    ours = dict.fromkeys((*kinds_in(environment), *ROUTE_KINDS))
    return tuple(kind for kind in ours if kind not in _FOR_ANYBODY)


def argocd_file(renderer: Renderer, policy: Policy, environment: Environment) -> str:
    """`argocd/<env>.yaml`: an AppProject and an ApplicationSet for the models, and for what people add in `extra/`.

    Whether there is an `extra/` is asked by Argo CD, of Git: no rendered file depends on it.
    """
    return renderer.render(
        "argocd.yaml.j2",
        policy=policy,
        environment=environment,
        project=f"models-{environment.name}",
        kinds=kinds_of_all(),
        decided=kinds_decided(environment),
    )
