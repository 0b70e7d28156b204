"""Heartbeats: a relay says up to which moment everything recorded stands on the log.

They go on a topic of their own and are never counted. From them opendata can say honestly up to
which moment a release is complete, also for a service to which nobody has posted for months.
"""

import contextlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from services.chassis.log.port import EventLog, LogError, OutgoingRecord, Producer
from services.contract.envelope import time_text
from services.contract.event_types import PREFIX, VERSION
from services.contract.topics import TopicGeneration

SHORTEST_INTERVAL = 0.1
LONGEST_INTERVAL = 3.0

# The relays of all services write to this topic. What a superseded one says late is still true,
# so nobody need be shut out.
NO_FENCE = 0


@dataclass(frozen=True, slots=True)
class Beat:
    """Everything a service recorded up to ``through`` has at most these sequences."""

    topic: TopicGeneration
    through: datetime
    sequences: tuple[int, ...]


class Heartbeats:
    """Sends a service's heartbeats: soon after something new, else every few seconds."""

    def __init__(self, service: str, topic: TopicGeneration) -> None:
        self._service = service
        self._topic = topic
        self._noted: Beat | None = None
        self._sent: Beat | None = None
        self._sent_at = float("-inf")
        self._producer: Producer | None = None

    def note(self, topic: TopicGeneration, through: datetime, last: Mapping[int, int]) -> None:
        """Remember a moment up to which everything is sequenced; sent once it is relayed too."""
        self._noted = Beat(topic, through, tuple(last[number] for number in sorted(last)))

    def send_due(self, log: EventLog, cursor: int) -> None:
        """Send what was noted last, where all of it is acknowledged and it is news or time.

        Raises `LogError`.
        """
        beat = self._noted
        if beat is None or beat is self._sent or max(beat.sequences) > cursor:
            return
        since = time.monotonic() - self._sent_at
        news = self._sent is None or beat.sequences != self._sent.sequences
        if since < (SHORTEST_INTERVAL if news else LONGEST_INTERVAL):
            return
        if self._producer is None:
            self._producer = log.producer(self._topic, NO_FENCE)
        try:
            self._producer.send([self._record(beat)])
        except LogError:
            self.close()
            raise
        self._sent = beat
        self._sent_at = time.monotonic()

    def close(self) -> None:
        """Let go of the log; a later heartbeat opens it anew."""
        if self._producer is not None:
            with contextlib.suppress(LogError):
                self._producer.close()
            self._producer = None

    def _record(self, beat: Beat) -> OutgoingRecord:
        value = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": f"/{self._service}/relay",
            "type": f"{PREFIX}heartbeat.sent.{VERSION}",
            "subject": self._service,
            "datacontenttype": "application/json",
            "recordedtime": time_text(beat.through),
            "data": {
                "service": self._service,
                "generation": beat.topic.generation,
                "sequences": list(beat.sequences),
                "recordedThrough": time_text(beat.through),
            },
        }
        partition = self._topic.partition_of(self._service)
        return OutgoingRecord(partition, self._service, orjson.dumps(value))
