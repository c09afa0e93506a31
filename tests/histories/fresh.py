"""What the repository must hold: rendered from the book's own state into nothing, and remembered."""

from functools import cache

from histories.zoo import POLICY, Settings
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core.environment import Environment, read_environment
from modelpromote.core.manifest import Variant
from modelpromote.core.manifest_reading import read_variant
from modelpromote.core.names import VariantName
from modelpromote.core.policy import read_policy
from modelpromote.core.release import Release, ReleaseKey
from modelpromote.core.render import Renderer
from modelpromote.core.tree import MemoryTree
from modelpromote.targets.rooms import Slots, State, all_rooms
from modelpromote.workflows.cards import dossiers

RENDERER = Renderer(load_templates())


@cache
def rendered(
    settings: Settings, variants: tuple[Variant, ...], release: Release, overlays: tuple[tuple[str, Slots], ...]
) -> dict[str, bytes]:
    """All that is rendered for one model in one environment, into nothing."""
    key = ReleaseKey(release.environment, release.model)
    policy, problems = read_policy(read_yaml("promote.yaml", POLICY.encode())[0])
    assert policy is not None, problems
    state = State(
        policy=policy,
        environments={settings.name: environment(settings)},
        variants={(release.model, variant.variant): variant for variant in variants},
        releases={key: release},
        overlays={(key, VariantName.parse(name)): steps for name, steps in overlays},
    )
    return {path: text.encode() for path, text in all_rooms(RENDERER, state).items()}


Files = tuple[tuple[str, bytes], ...]


@cache
def card(of: Variant, own: Files, baseline: Files) -> dict[str, bytes]:
    """The card of a variant, from its manifest and evidence and those of its baseline alone."""
    tree = MemoryTree(dict(own) | dict(baseline))
    both = [variant(path, content) for path, content in {*own, *baseline} if path.endswith("/variant.yaml")]
    (found,) = (one for one in dossiers(RENDERER, tree, both) if one.owner == (of.model, str(of.variant)))
    assert found.problems == ()
    return {path: text.encode() for path, text in found.files.items()}


@cache
def environment(settings: Settings) -> Environment:
    found, problems = read_environment(read_yaml(settings.path, settings.manifest.encode())[0])
    assert found is not None, problems
    return found


@cache
def variant(path: str, content: bytes) -> Variant:
    found, problems = read_variant(read_yaml(path, content)[0])
    assert found is not None, problems
    return found
