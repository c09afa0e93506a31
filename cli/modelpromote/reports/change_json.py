"""A change as JSON, for scripts and bots."""

from typing import Any

from modelpromote.core.change import Change


def as_dict(change: Change) -> dict[str, Any]:
    """The kind of a change, the commit that it was judged by, and every file with the kind that it belongs to."""
    return {
        "kind": str(change.kind),
        "base": change.base,
        "summary": change.headline,
        "touched": [
            {"path": file.path, "action": str(file.action), "kind": str(change.kinds[file.path])}
            for file in change.touched
        ],
    }
