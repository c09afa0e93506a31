"""What the shell offers: names of folders and codes, and nothing that has to be parsed or asked. Imports nothing heavy.

A folder's name is offered only where it is a name of ours: others would reach the shell as they are.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from modelpromote.core import rules
from modelpromote.core.names import MODEL, VARIANT

_POLICY = "promote.yaml"


def complete_environment(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Names of environments."""
    names = _folders(_root(ctx) / "environments")
    return [name for name in names if MODEL.fullmatch(name) and name.startswith(incomplete)]


def complete_model(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Names of models."""
    return [name for name in _models(_root(ctx)) if name.startswith(incomplete)]


def complete_variant(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Short names where one model has them, and whole ones from where a model is being typed."""
    found = list(_variants(_root(ctx)))
    models = Counter(name for _, name in found)
    names = [name for name in models if models[name] == 1]
    names += [f"{model}/{name}" for model, name in found if incomplete or models[name] > 1]
    names += [f"{model}-{name}" for model, name in found if incomplete.startswith(f"{model}-")]
    return sorted({name for name in names if name.startswith(incomplete)})


def complete_rule(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Codes of rules."""
    return [rule.code for rule in rules.ALL if rule.code.startswith(incomplete.upper())]


def _root(ctx: click.Context) -> Path:
    """The nearest folder above that has a promote.yaml; git is not asked."""
    start = Path(ctx.params.get("repo") or ".").absolute()
    return next((folder for folder in (start, *start.parents) if (folder / _POLICY).is_file()), start)


def _models(root: Path) -> list[str]:
    return [name for name in _folders(root / "models") if MODEL.fullmatch(name)]


def _variants(root: Path) -> Iterator[tuple[str, str]]:
    for model in _models(root):
        for name in _folders(root / "models" / model):
            if VARIANT.fullmatch(name):
                yield model, name


def _folders(place: Path) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
