"""The working tree as it is read: plain files below the root, and nothing else."""

import os
from pathlib import Path

import pytest

from modelpromote.adapters import trees
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.tree import EntryKind, MemoryTree, folders, walk
from modelpromote.failures import Failure

FILES = {"promote.yaml": b"a: 1\n", "models/m/v/variant.yaml": b"b\n", "models/m/v-2/variant.yaml": b"c\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Some files, a secret beside the root, and everything that could lead there."""
    for path, content in FILES.items():
        place = tmp_path / "root" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (tmp_path / "secret").write_text("s", "utf-8")
    return tmp_path / "root"


def test_it_reads_what_a_mapping_of_the_same_files_reads(root: Path) -> None:
    working, memory = WorkingTree(root), MemoryTree(FILES)
    assert list(walk(working, "")) == list(walk(memory, ""))
    assert [path for path, _ in walk(working, "")] == [
        "models/m/v/variant.yaml", "models/m/v-2/variant.yaml", "promote.yaml",
    ]  # fmt: skip
    for path in (*FILES, "models", "models/m/none", ""):
        assert working.read(path) == memory.read(path)
        assert dict(working.entries(path)) == dict(memory.entries(path))
    assert folders(working, "models/m") == ["v", "v-2"]


@pytest.mark.parametrize(
    "path", ["../secret", "models/../../secret", "/secret", "./promote.yaml", "models//m", "models/m/v/", ".", ".."]
)
def test_no_path_leads_out_of_it_or_round_about(root: Path, path: str) -> None:
    assert WorkingTree(root).read(path) is None
    assert WorkingTree(root).entries(path) == {}


@pytest.mark.parametrize("target", ["../secret", "promote.yaml", "nowhere"])
def test_a_link_to_a_file_is_shown_and_never_read(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)
    tree = WorkingTree(root)
    assert tree.read("link") is None
    assert tree.entries("")["link"] is EntryKind.OTHER
    assert ("link", EntryKind.OTHER) in list(walk(tree, ""))


@pytest.mark.parametrize("target", ["..", "models", "/"])
def test_a_link_to_a_folder_is_never_entered(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)
    tree = WorkingTree(root)
    assert tree.entries("")["link"] is EntryKind.OTHER
    assert tree.entries("link") == {}
    assert tree.read("link/secret") is None
    assert tree.read("link/m/v/variant.yaml") is None
    assert tree.entries("link/m") == {}
    assert [path for path, _ in walk(tree, "")].count("link") == 1


def test_a_root_that_is_itself_behind_a_link_is_read(root: Path) -> None:
    (root.parent / "alias").symlink_to(root)
    tree = WorkingTree(root.parent / "alias")
    assert tree.read("promote.yaml") == b"a: 1\n"
    assert folders(tree, "models") == ["m"]


def test_a_pipe_is_shown_and_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipe")
    tree = WorkingTree(root)
    assert tree.entries("")["pipe"] is EntryKind.OTHER
    assert tree.read("pipe") is None  # opening it would wait for ever


def test_the_repository_of_the_root_is_left_out_and_that_of_a_submodule_shown_as_files(root: Path) -> None:
    (root / ".git" / "objects").mkdir(parents=True)
    (root / "models" / "sub").mkdir()
    (root / "models" / "sub" / ".git").write_text("gitdir: ../../.git/modules/sub\n", "utf-8")
    (root / "models" / "sub" / "variant.yaml").write_text("x", "utf-8")
    tree = WorkingTree(root)
    assert ".git" not in tree.entries("")
    assert list(tree.entries("models/sub")) == ["variant.yaml"]


def test_a_file_beyond_the_limit_is_a_failure_that_names_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MAX_FILE", 4)
    assert WorkingTree(root).read("models/m/v/variant.yaml") == b"b\n"
    with pytest.raises(Failure, match=r"promote\.yaml has more than 4 bytes"):
        WorkingTree(root).read("promote.yaml")


@pytest.mark.parametrize("path", ["é" * 200, "a/" + "x" * 300])
def test_a_name_longer_than_the_disk_takes_is_a_file_that_is_not_there(root: Path, path: str) -> None:
    assert WorkingTree(root).read(path) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_a_failure(root: Path) -> None:
    (root / "models").chmod(0)
    try:
        with pytest.raises(Failure, match="cannot list models"):
            list(walk(WorkingTree(root), ""))
    finally:
        (root / "models").chmod(0o755)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_failure_that_names_it(root: Path) -> None:
    (root / "promote.yaml").chmod(0)
    with pytest.raises(Failure, match=r"cannot read promote\.yaml: Permission denied"):
        WorkingTree(root).read("promote.yaml")
