"""A zoo of many variants: the example's v1.3-int4-g64 again and again under other version numbers, evidence included.

    python benchmarks/generate.py FOLDER VARIANTS     a clone in FOLDER/repo, its remote in FOLDER/remote.git

A program of its own: what measures afterwards must stay small, since a child's peak of memory starts at its parent's.
"""

import os
import shutil
import sys
from pathlib import Path

from stage import build_stage, render_all

from modelpromote.app import run

MODEL, BASELINE, PATTERN = "tiny-llama", "v1.0-fp16", "v1.3-int4-g64"
# the last act, v1.3 to prod, is what is measured
ACTS = ((BASELINE, "test"), (BASELINE, "staging"), (BASELINE, "prod"), (PATTERN, "test"), (PATTERN, "staging"))


def build_zoo(root: Path, variants: int) -> None:
    """That many variants; the baseline in force in prod, v1.3 in test and staging; packed as a clone is."""
    stage = build_stage(root)
    models = stage.repo / "models" / MODEL
    for number in range(variants - len(list(models.iterdir()))):
        copy_variant(models, f"v{2 + number // 100}.{number % 100}-int4-g64", number)
    render_all(stage.repo)
    stage.publish(f"Add variants up to {variants}")
    os.environ.update(stage.environment)
    for variant, environment in ACTS:
        if run([variant, "--to", environment, "--yes", "--repo", str(stage.repo)]) != 0:
            raise RuntimeError(f"{variant} was not promoted to {environment}")
    stage.pull()
    for place in (stage.repo, stage.remote):
        stage.git("gc", "-q", at=place)


def promote(first: str, repo: Path, *others: str) -> None:
    """Run the tool; it must not refuse."""
    code = run([first, *others, "--repo", str(repo)])
    if code != 0:
        raise RuntimeError(f"promote {first} {' '.join(others)} ended with {code}")


def copy_variant(models: Path, name: str, number: int) -> None:
    """A variant of its own name; each entry of evidence names a runner of its own, so that no two entries are equal."""
    source, target = models / PATTERN, models / name
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("kserve", "README.md", "recovery.svg"))
    manifest = target / "variant.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace(PATTERN, name), "utf-8")
    for entry in target.glob("evidence/*/entry.yaml"):
        entry.write_text(entry.read_text("utf-8").replace('runner: ""', f'runner: "runner-{number}"'), "utf-8")


if __name__ == "__main__":
    build_zoo(Path(sys.argv[1]), int(sys.argv[2]))
