"""Which variant, which environment, which model: short names made whole, or all that they could mean."""

import difflib
from collections.abc import Sequence

from modelpromote.core.names import NameFault, VariantName, check_model, parse_full
from modelpromote.core.policy import Policy
from modelpromote.core.release import ReleaseKey
from modelpromote.core.tree import Tree, folders
from modelpromote.failures import Failure, Usage
from modelpromote.workflows.load import model_names, variant_names


def find_variant(tree: Tree, text: str, where: str = "on the deployed branch") -> tuple[str, VariantName]:
    """`v1.3-int4-g64`, `llama/v1.3-int4-g64` or the full name, as (model, variant) of one that is there."""
    wanted = _reading(text)
    known = [(model, name) for model in model_names(tree) for name in variant_names(tree, model)]
    found = [(model, name) for model, name in known if name == str(wanted[1]) and wanted[0] in {"", model}]
    if len(found) == 1:
        return found[0][0], VariantName.parse(found[0][1])
    if found:
        raise Usage(
            f"{text} is the name of several variants",
            "one of: " + ", ".join(f"{model}/{name}" for model, name in found),
        )
    names = [f"{model}/{name}" for model, name in known] + [name for _, name in known]
    close = difflib.get_close_matches(text, names, n=1)
    shown = ", ".join(f"{model}/{name}" for model, name in known[:20])
    raise Failure(
        f"there is no variant {text} {where}",
        f"did you mean {close[0]}?" if close else f"there is: {shown or 'none'}",
    )


def _reading(text: str) -> tuple[str, VariantName]:
    model, slash, name = text.rpartition("/")
    try:
        if slash:
            return check_model(model), VariantName.parse(name)
        try:
            return "", VariantName.parse(text)
        except NameFault:
            return parse_full(text)
    except NameFault as fault:
        raise Usage(str(fault), "name it v1.3-int4-g64, MODEL/v1.3-int4-g64 or MODEL-v1.3-int4-g64") from fault


def check_environment(environments: Sequence[str], name: str) -> str:
    """The environment's name itself, if promote.yaml lists it."""
    if name in environments:
        return name
    close = difflib.get_close_matches(name, environments, n=1)
    hint = f"did you mean {close[0]}?" if close else f"one of: {', '.join(environments)}"
    raise Usage(f"there is no environment {name!r}", hint)


def find_release(tree: Tree, policy: Policy, environment: str, model: str) -> ReleaseKey:
    """The release of a model in an environment; without a model, the only one there is."""
    check_environment(policy.environments, environment)
    known = [name for name in folders(tree, f"environments/{environment}") if name != "extra"]
    if model:
        if model not in known:
            close = difflib.get_close_matches(model, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there is: {', '.join(known) or 'none'}"
            raise Failure(f"there is no model {model} in {environment}", hint)
        return ReleaseKey(environment, model)
    if len(known) == 1:
        return ReleaseKey(environment, known[0])
    if known:
        raise Usage(f"{environment} has several models", f"name one with --model: {', '.join(known)}")
    raise Failure(f"{environment} has no model", "add one: docs/start.md")
