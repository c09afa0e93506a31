"""What differs between two states of a repository in the cluster, release by release. Nothing is judged. Pure."""

from collections import Counter
from dataclasses import dataclass

from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.outcome import Preview
from modelpromote.core.release import Release, ReleaseKey


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """One release that differs; None where a side has no such release."""

    key: ReleaseKey
    before: Release | None
    after: Release | None
    preview: Preview

    @property
    def headline(self) -> str:
        """`prod tiny-llama: v1.0-fp16 -> v1.3-int4-g64`."""
        sides = [_in_force(side) for side in (self.before, self.after)]
        return f"{self.key.environment} {self.key.model}: {' -> '.join(dict.fromkeys(sides))}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`before` and `after` name the sides as people do; `same` counts the releases that do not differ."""

    before: str
    after: str
    releases: tuple[ReleaseDifference, ...]
    same: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything changes in the cluster; without Kustomize, in the files that it is built from."""
        return any(one.preview.changes or one.preview.text for one in self.releases)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Why a release could not be compared."""
        return tuple(found for one in self.releases for found in one.preview.problems)

    @property
    def summary(self) -> str:
        """`2 of 3 releases differ from a to b: 1 object added, 2 changed`."""
        previews = [one.preview for one in self.releases]
        total = len(previews) + self.same
        differing = sum(bool(one.changes or one.text or one.problems) for one in previews)
        counts = Counter(change.action for one in previews for change in one.changes)
        objects = ", ".join(f"{counts[action]} {action}" for action in ("added", "changed", "deleted"))
        built = f": objects {objects}" if all(one.built for one in previews) else "; nothing was built"
        return f"{differing} of {total} releases differ from {self.before} to {self.after}{built if differing else ''}"


def _in_force(release: Release | None) -> str:
    return "no release" if release is None else str(release.variant or "nothing in force")
