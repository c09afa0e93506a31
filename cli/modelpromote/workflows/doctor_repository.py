"""Checks of the repository and its remote: whether verbs can judge here, and land what they decide."""

from pathlib import Path

from modelpromote.adapters.git_faults import reason
from modelpromote.adapters.probe import Answer
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.checkup import Check, fault, note, ok
from modelpromote.core.manifest_schemas import SCHEMAS, file_name
from modelpromote.core.policy import Policy
from modelpromote.workflows.doctor_machine import Machine
from modelpromote.workflows.load import load_policy
from modelpromote.workflows.schemas import schema_files

REMOTE = 20.0  # seconds for a program that asks somebody else
_TRIED = "refs/heads/promote/doctor"  # never made: the push is a dry run


def repository(machine: Machine) -> Check:
    """The clone."""
    if not machine.folder.is_dir():
        return fault("repository", f"{machine.folder} is no folder", "name one with --repo")
    said = machine.git("rev-parse", "--show-toplevel")
    if not said.worked:
        return fault("repository", _why(said, 10), "run it inside a clone, or start one: promote init DIR")
    return ok("repository", said.first)


def history(machine: Machine) -> Check:
    """Whether all of it is here: bakes and holds are derived from it."""
    said = machine.git("rev-parse", "--is-shallow-repository")
    if said.first == "true":
        return fault("history", "this clone is shallow", f"run: git fetch --unshallow {machine.remote}")
    partial = machine.git("config", "--get", f"remote.{machine.remote}.partialclonefilter")
    if partial.worked:
        return note("history", f"partial clone ({partial.first}): what it lacks is fetched when it is read")
    return ok("history", "complete")


def policy(machine: Machine) -> Check:
    """promote.yaml of the working tree."""
    found = load_policy(_tree(machine))
    if found.value is None:
        first = found.problems[0]
        return fault("promote.yaml", f"{first.location}: {first.detail}", "promote validate shows every fault")
    return ok("promote.yaml", f"environments {', '.join(found.value.environments)}")


def schemas(machine: Machine) -> Check:
    """Whether editors are told what this version reads."""
    tree, current = _tree(machine), schema_files()
    names = [file_name(kind) for kind in SCHEMAS]
    stale = [name for name in names if tree.read(f"schemas/{name}") not in {None, current[name]}]
    missing = [name for name in names if tree.read(f"schemas/{name}") is None]
    if stale or missing:
        found = f"out of date: {', '.join(stale)}" if stale else f"not there: {', '.join(missing)}"
        return note("schemas", found, "for editors; run: promote schema --write schemas")
    return ok("schemas", "up to date")


def has_remote(machine: Machine) -> bool:
    """Whether the clone knows a remote of this name."""
    return machine.git("config", "--get", f"remote.{machine.remote}.url").worked


def remote(machine: Machine) -> Check:
    """Whether it answers."""
    name = machine.remote
    if not has_remote(machine):
        return fault(
            "remote", f"there is no remote {name!r}", f"run: git remote add {name} URL, or name another: --remote"
        )
    said = machine.git("ls-remote", "--heads", name, patience=REMOTE)
    if not said.worked:
        return fault("remote", f"{name}: {_why(said, REMOTE)}", f"check it by hand: git ls-remote {name}")
    count = len(said.out.splitlines())
    return ok("remote", f"{name} answers, {count} branch{'' if count == 1 else 'es'}")


def branch(machine: Machine) -> Check:
    """Whether the remote has the branch that promote.yaml names."""
    stated = _policy(machine)
    if stated is None:
        return fault("deployed branch", "not known: promote.yaml cannot be read", "mend promote.yaml")
    said = machine.git("ls-remote", machine.remote, f"refs/heads/{stated.branch}", patience=REMOTE)
    if not said.worked:
        return fault("deployed branch", f"{machine.remote}: {_why(said, REMOTE)}", "mend the remote first")
    if not said.first:
        way = f"push it: git push -u {machine.remote} HEAD:{stated.branch}, or correct `branch:` in promote.yaml"
        return fault("deployed branch", f"{machine.remote} has no branch {stated.branch}", way)
    return ok("deployed branch", f"{stated.branch} at {said.first[:10]}")


def push(machine: Machine) -> Check:
    """Whether the remote lets this account push: a dry run, of a branch that is never made."""
    if not machine.git("rev-parse", "--verify", "--quiet", "HEAD").worked:
        return note("push", "not tried: there is no commit yet", "commit, then ask again")
    tried = ["--dry-run", "--no-verify", "--no-signed", "--no-follow-tags", "--no-recurse-submodules"]
    said = machine.git("push", *tried, machine.remote, f"HEAD:{_TRIED}", patience=REMOTE)
    if not said.worked:
        return fault("push", f"{machine.remote}: {_why(said, REMOTE)}", "ask who may write there")
    return ok("push", f"{machine.remote} lets you push (rules of branches show only in a real push)")


def _policy(machine: Machine) -> Policy | None:
    return load_policy(_tree(machine)).value


def _tree(machine: Machine) -> WorkingTree:
    return WorkingTree(Path(machine.git("rev-parse", "--show-toplevel").first))


def _why(said: Answer, patience: float) -> str:
    return f"no answer in {patience:g} s" if said.hung else reason(said.err) or f"exit code {said.status}"
