"""What all histories of a run did, added up: shown at its end, and required of a whole run.

The process that prints the summary has to load this; in a run on several cores that one collects no test.
"""

from collections import Counter

import pytest

from modelpromote.core.ladder import Step

DEFAULT = 30
AT_LEAST = 20
EACH_STEP = 5
REQUIRED = {
    **dict.fromkeys(
        (
            "promotions", "steps", "steps back", "rollbacks by the tool", "plain reverts",
            "reverts under another title", "stacked reverts down to number 0",
            "re-promotions of replaced variants", "re-promotions of reverted variants", "promotions that lift a hold",
            "landings by push", "landings by squash", "landings by merge", "landings by rebase",
            "landings after something else", "changes of namespace", "changes of replicas", "changes of route",
            "ladders added", "ladders removed", "variants added", "variants retired",
            "changes from one model to the other",
        ),
        AT_LEAST,
    ),
    **{f"reverts at {step}": EACH_STEP for step in Step},
    "reverts of a merge commit": EACH_STEP,
}  # fmt: skip
KEY = "counts of a history"


class Totals:
    """The counts that came back from the tests, whichever process they ran in."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.histories = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        counts = dict(report.user_properties).get(KEY)
        if report.when == "call" and counts is not None:
            self.counts.update(counts)
            self.histories += 1
            report.user_properties = [one for one in report.user_properties if one[0] != KEY]

    @property
    def missing(self) -> list[str]:
        """What a whole run had too few of."""
        if self.histories < DEFAULT:
            return []
        return [
            f"{name}: {self.counts[name]} of {least}" for name, least in REQUIRED.items() if self.counts[name] < least
        ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.histories:
            return
        terminalreporter.section(f"{self.histories} random histories")
        for name, count in sorted(self.counts.items()):
            least = f" (at least {REQUIRED[name]})" if name in REQUIRED else ""
            terminalreporter.write_line(f"{count:6} {name}{least}")
        if self.histories < DEFAULT:
            terminalreporter.write_line(f"the least is required from {DEFAULT} histories on")
        for name in self.missing:
            terminalreporter.write_line(f"TOO FEW {name}", red=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("random histories of releases")
    if not group.options:
        group.addoption("--histories", type=int, default=DEFAULT, help="how many random histories are played")
        group.addoption("--seed", type=int, default=None, help="play one history again: the one of this seed")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that prints the summary adds up."""
    if not hasattr(config, "workerinput") and not config.pluginmanager.has_plugin(KEY):
        config.pluginmanager.register(Totals(), KEY)
