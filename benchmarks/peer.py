"""The peer: `gto assign --push`, which tags a commit with a stage and pushes the tag; it judges and renders nothing."""

import subprocess
import sys
from pathlib import Path

_VERSION = "1.10.1"
_VENV = Path(__file__).parent.parent / ".cache" / "gto"


def install() -> Path | None:
    """The gto program, in an environment that only this uses; None when it cannot be installed."""
    program = _VENV / "bin" / "gto"
    if not program.exists():
        pip = [str(_VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", "--clear", str(_VENV)], [*pip, f"gto=={_VERSION}"]):
            if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
                return None
    return program


def version(program: Path) -> str:
    """Name and version, as gto itself tells them."""
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True)
    return f"gto {done.stdout.split()[-1]}"
