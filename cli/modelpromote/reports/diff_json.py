"""What differs between two states of a repository in the cluster, as JSON."""

from typing import Any

from modelpromote.core.comparison import Comparison
from modelpromote.core.release import Release
from modelpromote.reports import preview_json
from modelpromote.reports.findings_json import as_dict
from modelpromote.reports.plain import json_text


def comparison(found: Comparison, last: str) -> str:
    """`{"ok", "summary", "before", "after", "differs", "same", "releases": [...]}`."""
    document = {
        "ok": not found.problems,
        "summary": last,
        "before": found.before,
        "after": found.after,
        "differs": found.differs,
        "same": found.same,
        "releases": [
            {
                "environment": one.key.environment,
                "model": one.key.model,
                "before": _decision(one.before),
                "after": _decision(one.after),
                "cluster": preview_json.as_dict(one.preview),
                "findings": [as_dict(problem) for problem in one.preview.problems],
            }
            for one in found.releases
        ],
    }
    return json_text(document)


def _decision(release: Release | None) -> dict[str, Any] | None:
    """What is in force; null where there is no such release."""
    if release is None:
        return None
    return {
        "variant": str(release.variant or "none"),
        "previous": str(release.previous or "none"),
        "slot": release.slot,
    }
