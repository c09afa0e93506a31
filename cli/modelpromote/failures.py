"""The world did not answer: one line and a hint. Raised in adapters, turned into exit code 3 by app.py."""


class Failure(Exception):
    """Something outside the repository's content went wrong: git, the network, Kustomize, the disk."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Usage(Exception):
    """The call cannot be carried out as it was written: exit code 2, with what would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
