"""What `promote --version` says beside the tool's own version."""

import platform
from concurrent.futures import ThreadPoolExecutor

from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.adapters.probe import ask
from modelpromote.core.checkup import numbers
from modelpromote.workflows.doctor_machine import kustomize_version, version_command

_PATIENCE = 3.0  # seconds


def versions() -> tuple[str, ...]:
    """Python, git and Kustomize, a line each."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        git, kustomize = pool.submit(_git), pool.submit(_kustomize)
        return f"Python {platform.python_version()}", f"git {git.result()}", f"kustomize {kustomize.result()}"


def _git() -> str:
    return _numbers(ask(["git", "--version"], _PATIENCE).first) or "not found"


def _kustomize() -> str:
    tool = find_kustomize()
    if tool is None:
        return "not found"
    said = kustomize_version(ask(version_command(tool.command), _PATIENCE))
    return f"{_numbers(said) or 'of an unknown version'} ({tool.command[0]})"


def _numbers(text: str) -> str:
    return ".".join(map(str, numbers(text)))
