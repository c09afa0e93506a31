"""A copy of a stage for every kill, and what is looked at afterwards."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stage import Stage


@dataclass(frozen=True)
class Place:
    """One stage that is put back to what a template has before each kill; only what differs is written."""

    stage: Stage
    template: Path
    files: Mapping[Path, bytes]

    def put_back(self) -> None:
        """The stage is as the template again."""
        there = {path.relative_to(self.stage.root) for path in self.stage.root.rglob("*")}
        for path in sorted(there - self.files.keys(), reverse=True):
            place = self.stage.root / path
            if place.is_dir() and not (self.template / path).is_dir():
                shutil.rmtree(place)
            elif place.is_file():
                place.unlink()
        for path, content in self.files.items():
            place = self.stage.root / path
            if not place.is_file() or place.read_bytes() != content:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.unlink(missing_ok=True)
                place.write_bytes(content)


def make_place(template: Stage, root: Path) -> Place:
    """A copy of the template, its clone pointing to its own remote."""
    stage = template.copy(root)
    stage.git("status")
    files = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    frozen = root.with_name(f"{root.name}-template")
    shutil.copytree(root, frozen)
    return Place(stage, frozen, files)


def working_tree(stage: Stage) -> dict[str, bytes]:
    """The files of the clone's working tree, by path."""
    return {
        path.relative_to(stage.repo).as_posix(): path.read_bytes()
        for path in stage.repo.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(stage.repo).parts
    }


def digest(files: Mapping[str, bytes]) -> str:
    """One short text for a whole tree."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    return whole.hexdigest()


def check_no_lock(stage: Stage) -> None:
    """No lock of git or of the tool, in the clone or in the remote."""
    assert [str(path) for path in stage.root.rglob("*.lock")] == []


def check_git_is_content(stage: Stage) -> None:
    """Both repositories are whole, and the clone has no edits but what the working tree shows."""
    for place in (stage.repo, stage.remote):
        said = stage.git("fsck", "--connectivity-only", "--no-dangling", at=place)
        assert said in {"", "notice: HEAD points to an unborn branch"}, said
