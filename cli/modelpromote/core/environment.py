"""environment.yaml: namespace, cluster, target, route, ladder and gates of one environment."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document
from modelpromote.core.gates import DEFAULT_FLOOR, DEFAULTS, GateSettings, Settings
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Text
from modelpromote.core.quantities import Duration, DurationField, Quantity
from modelpromote.core.schema import Schema, matching, read

Name = Annotated[
    str, matching(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "lower-case letters, digits and dashes, a letter first")
]

_CAPABILITY = matching(r"[0-9]{1,2}\.[0-9]", 'a number in quotes, such as "8.9"')


class Cluster(Schema):
    """Where Argo CD applies it. `kserve` is MAJOR.MINOR of the KServe that runs there."""

    server: Annotated[str, matching(r"https://[^\s]{1,300}", "https://HOST")]
    namespace: Name
    kserve: Annotated[str, matching(r"0\.[0-9]{1,3}", 'MAJOR.MINOR in quotes, such as "0.17"')]


class Gateway(Schema):
    """A Gateway of the Gateway API."""

    name: Name
    namespace: Name


class Route(Schema):
    """The HTTPRoute of each model; `{slug}` in the hostname is the model's Kubernetes name."""

    gateway: Gateway
    hostname: Annotated[
        str, matching(r"(\{slug\}|[a-z0-9*])([a-z0-9.-]|\{slug\}){0,250}", "a host name; {slug} in it is the model")
    ]


class Ladder(Schema):
    """How long at least each step lasts before the next one."""

    bake: dict[Literal["staged", "10", "50", "100"], DurationField]

    def bake_time(self, step: Step) -> Duration:
        """The bake time of a step; none set means none needed."""
        return self.bake.get(step.value, Duration(0))  # type: ignore[call-overload, no-any-return]


class Gpu(Schema):
    """The class of GPU that this environment has."""

    gpu_class: Text = Field(alias="class")
    memory: Quantity | None = None
    compute_capability: Annotated[str, matching(r"[0-9]{1,2}\.[0-9]", 'a number in quotes, such as "8.9"')] | None = (
        Field(default=None, alias="computeCapability")
    )
    tolerations: tuple[dict[str, str | int], ...] = ()


class Environment(Schema):
    """One environment. `replicas` of a variant that has all the traffic; `warmup` until a variant is ready."""

    api_version: Literal["modelpromote/v1"] = Field(alias="apiVersion")
    kind: Literal["Environment"]
    name: Name
    target: Literal["kserve"]
    cluster: Cluster
    route: Route | None = None
    replicas: Annotated[int, Field(ge=1, le=10_000)]
    gpu: Gpu | None = None
    ladder: Ladder | None = None
    warmup: DurationField = Duration(0)
    gates: tuple[Annotated[Settings, Discriminator("gate")], ...]

    @property
    def floor(self) -> int:
        """Fewest bits of a weight that may run here."""
        stated = [gate.bits for gate in self.gates if gate.gate == "precision-floor"]
        return stated[0] if stated else DEFAULT_FLOOR.bits

    @property
    def soak(self) -> Duration:
        """How long a variant must have been in force in the environment before."""
        stated = [gate.for_ for gate in self.gates if gate.gate == "soak"]
        return stated[0] if stated else Duration(0)

    def replicas_at(self, step: Step) -> int:
        """Replicas at a step: capacity for the next weight, so that it is there before the traffic."""
        return -(-self.replicas * step.next_weight // 100)


def read_environment(document: Document) -> tuple[Environment | None, tuple[Diagnostic, ...]]:
    """The manifest at `environments/<env>/environment.yaml`, or all that is wrong with it."""
    environment, problems = read(document, Environment)
    if environment is None:
        return None, problems
    problems = tuple(_agreements(document, environment))
    return (None if problems else environment), problems


def _agreements(document: Document, environment: Environment) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    folder = document.path.split("/")[1]
    if environment.name != folder:
        detail = f"name {environment.name!r} lies in folder {folder!r}"
        found.append(Diagnostic(rules.NAME_NOT_FOLDER, document.locate(("name",)), detail))
    if environment.ladder is not None and environment.route is None:
        place = document.locate(("ladder",), key=True)
        found.append(
            Diagnostic(rules.LADDER_WITHOUT_ROUTE, place, "there is a ladder, but no route to give weights to")
        )
    seen: set[str] = set()
    for index, gate in enumerate(environment.gates):
        if gate.gate in seen:
            detail = f"{gate.gate} is listed before already"
            found.append(Diagnostic(rules.GATE_TWICE, document.locate(("gates", index, "gate")), detail))
        seen.add(gate.gate)
    return found


def gate_places(document: Document, environment: Environment) -> dict[str, Location]:
    """Where each gate's limits stand, by the gate's name."""
    return {gate.gate: document.locate(("gates", index)) for index, gate in enumerate(environment.gates)}


def settings_of(environment: Environment) -> tuple[GateSettings, ...]:
    """The gates that are judged here: those that are listed, and the two that always are."""
    listed = {gate.gate: gate for gate in environment.gates}
    always = tuple(default for name, default in DEFAULTS.items() if name not in listed)
    return (*always, *environment.gates)
