"""What changes in the cluster, as JSON."""

from typing import Any

from modelpromote.core.outcome import Preview


def as_dict(preview: Preview) -> dict[str, Any]:
    """`built: true` and `changes`, or `built: false` and `diff` (of files) where there is no Kustomize."""
    if not preview.built:
        return {"built": False, "diff": preview.text}
    changes = [
        {
            "action": change.action,
            "group": change.id.group,
            "kind": change.id.kind,
            "namespace": change.id.namespace,
            "name": change.id.name,
            "fields": [{"path": one.path, "before": one.before, "after": one.after} for one in change.fields],
        }
        for change in preview.changes
    ]
    return {"built": True, "changes": changes}
