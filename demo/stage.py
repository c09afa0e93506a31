"""The example zoo in a temporary repository with a bare remote: what the demo shows and the tests play on."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelpromote.adapters.files import Writer
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.render import Renderer
from modelpromote.targets import TARGETS
from modelpromote.workflows.render import render

Edit = Callable[[str], str]
PROJECT = Path(__file__).parent.parent
_NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


@dataclass(frozen=True)
class Stage:
    """A clone and its bare remote; `environment` is what git and the tool run with."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def repo(self) -> Path:
        """The clone."""
        return self.root / "repo"

    @property
    def remote(self) -> Path:
        """The bare repository that Argo CD would follow."""
        return self.root / "remote.git"

    def git(self, *arguments: str, at: Path | None = None, when: str = "") -> str:
        """Run git in the clone; its output."""
        dated = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when} if when else {}
        done = subprocess.run(
            ["git", *arguments], cwd=at or self.repo, env={**os.environ, **self.environment, **dated},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"git {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def publish(self, title: str, *, when: str = "") -> str:
        """Commit everything in the clone and push it; the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", title, when=when)
        self.git("push", "-q", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def copy(self, root: Path) -> "Stage":
        """The same clone and remote in another folder, the one still pointing to the other."""
        shutil.copytree(self.root, root)
        stage = Stage(root, self.environment)
        stage.git("remote", "set-url", "origin", str(stage.remote))
        return stage

    def pull(self) -> None:
        """Bring the clone to what the remote has."""
        self.git("pull", "-q", "--ff-only", "origin", "main")


def build_stage(root: Path, *, waits: str = "0s", when: str = "", edit: Edit = str) -> Stage:
    """The zoo with nothing in force yet, every soak, bake and warm-up time set to `waits` (empty: as committed).

    `edit` turns the text of each environment.yaml into another one.
    """
    stage = Stage(root, _NOBODY)
    root.mkdir(parents=True, exist_ok=True)
    stage.git("init", "-q", "--bare", "-b", "main", str(stage.remote), at=root)
    stage.git("init", "-q", "-b", "main", str(stage.repo), at=root)
    stage.git("remote", "add", "origin", str(stage.remote))
    copy_zoo(stage.repo, waits=waits, edit=edit)
    stage.publish("Add the zoo", when=when)
    return stage


def copy_zoo(target: Path, *, waits: str = "0s", edit: Edit = str) -> None:
    """Manifests and evidence of the zoo, freshly rendered, without a decision."""
    shutil.copy(PROJECT / "promote.yaml", target)
    for folder in sorted((PROJECT / "models").glob("*/*")):
        shutil.copytree(
            folder,
            target / folder.relative_to(PROJECT),
            ignore=shutil.ignore_patterns(*TARGETS, "README.md", "recovery.svg"),
        )
    for manifest in sorted((PROJECT / "environments").glob("*/environment.yaml")):
        place = target / manifest.relative_to(PROJECT)
        place.parent.mkdir(parents=True)
        place.write_text(edit(shorten(manifest.read_text("utf-8"), waits)), "utf-8")
    render_all(target)


def render_all(folder: Path) -> None:
    """Bring the rendered files of a clone up to date."""
    rendering = render(
        Renderer(load_templates()), WorkingTree(folder), Writer(folder, folder / ".git" / "modelpromote")
    )
    if rendering.problems:
        raise RuntimeError("\n".join(f"{found.location} {found.detail}" for found in rendering.problems))


def shorten(manifest: str, waits: str) -> str:
    """An environment.yaml with other waiting times."""
    if not waits:
        return manifest
    manifest = re.sub(r"(gate: soak, for:) \w+", rf"\1 {waits}", manifest)
    manifest = re.sub(r"(?m)^(warmup:) \w+", rf"\1 {waits}", manifest)
    return re.sub(r"\b(staged|10|50|100): \w+", rf"\1: {waits}", manifest)
