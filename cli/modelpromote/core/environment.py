"""environment.yaml: namespace, cluster, target, route, ladder and gates of one environment."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Discriminator, Field

from modelpromote.core import rules
from modelpromote.core.alerts import HISTOGRAMS, Alerts, nearest_edges
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.document import Document
from modelpromote.core.gates import DEFAULT_FLOOR, DEFAULTS, GateSettings, Settings
from modelpromote.core.kserve import check_version
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Text, Variant
from modelpromote.core.quantities import Duration, DurationField, Quantity
from modelpromote.core.routes import HTTP_ROUTE, OPENSHIFT_ROUTE
from modelpromote.core.schema import Schema, matching, read

NAME = matching(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "lower-case letters, digits and dashes, a letter first")
Name = Annotated[str, NAME]

SERVER = matching(r"https://[^\s]{1,300}", "https://HOST")
KSERVE = matching(r"0\.[0-9]{1,3}", 'MAJOR.MINOR in quotes, such as "0.17"')
HOSTNAME = matching(r"(\{slug\}|[a-z0-9*])([a-z0-9.-]|\{slug\}){0,250}", "a host name; {slug} in it is the model")


class Cluster(Schema):
    """Where Argo CD applies it. `kserve` is MAJOR.MINOR of the KServe that runs there."""

    server: Annotated[str, SERVER] = Field(
        description="The destination of Argo CD.", examples=["https://kubernetes.default.svc"]
    )
    namespace: Name = Field(description="Every object lies in it.", examples=["models-prod"])
    kserve: Annotated[str, KSERVE] | None = Field(
        default=None,
        description="MAJOR.MINOR of the KServe that runs there, in quotes; target kserve needs it.",
        examples=["0.17"],
    )


class Gateway(Schema):
    """A Gateway of the Gateway API."""

    name: Name = Field(description="Its name.", examples=["inference-gateway"])
    namespace: Name = Field(description="Where it lies.", examples=["inference-gateway"])


class Route(Schema):
    """How requests reach each model; `{slug}` in the hostname is the model's Kubernetes name."""

    kind: Literal["HTTPRoute", "Route"] = Field(
        default="HTTPRoute", description="HTTPRoute of the Gateway API, or OpenShift's Route."
    )
    gateway: Gateway | None = Field(
        default=None, description="The Gateway that requests come in by; an HTTPRoute needs it, a Route has none."
    )
    hostname: Annotated[str, HOSTNAME] = Field(
        description="The host of a model; {slug} becomes its Kubernetes name.", examples=["{slug}.models.example.com"]
    )


class Ladder(Schema):
    """How long at least each step lasts before the next one."""

    bake: dict[Literal["staged", "10", "50", "100"], DurationField] = Field(
        description="Step: how long at least before the next one; 0s for each that is left out.",
        examples=[{"staged": "15m", "10": "1h", "50": "4h", "100": "24h"}],
    )

    def bake_time(self, step: Step) -> Duration:
        """The bake time of a step; none set means none needed."""
        return self.bake.get(step.value, Duration(0))  # type: ignore[call-overload, no-any-return]


class Gpu(Schema):
    """The class of GPU that this environment has."""

    gpu_class: Text = Field(alias="class", description="What the GPUs are called here.", examples=["nvidia-l40s"])
    memory: Quantity | None = Field(default=None, description="Memory of one GPU.", examples=["48Gi"])
    compute_capability: Annotated[str, matching(r"[0-9]{1,2}\.[0-9]", 'a number in quotes, such as "8.9"')] | None = (
        Field(default=None, alias="computeCapability", description="In quotes.", examples=["8.9"])
    )
    tolerations: tuple[dict[str, str | int], ...] = Field(
        default=(),
        description="Put on pods of variants with GPUs.",
        examples=[[{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]],
    )


class Environment(Schema):
    """One environment. `replicas` of a variant that has all the traffic; `warmup` until a variant is ready."""

    api_version: Literal["modelpromote/v1"] = Field(alias="apiVersion", description="The form of this file.")
    kind: Literal["Environment"] = Field(description="What this file is.")
    name: Name = Field(description="Equals the folder's name.", examples=["prod"])
    target: Literal["kserve", "deployment"] = Field(description="How variants are served.")
    cluster: Cluster = Field(description="Where Argo CD applies it.")
    route: Route | None = Field(default=None, description="How requests come in; absent: no route, and no ladder.")
    replicas: Annotated[int, Field(ge=1, le=10_000)] = Field(description="Of a variant with all the traffic.")
    gpu: Gpu | None = Field(default=None, description="The GPUs that are there.")
    ladder: Ladder | None = Field(
        default=None, description="Absent: a promotion replaces the old variant at once. Needs a route."
    )
    warmup: DurationField = Field(default=Duration(0), description="Until a variant that was brought back is ready.")
    gates: tuple[Annotated[Settings, Discriminator("gate")], ...] = Field(
        description="What is judged here, each gate once; precision-floor and artifact always are."
    )
    monitoring: Literal["prometheus-operator", "none"] = Field(
        default="prometheus-operator",
        description="What watches variants here: with none there is no PodMonitor, no rule, no dashboard.",
    )
    alerts: Alerts | None = Field(
        default=None, description="What a variant may not exceed while it serves; absent: recorded, but no alert."
    )

    @property
    def route_kind(self) -> tuple[str, str]:
        """API group and kind of the routes here."""
        openshift = self.route is not None and self.route.kind == "Route"
        return OPENSHIFT_ROUTE if openshift else HTTP_ROUTE

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

    def tolerations(self, variant: Variant) -> tuple[dict[str, str | int], ...]:
        """Of a variant's pods: those of the GPUs, where it uses some."""
        return self.gpu.tolerations if self.gpu and variant.serving.gpus else ()

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
    if environment.target == "kserve":
        found += _kserve(document, environment.cluster.kserve)
    found += _route(document, environment.route)
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
    return [*found, *_alert_faults(document, environment)]


def _alert_faults(document: Document, environment: Environment) -> Iterator[Diagnostic]:
    if environment.alerts is None:
        return
    if environment.monitoring == "none":
        place = document.locate(("alerts",), key=True)
        yield Diagnostic(rules.ALERTS_UNWATCHED, place, "there are alerts, but monitoring is none")
    for name, limit in environment.alerts.off_edges():
        edges = " or ".join(map(str, nearest_edges(name, limit)))
        detail = f"alerts.{name}: {limit} is no bucket edge of {HISTOGRAMS[name]} below its last"
        yield Diagnostic(rules.BETWEEN_EDGES, document.locate(("alerts", name)), detail, f"take {edges}")


def _route(document: Document, route: Route | None) -> list[Diagnostic]:
    """An HTTPRoute hangs on a Gateway; OpenShift's Route on the router, under one host of its own."""
    if route is None:
        return []
    if route.kind == "HTTPRoute":
        missing = Diagnostic(rules.MISSING_KEY, document.locate(("route",)), "route.gateway is missing")
        return [] if route.gateway else [missing]
    found = []
    if route.gateway is not None:
        place = document.locate(("route", "gateway"), key=True)
        found.append(Diagnostic(rules.NOT_ON_OPENSHIFT, place, "route.gateway: kind Route hangs on no Gateway"))
    if "*" in route.hostname:
        place = document.locate(("route", "hostname"))
        found.append(Diagnostic(rules.NOT_ON_OPENSHIFT, place, f"route.hostname: {route.hostname!r} is no single host"))
    return found


def _kserve(document: Document, version: str | None) -> list[Diagnostic]:
    """A version that the target was made for."""
    if version is None:
        return [Diagnostic(rules.MISSING_KEY, document.locate(("cluster",)), "cluster.kserve is missing")]
    try:
        check_version(version)
    except ValueError as fault:
        place = document.locate(("cluster", "kserve"))
        return [Diagnostic(rules.KSERVE_UNKNOWN, place, f"cluster.kserve: {fault}, given {version!r}")]
    return []


def gate_places(document: Document, environment: Environment) -> dict[str, Location]:
    """Where each gate's limits stand, by the gate's name."""
    return {gate.gate: document.locate(("gates", index)) for index, gate in enumerate(environment.gates)}


def settings_of(environment: Environment) -> tuple[GateSettings, ...]:
    """The gates that are judged here: those that are listed, and the two that always are."""
    listed = {gate.gate: gate for gate in environment.gates}
    always = tuple(default for name, default in DEFAULTS.items() if name not in listed)
    return (*always, *environment.gates)
