"""How the committed example came to be: its acts, replayed from nothing into a temporary repository.

python demo/replay.py --write      write the decisions and slots that the acts lead to into this checkout
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from stage import PROJECT, Stage, build_stage

from modelpromote.app import run

# (time of day, what was called): the waiting times of environments/*/environment.yaml are kept to
ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("08:00", ("v1.0-fp16", "--to", "test")),
    ("08:30", ("v1.0-fp16", "--to", "staging")),
    ("09:30", ("v1.0-fp16", "--to", "prod")),
    ("09:35", ("v1.1-int8", "--to", "test")),
    ("10:05", ("v1.1-int8", "--to", "staging")),
    ("11:05", ("v1.1-int8", "--to", "prod")),
    ("11:20", ("advance", "--env", "prod")),
    ("11:50", ("advance", "--env", "prod")),
    ("12:50", ("advance", "--env", "prod")),
    ("14:50", ("advance", "--env", "prod")),
    ("15:00", ("v1.2-int4-g128", "--to", "test")),
    ("15:30", ("v1.2-int4-g128", "--to", "staging")),
    ("15:35", ("v1.3-int4-g64", "--to", "test")),
)
DAY = "2026-11-25"


def replay(root: Path) -> Stage:
    """The acts, one after the other, each at its time; the clone ends where the remote does."""
    stage = build_stage(root, waits="", when=f"{DAY}T07:00:00Z")
    before = dict(os.environ)
    try:
        os.environ.update(stage.environment)
        for time, call in ACTS:
            os.environ["GIT_COMMITTER_DATE"] = os.environ["GIT_AUTHOR_DATE"] = f"{DAY}T{time}:00Z"
            code = run([*call, "--yes", "--repo", str(stage.repo)])
            if code != 0:
                raise RuntimeError(f"promote {' '.join(call)} ended with {code}")
    finally:
        os.environ.clear()
        os.environ.update(before)
    stage.pull()
    return stage


def main() -> int:
    """Replay, and write where asked."""
    with tempfile.TemporaryDirectory() as root:
        stage = replay(Path(root))
        if "--write" in sys.argv[1:]:
            for folder in ("environments", "argocd", "models"):
                for path in sorted((stage.repo / folder).rglob("*")):
                    if path.is_file():
                        place = PROJECT / path.relative_to(stage.repo)
                        place.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
