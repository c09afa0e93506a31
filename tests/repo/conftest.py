"""Repositories with a past, for the tests of changes."""

from pathlib import Path

import pytest
from stage import Stage

from repo.acts import done


@pytest.fixture(scope="session")
def grown_template(zoo_template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """v1.0 and then v1.3 everywhere; in prod it is at 10."""
    stage = zoo_template.copy(tmp_path_factory.mktemp("grown") / "template")
    for name in ("v1.0-fp16", "v1.3-int4-g64"):
        for environment in ("test", "staging", "prod"):
            done(stage, name, "--to", environment, "--yes")
    done(stage, "advance", "--env", "prod", "--yes")
    return stage


@pytest.fixture
def grown(grown_template: Stage, tmp_path: Path) -> Stage:
    return grown_template.copy(tmp_path / "stage")
