"""The world did not answer: one line and a hint. Raised in adapters, turned into exit code 3 by app.py."""


class Failure(Exception):
    """Something outside the repository's content went wrong: git, the network, Kustomize, the disk.

    `outcome` is the last line: what was or was not done.
    """

    def __init__(self, message: str, hint: str = "", outcome: str = "nothing was done") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.outcome = outcome


class Usage(Exception):
    """The call cannot be carried out as it was written: exit code 2, with what would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
