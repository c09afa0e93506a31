"""The demo shows what it promises, with the real Kustomize and without any."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
KUSTOMIZE = ("kustomize", "kubectl", "oc")

pytestmark = pytest.mark.slow


def play(path: str, tmp_path: Path, *arguments: str) -> str:
    """The demo's output; it must end with exit code 0 and say nothing on stderr."""
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(PROJECT / "demo" / "demo.py"), *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:] + done.stderr
    return done.stdout


def after(output: str, command: str) -> str:
    """What stands between the last time that a command was typed and the next command."""
    _, typed, rest = output.rpartition(f"\n$ {command}\n")
    assert typed, f"{command} was not typed"
    return rest.partition("\n$ ")[0]


def git_alone(tmp_path: Path) -> str:
    """A PATH with git and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    found = shutil.which("git")
    assert found is not None
    (folder / "git").symlink_to(found)
    assert not any(shutil.which(name, path=str(folder)) for name in KUSTOMIZE)
    return str(folder)


def common_story(output: str) -> None:
    """What is shown whether releases can be built or not."""
    refused = after(output, "promote v1.4-int2-g64 --to test --yes")
    assert re.search(r"precision-floor +fail +2 bits", refused)
    assert re.search(r"perplexity +pass +\+0\.69%", refused)
    assert "refused: 2 findings; nothing was written" in refused
    back = after(output, "promote status")
    assert re.search(r"tiny-llama +prod +v1\.0-fp16 ", back)
    assert "on hold in prod: tiny-llama/v1.3-int4-g64" in back
    assert re.search(
        r"MP508\] number 3 \(v1\.4-int2-g64\), put in force by .*2 bits", after(output, "promote validate")
    )
    assert output.rstrip().splitlines()[-1].startswith("demo: promoted, climbed, reverted, refused and found out")


@pytest.mark.skipif(not any(map(shutil.which, KUSTOMIZE)), reason="no kustomize, kubectl or oc on PATH")
def test_shows_the_difference_in_the_cluster(tmp_path: Path) -> None:
    output = play(os.environ["PATH"], tmp_path)
    common_story(output)
    promoted = after(output, "promote v1.3-int4-g64 --to prod --yes")
    assert "+ InferenceService models-prod/tiny-llama-v1-3-int4-g64  added" in promoted
    assert "  Promote-Number: 2\n" in promoted
    stepped = after(output, "promote advance --env prod --yes")
    assert "backendRefs[tiny-llama-v1-3-int4-g64-predictor].weight: 50 -> 100" in stepped
    assert list(tmp_path.iterdir()) == []


def test_shows_the_difference_of_the_files_without_kustomize(tmp_path: Path) -> None:
    output = play(git_alone(tmp_path), tmp_path, "--keep")
    kept = re.search(r"^kept: (.*)$", output, re.MULTILINE)
    assert kept is not None
    assert (Path(kept[1]) / "promote.yaml").is_file()
    common_story(output)
    promoted = after(output, "promote v1.3-int4-g64 --to prod --yes")
    assert "the release was not built" in promoted
    assert '+variant: "v1.3-int4-g64"' in promoted
    assert "releases were not built" in output
