"""A repository as it was at a commit, and what the working tree changes since then."""

from pathlib import Path

from modelpromote.adapters.git import GitRepository
from modelpromote.failures import Failure


class BasedRepository(GitRepository):
    """The same repository with another commit as its HEAD: everything after it counts as not committed."""

    def __init__(self, path: Path, revision: str) -> None:
        super().__init__(path)
        commit, head = super().resolve(revision), super().resolve("HEAD")
        if commit is None:
            raise Failure(f"there is no commit {revision!r}", "check its spelling, or run: git fetch")
        if head is None or not self.contains(head, commit):
            raise Failure(
                f"{revision} is not in the history of HEAD: what differs from it is more than the change",
                f"name the commit where they parted: git merge-base {revision} HEAD",
            )
        self.base = commit

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names; HEAD is the base."""
        return self.base if revision == "HEAD" else super().resolve(revision)

    def touched(self) -> tuple[str, ...]:
        """The files in which the working tree differs from the base, sorted: committed since, edited or new.

        Files that git ignores are left out.
        """
        differing = self._git.must(
            "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=dirty",
            self.base, "--",
        )  # fmt: skip
        new = self._git.must("ls-files", "-z", "--others", "--exclude-standard")
        paths = {name.decode(errors="replace").rstrip("/") for name in (differing + new).split(b"\0")}
        return tuple(sorted(paths - {""}))
