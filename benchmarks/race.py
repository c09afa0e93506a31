"""Fifty promoters of different models on one branch, all at once; what came of it, as JSON on stdout.

    python benchmarks/race.py FOLDER PROMOTERS

The first push waits in the remote's hook until another one has landed, so that at least one comes too late.
"""

import json
import os
import sys
import time
from pathlib import Path

from racing import add_models, hold_the_first_push, race
from stage import build_stage


def main() -> None:
    """Race, then count what has landed, and how often."""
    root, count = Path(sys.argv[1]), int(sys.argv[2])
    stage = build_stage(root)
    os.environ.update(stage.environment)
    models = add_models(stage, count)
    base = stage.git("rev-parse", "main", at=stage.remote)
    hold_the_first_push(stage)
    calls = {model: (f"{model}/v1.0-fp16", "--to", "test", "--yes") for model in models}
    began = time.monotonic()
    racers = race(stage, calls, f"file://{stage.remote}", {})
    seconds = time.monotonic() - began
    landed = stage.git("log", "--first-parent", "--format=%s", f"{base}..main", at=stage.remote).splitlines()
    print(
        json.dumps(
            {
                "promoters": count,
                "seconds": seconds,
                "landed": len(set(landed)),
                "twice": len(landed) - len(set(landed)),
                "late": sum(racer.late for racer in racers),
            }
        )
    )


if __name__ == "__main__":
    main()
