"""`promote doctor`: is everything there that the verbs need? It asks, and never writes anything."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modelpromote.core.checkup import Check, State, fault
from modelpromote.failures import Failure
from modelpromote.workflows import doctor_machine, doctor_repository
from modelpromote.workflows.doctor_machine import Machine

_OF_THE_MACHINE: Sequence[tuple[str, Callable[[Machine], Check]]] = (
    ("python", doctor_machine.python),
    ("libraries", doctor_machine.libraries),
    ("templates", doctor_machine.templates),
    ("git", doctor_machine.git),
    ("identity", doctor_machine.identity),
    ("signing", doctor_machine.signing),
    ("kustomize", doctor_machine.kustomize),
    ("ssh-keygen", doctor_machine.ssh_keygen),
    ("kubeconform", doctor_machine.kubeconform),
    ("promtool", doctor_machine.promtool),
)
_OF_THE_REPOSITORY: Sequence[tuple[str, Callable[[Machine], Check]]] = (
    ("repository", doctor_repository.repository),
    ("history", doctor_repository.history),
    ("promote.yaml", doctor_repository.policy),
    ("schemas", doctor_repository.schemas),
    ("remote", doctor_repository.remote),
)
_OF_THE_REMOTE: Sequence[tuple[str, Callable[[Machine], Check]]] = (
    ("deployed branch", doctor_repository.branch),
    ("push", doctor_repository.push),
)


def checkup(folder: Path, remote: str) -> tuple[Check, ...]:
    """Every check, side by side, in a fixed order; what there is no repository or remote for is left out."""
    machine = Machine(folder, remote)
    looks = [*_OF_THE_MACHINE, *_OF_THE_REPOSITORY[:1]]
    if doctor_repository.repository(machine).state is State.OK:
        looks += _OF_THE_REPOSITORY[1:]
        looks += _OF_THE_REMOTE if doctor_repository.has_remote(machine) else ()
    with ThreadPoolExecutor(max_workers=8) as pool:
        return tuple(pool.map(lambda one: _safely(machine, *one), looks))


def _safely(machine: Machine, name: str, look: Callable[[Machine], Check]) -> Check:
    """One check; what fails in it is its finding."""
    try:
        return look(machine)
    except Failure as failed:
        return fault(name, failed.message, failed.hint)
