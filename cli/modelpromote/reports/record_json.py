"""Status and history as JSON."""

import json
from collections.abc import Sequence

from modelpromote.core.evidence import utc_text
from modelpromote.core.record import Act, Record, Standing


def status(record: Record, standings: Sequence[Standing]) -> str:
    """`{"commit", "releases": [...]}`; times in UTC."""
    releases = [
        {
            "model": one.key.model,
            "environment": one.key.environment,
            "variant": str(one.release.variant or "none"),
            "previous": str(one.release.previous or "none"),
            "number": one.release.number,
            "slot": one.release.slot,
            "step": one.step,
            "artifact": one.release.artifact,
            "since": utc_text(one.since),
            "by": one.by,
            "commit": one.commit,
            "fault": one.fault,
            "holds": [{"variant": name, "since": utc_text(hold.since)} for name, hold in one.holds],
        }
        for one in standings
    ]
    return json.dumps({"commit": record.tip, "releases": releases}, indent=2, ensure_ascii=False)


def history(acts: Sequence[Act]) -> str:
    """`{"acts": [...]}`, the newest first."""
    found = [
        {
            "time": utc_text(act.time),
            "kind": act.kind,
            "environment": act.key.environment,
            "model": act.key.model,
            "number": act.number,
            "variant": act.variant,
            "detail": act.detail,
            "by": act.landing.author,
            "commit": act.landing.commit,
        }
        for act in acts
    ]
    return json.dumps({"acts": found}, indent=2, ensure_ascii=False)
