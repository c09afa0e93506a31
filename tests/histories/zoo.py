"""Where a history starts: two models of the zoo in three environments, nothing in force, without waiting times."""

import shutil
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from stage import PROJECT, Stage

from modelpromote.adapters.files import Writer
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.render import Renderer
from modelpromote.workflows.render import render
from repo.ways import WAYS

MODELS = ("tiny-llama", "tiny-llama-b")
VARIANTS = ("v1.0-fp16", "v1.1-int8", "v1.2-int4-g128", "v1.3-int4-g64")
BASELINE = "v1.0-fp16"
REVERT_WINDOW = "3d"
POLICY = f"""apiVersion: modelpromote/v1
kind: Repository
render: 1
repoURL: https://git.example.com/zoo/models-gitops.git
branch: main
environments: [test, staging, prod]
revertWindow: {REVERT_WINDOW}
"""
# what an environment's gates rest on: entries of the variant, and of its baseline
GATES = {
    "test": "- {gate: perplexity, task: zoo_ppl, metric: word_perplexity, limit: 3%}\n",
    "staging": "- {gate: precision-floor, bits: 4}\n- {gate: artifact}\n",
    "prod": "- {gate: artifact}\n",
}
EVIDENCE = {"test": ("artifact", "lm-eval"), "staging": ("artifact",), "prod": ("artifact",)}


@dataclass(frozen=True)
class Settings:
    """The values of an environment.yaml that a history changes."""

    name: str
    namespace: str
    hostname: str
    replicas: int
    ladder: bool
    way: str = "kserve"

    @property
    def path(self) -> str:
        return f"environments/{self.name}/environment.yaml"

    @property
    def manifest(self) -> str:
        ladder = "ladder:\n  bake: {staged: 0s, 10: 0s, 50: 0s, 100: 0s}\nwarmup: 0s\n" if self.ladder else ""
        return WAYS[self.way](
            f"apiVersion: modelpromote/v1\nkind: Environment\nname: {self.name}\ntarget: kserve\ncluster:\n"
            f'  server: https://kubernetes.default.svc\n  namespace: {self.namespace}\n  kserve: "0.17"\n'
            f"route:\n  gateway: {{name: inference-gateway, namespace: inference-gateway}}\n"
            f'  hostname: "{self.hostname}"\nreplicas: {self.replicas}\n{ladder}gates:\n{GATES[self.name]}'
        )


START = (
    Settings("test", "models-test", "{slug}.test.models.example.com", 1, ladder=False),
    Settings("staging", "models-staging", "{slug}.staging.models.example.com", 3, ladder=True),
    Settings("prod", "models-prod", "{slug}.prod.models.example.com", 4, ladder=True),
)


@cache
def _of_zoo(source: str) -> dict[str, bytes]:
    """A variant of the zoo: its manifest, and the evidence that the gates here ask for."""
    folder = PROJECT / "models" / "tiny-llama" / source
    kept = [folder / "variant.yaml", *folder.glob("evidence/artifact-*/**/*"), *folder.glob("evidence/lm-eval-*/**/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept if path.is_file()}


def variant_files(model: str, name: str, source: str) -> dict[str, bytes]:
    """Manifest and evidence of a variant: those of the zoo's `source`, under this model and name."""
    files = {f"models/{model}/{name}/{path}": content for path, content in _of_zoo(source).items()}
    manifest = f"models/{model}/{name}/variant.yaml"
    text = files[manifest].decode().replace("\nmodel: tiny-llama\n", f"\nmodel: {model}\n")
    files[manifest] = text.replace(f"\nvariant: {source}\n", f"\nvariant: {name}\n").encode()
    return files


def start(way: str) -> tuple[Settings, ...]:
    """The three environments, served in one of the ways."""
    return tuple(replace(settings, way=way) for settings in START)


def written_by_hand(way: str) -> dict[str, bytes]:
    """All that the repository starts with, but for what is rendered."""
    files = {"promote.yaml": POLICY.encode()}
    files |= {settings.path: settings.manifest.encode() for settings in start(way)}
    for model in MODELS:
        for name in VARIANTS:
            files |= variant_files(model, name, name)
    return files


def build(root: Path, when: str, way: str) -> Stage:
    """A clone and its remote, everything rendered by the tool in one commit."""
    stage = Stage(root)
    root.mkdir(parents=True)
    stage.git("init", "-q", "--bare", "-b", "main", str(stage.remote), at=root)
    stage.git("init", "-q", "-b", "main", str(stage.repo), at=root)
    stage.git("remote", "add", "origin", str(stage.remote))
    for path, content in written_by_hand(way).items():
        place = stage.repo / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    rendering = render(
        Renderer(load_templates()), WorkingTree(stage.repo), Writer(stage.repo, stage.repo / ".git" / "modelpromote")
    )
    assert not rendering.problems
    stage.publish("Add two models", when=when)
    for git in (stage.repo / ".git", stage.remote):
        stage.git("gc", "-q", at=git)
        shutil.rmtree(git / "hooks")
    return stage
