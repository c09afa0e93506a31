"""What a release may still need: what is in force, and what reverts inside the revert window come back to. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from modelpromote.core.history import Timeline
from modelpromote.core.names import VariantName
from modelpromote.core.quantities import Duration, span
from modelpromote.core.release import Release


@dataclass(frozen=True, slots=True)
class Need:
    """A decision that is in force or may come back, and in which words."""

    release: Release
    why: str

    def names(self, variant: VariantName) -> bool:
        """Whether the decision names the variant, in force or before."""
        return variant in {self.release.variant, self.release.previous}


def needs(line: Timeline, window: Duration, now: datetime) -> Iterator[Need]:
    """The decision in force, then what a revert of each promotion inside the window would come back to."""
    why = "is in force"
    for release in reversed(line.stack):
        yield Need(release, why)
        made = line.promoted(release.number)
        if made is None or now - made.landing.time > window.delta:
            return
        left = span(window.delta - (now - made.landing.time))
        why = f"would come back by a revert of number {release.number}, for {left} more"
