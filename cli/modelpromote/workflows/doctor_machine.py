"""Checks of the machine: Python, git and who commits, Kustomize, and tools that are good to have."""

import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from modelpromote.adapters.git_faults import reason
from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.adapters.probe import Answer, ask
from modelpromote.adapters.templates import load_templates
from modelpromote.core.checkup import Check, fault, kustomize_check, note, numbers, ok

LOCAL = 10.0  # seconds for a program that asks nobody
GIT_NEEDED = (2, 30)
_LIBRARIES = (
    "click", "pydantic", "ruamel.yaml", "ruamel.yaml.clib", "GitPython", "Jinja2", "rich", "defusedxml",
)  # fmt: skip
_IDENTITY = 'git config --global user.name "Your Name" and git config --global user.email "you@example.com"'


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it is looked from, and which remote counts."""

    folder: Path
    remote: str

    def git(self, *arguments: str, patience: float = LOCAL, more: Mapping[str, str] | None = None) -> Answer:
        """Ask git in the folder."""
        return ask(["git", *arguments], patience, folder=self.folder, more=more)


def python(machine: Machine) -> Check:  # noqa: ARG001
    """The Python that runs this."""
    return ok("python", f"{platform.python_version()} ({platform.python_implementation()})")


def libraries(machine: Machine) -> Check:  # noqa: ARG001
    """The versions of what the tool is built on."""
    versions = {name: _version(name) for name in _LIBRARIES}
    missing = [name for name, version in versions.items() if not version]
    if missing:
        return fault("libraries", f"missing: {', '.join(missing)}", f"python3 -m pip install {' '.join(missing)}")
    return ok("libraries", ", ".join(f"{name} {version}" for name, version in versions.items()))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def templates(machine: Machine) -> Check:  # noqa: ARG001
    """The tool's own templates."""
    return ok("templates", f"{len(load_templates())} files")


def git(machine: Machine) -> Check:
    """Git itself."""
    if shutil.which("git") is None:
        return fault("git", "is not on PATH", "install it (Debian, Ubuntu: apt install git)")
    said = machine.git("--version")
    if not said.worked:
        return fault("git", _why(said), "run it by hand: git --version")
    shown = ".".join(map(str, numbers(said.first)))
    if numbers(said.first)[:2] < GIT_NEEDED:
        return fault("git", f"{shown or said.first} is too old", "install 2.30 or newer")
    return ok("git", shown)


def identity(machine: Machine) -> Check:
    """Who commits."""
    said = machine.git("var", "GIT_COMMITTER_IDENT")
    if not said.worked:
        return fault("identity", "git does not know who you are", f"run: {_IDENTITY}")
    return ok("identity", said.first.rpartition(" ")[0].rpartition(" ")[0])


def signing(machine: Machine) -> Check:
    """Where commits are signed: one is made in a folder that is thrown away."""
    said = machine.git("config", "--type=bool", "commit.gpgSign")
    if said.status > 1 or said.hung:
        return fault("signing", f"commit.gpgSign cannot be read: {_why(said)}", "set it to true or false")
    if said.first != "true":
        return ok("signing", "not asked for (commit.gpgSign)")
    with tempfile.TemporaryDirectory(prefix="modelpromote-") as folder:
        aside = {"GIT_OBJECT_DIRECTORY": folder}
        tree = machine.git("mktree", more=aside).first
        tried = machine.git("commit-tree", "-S", "-m", "promote doctor", tree, more=aside)
    if not tried.worked:
        return fault("signing", f"a commit cannot be signed: {_why(tried)}", "see: git help config, commit.gpgSign")
    return ok("signing", "works")


def kustomize(machine: Machine) -> Check:  # noqa: ARG001
    """The Kustomize that builds releases."""
    tool = find_kustomize()
    if tool is None:
        return note(
            "kustomize",
            "no kustomize, kubectl or oc on PATH: releases are not built",
            "install kustomize 5.5 or newer, or kubectl",
        )
    said = ask(version_command(tool.command), LOCAL)
    if said.hung:
        return fault("kustomize", f"{tool.command[0]} did not answer in {LOCAL:g} s", "run it by hand")
    return kustomize_check(tool.command[0], kustomize_version(said))


def version_command(command: tuple[str, ...]) -> list[str]:
    """How `kustomize build`, `kubectl kustomize` or `oc kustomize` says its version."""
    return [command[0], "version"] if command[1] == "build" else [command[0], "version", "--client"]


def kustomize_version(said: Answer) -> str:
    """The line that has it: kubectl names its own version first."""
    lines = (said.out + "\n" + said.err).splitlines()
    return next((line for line in lines if "ustomize" in line), said.first)


def ssh_keygen(machine: Machine) -> Check:  # noqa: ARG001
    """Reads signatures that were made with ssh keys."""
    return _optional("ssh-keygen", "checks ssh signatures", "install OpenSSH's client")


def kubeconform(machine: Machine) -> Check:  # noqa: ARG001
    """Checks rendered resources against schemas of a cluster."""
    return _optional("kubeconform", "checks rendered resources against CRD schemas", "see its releases page")


def promtool(machine: Machine) -> Check:  # noqa: ARG001
    """Checks Prometheus rules."""
    return _optional("promtool", "checks Prometheus rules", "it comes with Prometheus")


def _optional(name: str, use: str, remedy: str) -> Check:
    found = shutil.which(name)
    return ok(name, found) if found else note(name, f"not on PATH; {use}", remedy)


def _why(said: Answer) -> str:
    """Why it did not work, in one line."""
    return f"no answer in {LOCAL:g} s" if said.hung else reason(said.err) or f"exit code {said.status}"
