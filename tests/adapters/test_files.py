"""Writing: a file is the old one or the new one, a folder is whole or not there, and nothing lands elsewhere."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from modelpromote.adapters.files import Writer
from modelpromote.failures import Failure


def everything(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


class Breaking(Mapping[str, bytes]):
    """Files of which the last cannot be given: the disk is full."""

    def __getitem__(self, key: str) -> bytes:
        raise NotImplementedError

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "b"))

    def items(self) -> Any:
        yield "a", b"1"
        raise OSError(28, "No space left on device")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where it may write; `outside` is beside it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    return tmp_path / "root"


@pytest.fixture
def writer(root: Path, tmp_path: Path) -> Iterator[Writer]:
    yield Writer(root, tmp_path / "scratch")
    assert list((tmp_path / "scratch").iterdir()) == [], "no draft is left behind"
    assert list((tmp_path / "outside").iterdir()) == [], "nothing is made outside of the root"


def test_files_are_written_with_their_folders(root: Path, writer: Writer) -> None:
    files = {"a": b"1", "b/c/d": b"2\r\n\x00", "b/e": b""}
    before = os.umask(0o022)
    try:
        writer.write(files)
    finally:
        os.umask(before)
    assert everything(root) == files
    assert {stat.S_IMODE((root / path).stat().st_mode) for path in files} == {0o644}


def test_a_file_is_replaced_and_not_written_into(root: Path, writer: Writer) -> None:
    (root / "a").write_bytes(b"old, and longer")
    (root / "kept").hardlink_to(root / "a")
    writer.write({"a": b"new"})
    assert everything(root) == {"a": b"new", "kept": b"old, and longer"}


@pytest.mark.parametrize("path", ["link/a", "link/deep/a", "file"])
def test_nothing_is_written_through_a_link(root: Path, writer: Writer, path: str) -> None:
    (root / "link").symlink_to("../outside")
    (root / "file").symlink_to("../outside/file")
    with pytest.raises(Failure, match=f"{path} would be written outside the repository"):
        writer.write({path: b"1"})
    with pytest.raises(Failure, match=f"{path} would be written outside the repository"):
        writer.write_folder(path, {"a": b"1"})


@pytest.mark.parametrize("path", ["../outside/a", "a/../../outside/a"])
def test_no_path_leads_out_of_the_root(root: Path, writer: Writer, path: str) -> None:
    with pytest.raises(Failure, match="would be written outside the repository"):
        writer.write({path: b"1"})


def test_a_place_that_cannot_be_written_is_a_failure_that_names_it(root: Path, writer: Writer) -> None:
    (root / "folder").mkdir()
    with pytest.raises(Failure, match=r"cannot write folder: Is a directory"):
        writer.write({"folder": b"1"})
    assert everything(root) == {}


@pytest.mark.parametrize("path", ["file/a", "file/deep/a"])
def test_a_file_where_a_folder_is_needed_is_a_failure_that_names_it(root: Path, writer: Writer, path: str) -> None:
    (root / "file").write_bytes(b"a file, no folder")
    with pytest.raises(Failure, match=f"cannot write {path}: "):
        writer.write({path: b"1"})
    assert everything(root) == {"file": b"a file, no folder"}


def test_a_folder_is_there_with_all_its_files(root: Path, writer: Writer) -> None:
    writer.write_folder("x/run", {"entry.yaml": b"1", "headers/a.json": b"2"})
    assert everything(root) == {"x/run/entry.yaml": b"1", "x/run/headers/a.json": b"2"}
    assert stat.S_IMODE((root / "x" / "run").stat().st_mode) & 0o500 == 0o500


def test_a_folder_that_cannot_be_finished_is_not_there_at_all(root: Path, writer: Writer) -> None:
    with pytest.raises(Failure, match="cannot write run: No space left on device"):
        writer.write_folder("run", Breaking())
    assert not (root / "run").exists()


def test_a_folder_that_is_there_already_is_left_as_it_is(root: Path, writer: Writer) -> None:
    writer.write_folder("run", {"a": b"1"})
    with pytest.raises(Failure, match="cannot write run: "):
        writer.write_folder("run", {"b": b"2"})
    assert everything(root) == {"run/a": b"1"}


def test_folders_are_removed_whole_and_what_is_not_there_is_no_fault(root: Path, writer: Writer) -> None:
    writer.write({"run/a/b": b"1", "kept": b"2"})
    writer.remove(["run", "never"])
    assert everything(root) == {"kept": b"2"}
    assert [path.name for path in root.iterdir()] == ["kept"]


def test_what_a_link_leads_to_is_never_removed(root: Path, tmp_path: Path, writer: Writer) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a").write_bytes(b"1")
    (root / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(Failure, match="would be written outside the repository"):
        writer.remove(["link"])
    assert everything(tmp_path / "theirs") == {"a": b"1"}


def test_drafts_that_nobody_owns_any_more_are_cleared_and_fresh_ones_left(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    for name in ("old", "new"):
        (scratch / name).mkdir(parents=True)
    os.utime(scratch / "old", (0, 0))
    Writer(tmp_path, scratch)
    assert [path.name for path in scratch.iterdir()] == ["new"]


def test_a_scratch_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "scratch").write_bytes(b"a file")
    with pytest.raises(Failure, match="cannot write to "):
        Writer(tmp_path, tmp_path / "scratch")
