"""Findings as a Code Quality report of GitLab: a list, shown in the merge request.

See https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from modelpromote.core.diagnostics import Severity
from modelpromote.reports.fingerprints import fingerprints
from modelpromote.reports.plain import escaped, json_text
from modelpromote.reports.report import Report

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor"}


def report(found: Report) -> str:
    """The list; line 1 stands for a finding that has none, since GitLab needs one."""
    rows = [
        {
            "description": f"{escaped(one.detail)} (hint: {escaped(one.hint)})",
            "check_name": one.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[one.severity],
            "location": {"path": escaped(one.location.path), "lines": {"begin": one.location.line or 1}},
        }
        for one, fingerprint in zip(found.findings, fingerprints(found.findings), strict=True)
    ]
    return json_text(rows)
