"""The answer to an event that was accepted."""

from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


class Receipt(NamedTuple):
    """What the sender keeps: the event is stored, where, when and with which remarks."""

    id: str
    source: str
    stream: str
    version: int
    recorded_time: str
    status: Outcome
    warnings: list[dict[str, str]]

    def as_document(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "source": self.source,
            "stream": self.stream,
            "version": self.version,
            "recordedTime": self.recorded_time,
            "status": self.status,
            "warnings": self.warnings,
        }

    @property
    def etag(self) -> str:
        """The stream's version as an entity tag."""
        return f'"{self.version}"'
