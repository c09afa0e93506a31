"""What is installed by pip is whole: the wheel has the templates, and works away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from stage import build_stage

PROJECT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a wheel of this checkout installs."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: it comes with the test extra")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_has_every_template(site: Path) -> None:
    templates = PROJECT / "templates"
    source = {path.relative_to(templates): path.read_bytes() for path in templates.rglob("*.j2")}
    packaged = site / "modelpromote" / "_templates"
    assert source
    assert {path.relative_to(packaged): path.read_bytes() for path in packaged.rglob("*.j2")} == source


def test_has_the_page_that_explains_the_rules(site: Path) -> None:
    page = site / "modelpromote" / "_docs" / "rules.md"
    assert page.read_bytes() == (PROJECT / "docs" / "rules.md").read_bytes()


def test_has_every_module_and_nothing_else(site: Path) -> None:
    source = {path.relative_to(PROJECT / "cli") for path in (PROJECT / "cli").rglob("*.py")}
    assert {path.relative_to(site) for path in site.rglob("*.py")} == source


def test_renders_away_from_the_checkout(site: Path, tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-c", "import modelpromote; print(modelpromote.__file__)"],
        cwd=stage.repo, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(site)
    done = subprocess.run(
        [sys.executable, "-m", "modelpromote", "render", "--check"],
        cwd=stage.repo, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith("files are up to date")
