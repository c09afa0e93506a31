"""Where the tests' evidence lies, and what may be missing."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "evidence"
SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not here")


def kept(variant: str, kind: str) -> dict[str, bytes]:
    folder = DATA / variant / kind
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
