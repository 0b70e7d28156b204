"""Events to store, and a clock in hand."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from services.chassis.store import NewEvent

_NUMBERS = count(1)


class Clock:
    """A time of day that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def new_event(subject: str = "one", expected_version: int = 0, **others: Any) -> NewEvent:
    """The next event of a stream, in all else unlike any other."""
    number = next(_NUMBERS)
    given: dict[str, Any] = {
        "caller": "imdi",
        "source": "/tests",
        "event_id": f"event-{number}",
        "digest": f"digest-{number}",
        "kind": "settlements",
        "partition_key": "0301",
        "content": {"id": f"event-{number}", "subject": subject},
        "warnings": [],
        "facts_of": lambda recorded: {"state": "settled", "known": recorded},
    }
    return NewEvent(subject=subject, expected_version=expected_version, **{**given, **others})
