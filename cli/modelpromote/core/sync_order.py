"""Annotations by which Argo CD orders a sync: each can keep a rollback from going through. Pure."""

from collections.abc import Iterator
from typing import Any

_ORDER = frozenset({"argocd.argoproj.io/sync-wave", "argocd.argoproj.io/hook", "helm.sh/hook"})
_OPTIONS = "argocd.argoproj.io/sync-options"


def ordering(annotations: Any) -> Iterator[tuple[str, str]]:
    """Those that do, with their values; PruneLast is one of several sync options."""
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        if key in _ORDER or (key == _OPTIONS and "PruneLast=true" in str(value).replace(" ", "")):
            yield key, str(value)
