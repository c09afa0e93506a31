"""promote.yaml: the policy of the repository."""

from typing import Annotated, Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document
from modelpromote.core.environment import Name
from modelpromote.core.gates.gate import Profile
from modelpromote.core.manifest import Text
from modelpromote.core.quantities import Duration, DurationField, PercentageField
from modelpromote.core.schema import Schema, matching, read

PATH = "promote.yaml"
REMOTE = matching(
    r"(https|ssh|git|file)://[^\s]{1,500}|[^\s/]+@[^\s:]+:[^\s]+",
    "https://, ssh:// or user@host:path, as Argo CD sees it",
)
BRANCH = matching(r"[A-Za-z0-9_]([A-Za-z0-9_-]|[./][A-Za-z0-9_-]){0,200}", "a branch name such as main")


class Policy(Schema):
    """Environments in order, and how changes reach the deployed branch.

    `render` is the format of rendered files. `via` says per environment whether a transition is pushed to the
    deployed branch or to a branch of its own, for a pull request (default: push).
    """

    api_version: Literal["modelpromote/v1"] = Field(alias="apiVersion", description="The form of this file.")
    kind: Literal["Repository"] = Field(description="What this file is.")
    render: Literal[1] = Field(description="Format of rendered files.")
    repo_url: Annotated[str, REMOTE] = Field(
        alias="repoURL",
        description="The repository as Argo CD sees it.",
        examples=["https://git.example.com/acme/models-gitops.git"],
    )
    branch: Annotated[str, BRANCH] = Field(description="The deployed branch: Argo CD follows it.", examples=["main"])
    environments: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)] = Field(
        description="In the order of promotion; each has a folder under environments/.",
        examples=[["test", "staging", "prod"]],
    )
    via: dict[Name, Literal["push", "pr"]] = Field(
        default_factory=dict,
        description="Environment: push to the deployed branch (default), or pr: to a branch of its own.",
        examples=[{"prod": "pr"}],
    )
    profiles: dict[Text, dict[Text, PercentageField]] = Field(
        default_factory=dict,
        description="Profile: task of the benchmarks gate and the loss that it may have; only ever tightens a limit.",
        examples=[{"maths-tutoring": {"gsm8k": "2%"}}],
    )
    models: dict[Text, Text] = Field(
        default_factory=dict,
        description="Model: the profile of its use.",
        examples=[{"tiny-llama": "maths-tutoring"}],
    )
    revert_window: DurationField = Field(
        default=Duration(90 * 86_400),
        alias="revertWindow",
        description="What a revert of a promotion younger than this would bring back cannot be retired.",
    )

    def before(self, environment: str) -> str | None:
        """The environment before this one; None for the first."""
        index = self.environments.index(environment)
        return self.environments[index - 1] if index else None


def profile_of(policy: Policy, model: str) -> Profile | None:
    """What the policy asks of a model for its use; None where it names no profile."""
    name = policy.models.get(model)
    return Profile(name, policy.profiles[name]) if name is not None else None


def read_policy(document: Document) -> tuple[Policy | None, tuple[Diagnostic, ...]]:
    """The policy, or all that is wrong with it."""
    policy, problems = read(document, Policy)
    if policy is None:
        return None, problems
    problems = tuple(_agreements(document, policy))
    return (None if problems else policy), problems


def _agreements(document: Document, policy: Policy) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for index, name in enumerate(policy.environments):
        if name in policy.environments[:index]:
            place = document.locate(("environments", index))
            found.append(Diagnostic(rules.ENVIRONMENT_LIST, place, f"{name} is listed twice"))
    for name in policy.via:
        if name not in policy.environments:
            place = document.locate(("via", name), key=True)
            found.append(Diagnostic(rules.ENVIRONMENT_LIST, place, f"{name} is not one of the environments"))
    for model, name in policy.models.items():
        if name not in policy.profiles:
            place = document.locate(("models", model))
            found.append(Diagnostic(rules.UNKNOWN_PROFILE, place, f"{model} has the profile {name!r}"))
    return found
