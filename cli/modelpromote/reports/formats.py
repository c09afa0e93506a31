"""The forms of a report that other tools read. One form, one file, one line in FORMATS."""

from collections.abc import Callable, Mapping

from modelpromote.reports import findings_github, findings_gitlab, findings_json, findings_sarif
from modelpromote.reports.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": findings_json.report,
    "sarif": findings_sarif.report,
    "github": findings_github.report,
    "gitlab": findings_gitlab.report,
}
