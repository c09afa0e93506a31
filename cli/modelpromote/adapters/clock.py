"""The time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def wait(seconds: float) -> None:
    """Do nothing for so long."""
    time.sleep(seconds)
