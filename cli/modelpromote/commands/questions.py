"""What `promote init` asks: only what is needed for files that are not there, and only where somebody can answer."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from modelpromote.core.blueprint import CHECKS, NO_GATEWAY, PLATFORMS, Blueprint, disagreements, split_environments
from modelpromote.failures import Usage
from modelpromote.workflows.init import Site

_POLICY = ("repo-url", "branch", "environments")
_ENVIRONMENT = ("namespace", "gateway", "hostname", "gpu-class", "kserve")
# what a platform leaves no question about, and what stands for the answer
_NOT_ASKED = {"openshift": {"gateway": ""}, "plain": {"kserve": "0.17"}}
_WORDS = {
    "repo-url": "Address of this repository, as Argo CD sees it",
    "branch": "Deployed branch",
    "environments": "Environments, in the order of promotion",
    "namespace": "Namespace of each ({env} is its name)",
    "gateway": "Gateway that requests come in by: NAME or NAME/NAMESPACE, or none",
    "hostname": "Host name of a model, such as {slug}.{env}.models.example.com",
    "gpu-class": "What the GPUs are called (empty: none, or later)",
    "kserve": "Version of KServe, MAJOR.MINOR",
    "owners": "Owners of policy and decisions, such as @acme/platform (empty: later)",
}


@dataclass(frozen=True, slots=True)
class Interview:
    """What was given on the command line, what is taken where nothing is said, and whether somebody can be asked."""

    given: Mapping[str, str | None]
    defaults: Mapping[str, str]
    asks: bool

    def answer(self, option: str) -> str | None:
        """The answer to one question; None where there is none."""
        stated = self.given.get(option)
        if stated is not None:
            return stated
        default = self.defaults.get(option)
        if not self.asks:
            return default
        return str(click.prompt(_WORDS[option], default=default, value_proc=checking(option), err=True))


def checking(option: str) -> Callable[[str], str]:
    """The check of an answer, with click's words for what is wrong."""

    def check(text: str) -> str:
        try:
            return CHECKS[option](text)
        except ValueError as fault:
            raise click.BadParameter(str(fault)) from fault

    return check


def blueprint_for(site: Site, given: Mapping[str, str | None]) -> Blueprint:
    """The whole of the answers; what is there already is not asked for. Usage names all that is missing."""
    interview = Interview(given, _defaults(site), sys.stdin.isatty())
    found = _stated(site)
    wanted = [*([] if site.policy else _POLICY), *(_ENVIRONMENT if site.lacks_an_environment else []), "owners"]
    given_platform = given.get("platform") or PLATFORMS[0]
    for option in wanted:
        if option in _NOT_ASKED.get(given_platform, ()):
            found[option] = given.get(option) or _NOT_ASKED[given_platform][option]
        elif option != "hostname" or found["gateway"] != NO_GATEWAY:
            found[option] = interview.answer(option)
    missing = [f"--{option}" for option in wanted if found.get(option, "") is None]
    if missing:
        raise Usage(f"missing: {', '.join(missing)}", "say them (--gateway none: no route), or run it in a terminal")
    return _agreeing(site, {option: text or "" for option, text in found.items()}, given)


def _defaults(site: Site) -> dict[str, str]:
    known = {
        "branch": site.branch or "main",
        "environments": "test,staging,prod",
        "namespace": "models-{env}",
        "gpu-class": "",
        "kserve": "0.17",
        "owners": "",
    }
    try:
        return known | {"repo-url": CHECKS["repo-url"](site.origin)}
    except ValueError:
        return known


def _stated(site: Site) -> dict[str, str | None]:
    """What promote.yaml says; and what stands for questions that nothing depends on any more."""
    policy = site.policy.value if site.policy else None
    unasked = {"namespace": "models-{env}", "gateway": NO_GATEWAY, "hostname": "", "gpu-class": "", "kserve": "0.17"}
    if policy is None:
        return dict(unasked)
    names = ",".join(policy.environments)
    return {**unasked, "repo-url": policy.repo_url, "branch": policy.branch, "environments": names}


def _agreeing(site: Site, found: Mapping[str, str], given: Mapping[str, str | None]) -> Blueprint:
    blueprint = Blueprint(
        name=given.get("name") or site.folder.name,
        repo_url=found["repo-url"],
        branch=found["branch"],
        environments=split_environments(found["environments"]),
        namespace=found["namespace"],
        gateway=found["gateway"],
        hostname=found["hostname"],
        gpu_class=found["gpu-class"],
        kserve=found["kserve"],
        owners=found["owners"],
        platform=given.get("platform") or PLATFORMS[0],
    )
    faults = tuple(disagreements(blueprint))
    if faults:
        raise Usage("; ".join(faults), "nothing else is wrong with the answers")
    return blueprint
