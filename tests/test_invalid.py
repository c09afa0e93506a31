"""Bad input, and what `promote validate` says of it, word for word: tests/invalid/<case>/.

input/        files that are put over a good repository
changes.txt   what files cannot show: `remove PATH`, `move PATH PATH`, `link PATH TARGET`, `replace PATH OLD NEW`
errors.txt    the whole output; `pytest --update-invalid` writes it anew, for a person to read
"""

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stage import Stage

from modelpromote.core import rules

CASES = Path(__file__).parent / "invalid"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
IN_A_PROCESS = "ten-faults"
# what `promote validate` can find in a working tree; MP115 to MP120 are of `promote new` (tests/repo/test_new.py),
# the rest of MP2xx is of `promote evidence add`; MP465 is of builds (tests/core/test_heeded.py)
OF_NEW = range(115, 121)
OF_EXTRA = {f"MP{number}" for number in range(460, 468)} - {"MP465"}
COVERED = [
    rule.code
    for rule in rules.ALL
    if (rule.code < "MP200" and int(rule.code[2:]) not in OF_NEW)
    or "MP201" <= rule.code <= "MP208"
    or rule.code in OF_EXTRA
]


def _replace(root: Path, path: str, old: str, new: str) -> None:
    content = (root / path).read_bytes()
    assert content.count(old.encode()) == 1, f"{old!r} is not exactly once in {path}"
    (root / path).write_bytes(content.replace(old.encode(), new.encode()))


def _remove(root: Path, path: str) -> None:
    shutil.rmtree(root / path) if (root / path).is_dir() else (root / path).unlink()


CHANGES: dict[str, Callable[..., Any]] = {
    "remove": _remove,
    "move": lambda root, old, new: (root / old).rename(root / new),
    "link": lambda root, path, target: (root / path).symlink_to(target),
    "replace": _replace,
}


def spoil(stage: Stage, case: str) -> None:
    """Put a case's files and changes over the good repository."""
    folder = CASES / case
    if (folder / "input").is_dir():
        shutil.copytree(folder / "input", stage.repo, dirs_exist_ok=True)
    changes = folder / "changes.txt"
    for line in changes.read_text("utf-8").splitlines() if changes.is_file() else ():
        if line:
            verb, *arguments = shlex.split(line)
            CHANGES[verb](stage.repo, *arguments)


def everything(stage: Stage) -> dict[str, bytes | str]:
    """Every file of the clone and its remote, git's own included; not the tool's store of what was clean."""
    return {
        str(path): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in stage.root.rglob("*")
        if (path.is_symlink() or path.is_file()) and path.name != "verified.json"
    }


def has_kustomize() -> bool:
    return any(shutil.which(name) for name in ("kustomize", "kubectl", "oc"))


@pytest.mark.parametrize("case", NAMES)
def test_every_fault_is_shown_as_it_should_be_and_nothing_is_written(
    case: str, stage: Stage, cli: Any, request: pytest.FixtureRequest
) -> None:
    spoil(stage, case)
    before = everything(stage)
    said = cli("validate", "--repo", str(stage.repo))
    assert everything(stage) == before
    assert (said.code, said.err) == (1, "")
    errors = CASES / case / "errors.txt"
    if request.config.getoption("--update-invalid"):
        errors.write_text(said.out, "utf-8")
    expected = errors.read_text("utf-8")
    if "were not built" not in expected and not has_kustomize():
        pytest.skip("no kustomize, kubectl or oc on PATH, and this case is one where the releases are built")
    assert said.out == expected


def test_a_process_says_the_same(stage: Stage, process: Any) -> None:
    spoil(stage, IN_A_PROCESS)
    done = process(stage.repo, "validate")
    expected = (CASES / IN_A_PROCESS / "errors.txt").read_text("utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (1, expected, "")


def test_the_good_repository_is_valid(stage: Stage, cli: Any) -> None:
    said = cli("validate", "--repo", str(stage.repo))
    assert said.code == 0
    assert said.last.startswith("valid: 0 errors, 0 warnings")


@pytest.mark.parametrize("code", COVERED)
def test_every_rule_has_a_case(code: str) -> None:
    shown = "".join((CASES / case / "errors.txt").read_text("utf-8") for case in NAMES)
    assert f"[{code}]" in shown


def test_ten_faults_of_one_manifest_are_ten_findings() -> None:
    text = (CASES / "ten-faults" / "errors.txt").read_text("utf-8")
    places = re.findall(r"^(.*variant\.yaml):(\d+):(\d+): error\[MP\d{3}\]", text, re.MULTILINE)
    assert len(set(places)) == 10
    assert len({path for path, _, _ in places}) == 1
