"""What goes into a store and what is read back from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.contract.facts import Facts

UNKNOWN_CALLER = ""
"""The caller of an event restored from the log, which does not tell who posted it."""


class VersionConflict(Exception):
    """Somebody else appended to the stream, or stored the same event, in between: look again."""


class StreamHead(NamedTuple):
    """Where a stream stands: its version and the facts in force."""

    version: int
    partition_key: str
    recorded_time: str
    facts: Facts


class NewEvent(NamedTuple):
    """An event ready to be stored, all but its recorded time.

    ``content`` is the event as it will stand on the log, without ``recordedtime`` and the
    attributes that the relay adds. ``facts_of`` gives the facts in force after it from the
    recorded time that it gets.
    """

    caller: str
    source: str
    event_id: str
    digest: str
    kind: str
    subject: str
    expected_version: int
    partition_key: str
    content: dict[str, Any]
    warnings: list[dict[str, str]]
    facts_of: Callable[[str], Facts]


class EventRow(NamedTuple):
    """An event's row, in the order of the table's columns, all but the position that it gets."""

    epoch: int
    transaction: int
    caller: str
    source: str
    event_id: str
    digest: str
    kind: str
    subject: str
    version: int
    partition_key: str
    recorded_time: str
    content: bytes
    warnings: bytes

    def receipt(self) -> "StoredReceipt":
        """What is answered to a repeat of the event."""
        warnings: list[dict[str, str]] = orjson.loads(self.warnings)
        return StoredReceipt(
            self.digest,
            self.event_id,
            self.source,
            self.subject,
            self.version,
            self.recorded_time,
            warnings,
        )


class Wanted(NamedTuple):
    """By which an event and its stream are found."""

    caller: str
    source: str
    event_id: str
    kind: str
    subject: str


class StoredReceipt(NamedTuple):
    """What was answered when an event was first stored, and the digest of its content."""

    digest: str
    event_id: str
    source: str
    subject: str
    version: int
    recorded_time: str
    warnings: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """All that one look shows: why nothing is taken, the event's first receipt, its stream's head."""

    closed: str | None
    receipt: StoredReceipt | None
    head: StreamHead | None
