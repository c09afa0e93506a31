"""What a new repository is made from: the answers of whoever starts one, and what is wrong with them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from modelpromote.core.environment import HOSTNAME, KSERVE, NAME
from modelpromote.core.kserve import check_version
from modelpromote.core.policy import BRANCH, REMOTE
from modelpromote.core.schema import one_line

NO_GATEWAY = "none"
PLATFORMS = ("kserve", "openshift", "plain")
MAX_ENVIRONMENTS = 20
_PASSWORD = re.compile(r"[a-z]+://[^/@]*:[^/@]*@")
_OWNERS = re.compile(r"(@[\w.-]+(/[\w.-]+)*|[^\s@]+@[^\s@]+)( (@[\w.-]+(/[\w.-]+)*|[^\s@]+@[^\s@]+))*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """`namespace` and `hostname` are patterns: {env} is the environment; {slug} in a host name is the model.

    `gateway` is NAME or NAME/NAMESPACE, or `none`; on OpenShift it is empty, or `none`.
    Empty `gpu_class` and `owners` are left to be filled in.
    """

    name: str
    repo_url: str
    branch: str
    environments: tuple[str, ...]
    namespace: str
    gateway: str
    hostname: str
    gpu_class: str
    kserve: str
    owners: str
    platform: str = PLATFORMS[0]

    @property
    def target(self) -> str:
        """How variants are served: `plain` is without KServe."""
        return "deployment" if self.platform == "plain" else "kserve"

    @property
    def route_kind(self) -> str:
        """OpenShift has Routes of its own."""
        return "Route" if self.platform == "openshift" else "HTTPRoute"

    @property
    def has_route(self) -> bool:
        """Whether requests come in by a route: on OpenShift without a Gateway, unless none is wanted."""
        return self.gateway != NO_GATEWAY

    def namespace_of(self, environment: str) -> str:
        """The namespace of an environment."""
        return self.namespace.replace("{env}", environment)

    def hostname_of(self, environment: str) -> str:
        """The host name of an environment's models; {slug} stays."""
        return self.hostname.replace("{env}", environment)

    @property
    def gateway_place(self) -> tuple[str, str]:
        """Name and namespace of the Gateway; a bare name lies in a namespace of the same name."""
        name, _, namespace = self.gateway.partition("/")
        return name, namespace or name


def split_environments(text: str) -> tuple[str, ...]:
    """`test,staging,prod` in order; ValueError says what is wrong with it."""
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        NAME.check(name)
        if names.count(name) > 1:
            raise ValueError(f"{name} is named twice")
    if len(names) > MAX_ENVIRONMENTS:
        raise ValueError(f"{len(names)} environments, at most {MAX_ENVIRONMENTS}")
    return names


def _address(text: str) -> str:
    REMOTE.check(text)
    if _PASSWORD.match(text):
        raise ValueError("expected it without a password: it is committed, and Argo CD has credentials of its own")
    return text


def _pattern(text: str) -> str:
    """A namespace with {env} in it."""
    NAME.check(text.replace("{env}", "env"))
    return text


def _hostname(text: str) -> str:
    HOSTNAME.check(text.replace("{env}", "env"))
    if "{slug}" not in text:
        raise ValueError("expected {slug} in it: each model needs a host name of its own")
    return text


def _gateway(text: str) -> str:
    for part in text.split("/", 1):
        NAME.check(part)
    return text


def _owners(text: str) -> str:
    if text and not _OWNERS.fullmatch(text):
        raise ValueError("expected @USER, @ORG/TEAM or an address, several with a space between")
    return text


def _kserve(text: str) -> str:
    return check_version(KSERVE.check(text))


def _platform(text: str) -> str:
    if text not in PLATFORMS:
        raise ValueError(f"expected {', '.join(PLATFORMS[:-1])} or {PLATFORMS[-1]}")
    return text


def _environments(text: str) -> str:
    return ",".join(split_environments(text))


# option -> the answer itself, or ValueError
CHECKS: Mapping[str, Callable[[str], str]] = {
    "name": one_line,
    "repo-url": _address,
    "branch": BRANCH.check,
    "environments": _environments,
    "namespace": _pattern,
    "gateway": _gateway,
    "hostname": _hostname,
    "gpu-class": one_line,
    "kserve": _kserve,
    "owners": _owners,
    "platform": _platform,
}


def disagreements(blueprint: Blueprint) -> Iterator[str]:
    """What the answers say together that cannot be: two environments that share what must be their own."""
    if blueprint.platform == "openshift" and blueprint.gateway not in {"", NO_GATEWAY}:
        yield f"--gateway {blueprint.gateway}: a Route of OpenShift has none; leave it out, or say none for no route"
    several = len(blueprint.environments) > 1
    patterns = {"namespace": blueprint.namespace, "hostname": blueprint.hostname if blueprint.has_route else "{env}"}
    for option, pattern in patterns.items():
        if several and "{env}" not in pattern:
            yield f"--{option} {pattern}: several environments would share it; write {{env}} where their name belongs"
    for environment in blueprint.environments:
        try:
            NAME.check(blueprint.namespace_of(environment))
        except ValueError as fault:
            yield f"--namespace {blueprint.namespace}: {blueprint.namespace_of(environment)!r}: {fault}"
