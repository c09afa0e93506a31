"""A transition as JSON, for scripts and bots."""

from typing import Any

from modelpromote.core.gates.gate import Verdict
from modelpromote.core.outcome import AlreadySo, Destination, Made, Outcome, Plan, Refusal
from modelpromote.reports import preview_json
from modelpromote.reports.findings_json import as_dict, place
from modelpromote.reports.plain import json_text

_STATES = {Destination.NOWHERE: "dry-run", Destination.LOCAL: "kept", Destination.REMOTE: "pushed"}


def outcome(result: Outcome | Plan) -> str:
    """`state` is pushed, kept, dry-run, already, refused or declined; what each has beside it is in docs/json.md."""
    document: dict[str, Any] = {"kind": "", "environment": "", "model": "", "state": "", "summary": ""}
    plan = result.plan if isinstance(result, Made) else result
    document |= {
        "kind": plan.kind,
        "environment": plan.key.environment,
        "model": plan.key.model,
        "summary": plan.summary,
    }
    if isinstance(result, Refusal):
        document |= {
            "state": "refused",
            "verdicts": _verdicts(result.verdicts),
            "findings": [as_dict(one) for one in result.findings],
        }
    elif isinstance(result, AlreadySo):
        document |= {"state": "already"}
    elif isinstance(result, Made):
        document |= {"state": _STATES[result.destination], **_plan(result.plan), **_commit(result)}
    else:
        document |= {"state": "declined", **_plan(result)}
    return json_text(document)


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "number": plan.release.number,
        "variant": str(plan.release.variant or "none"),
        "previous": str(plan.release.previous or "none"),
        "slot": plan.release.slot,
        "artifact": plan.release.artifact,
        "evidence": list(plan.release.evidence),
        "verdicts": _verdicts(plan.verdicts),
        "files": sorted(plan.files),
        "cluster": preview_json.as_dict(plan.preview),
        "undo": plan.undo,
        "next": plan.next,
    }


def _commit(made: Made) -> dict[str, Any]:
    if not made.commit:
        return {}
    return {"commit": made.commit, "ref": made.ref, "push": made.push, "message": made.plan.message}


def _verdicts(verdicts: tuple[Verdict, ...]) -> list[dict[str, Any]]:
    return [
        {
            "gate": verdict.gate,
            "outcome": str(verdict.outcome),
            "figure": verdict.figure,
            "limit": verdict.limit,
            "limitAt": place(verdict.where) if verdict.where else None,
            "value": verdict.value,
            "bound": verdict.bound,
            "unit": verdict.unit,
            "samples": verdict.samples,
            "interval": list(verdict.interval) if verdict.interval else None,
            "marks": list(verdict.marks),
            "findings": [as_dict(one) for one in verdict.findings],
            "evidence": list(verdict.evidence),
            "others": list(verdict.others),
            "details": list(verdict.details),
        }
        for verdict in verdicts
    ]
