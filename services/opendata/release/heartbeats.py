"""Up to which moment everything recorded is in a release, told from the relays' heartbeats."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from marshmallow import EXCLUDE, ValidationError

from services.chassis import metrics
from services.chassis.log.port import EventLog, Partition
from services.contract.envelope import read_time, time_text
from services.contract.event_types import COMMAND_SERVICES
from services.contract.schemas.operations import HeartbeatSent
from services.contract.topics import HEARTBEATS, TopicGeneration

MOST_KEPT = 256
READ_AT_ONCE = 500

_SCHEMA = HeartbeatSent()


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat: what a service recorded up to ``through`` has at most these sequences."""

    topic: TopicGeneration
    sequences: tuple[int, ...]
    through: str

    def is_in(self, marks: Mapping[Partition, int]) -> bool:
        """Whether marks reach at least as far as the heartbeat in every partition."""
        return all(
            marks.get(Partition(self.topic, number), 0) >= sequence
            for number, sequence in enumerate(self.sequences)
        )


class HeartbeatReader:
    """Follows the heartbeats' topic and remembers the newest of each service."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._topic = TopicGeneration(HEARTBEATS, 1)
        self._offsets: list[int] | None = None
        self._heard: dict[str, deque[Heard]] = {
            service: deque(maxlen=MOST_KEPT) for service in COMMAND_SERVICES
        }
        self._told: tuple[dict[Partition, int], str | None] | None = None
        """What the last answer was worked out from, and the answer; None as soon as more is heard."""

    def listen(self) -> None:
        """Read what has come since the last time; at first the newest few of each partition."""
        ends = self._log.end_offsets(self._topic)
        if self._offsets is None:
            self._offsets = [max(0, end - MOST_KEPT) for end in ends]
        for number, end in enumerate(ends):
            while self._offsets[number] < end:
                records = self._log.read(self._topic, number, self._offsets[number], READ_AT_ONCE)
                if not records:
                    break
                for record in records:
                    self._note(record.value)
                self._offsets[number] = records[-1].offset + 1

    def complete_through(self, marks: Mapping[Partition, int]) -> str | None:
        """The latest moment up to which everything that any service recorded is behind marks.

        Only what relays say of topic generations that there are marks of counts. None while some
        service has not been heard of.
        """
        if self._told is not None and self._told[0] == marks:
            return self._told[1]
        folded = {partition.topic for partition in marks}
        moments: dict[str, str] = {}
        for service, heard in self._heard.items():
            within = [beat.through for beat in heard if beat.topic in folded and beat.is_in(marks)]
            if within:
                moments[service] = max(within)
        self._show(moments)
        through = min(moments.values()) if len(moments) == len(self._heard) else None
        self._told = (dict(marks), through)
        return through

    def _show(self, moments: Mapping[str, str]) -> None:
        by_partition: dict[int, float] = {}
        for service, moment in moments.items():
            number = self._topic.partition_of(service)
            seconds = read_time(moment).timestamp()
            by_partition[number] = min(seconds, by_partition.get(number, seconds))
        for number, seconds in by_partition.items():
            metrics.HEARTBEAT_PROJECTED.labels(number).set(seconds)

    def _note(self, value: bytes) -> None:
        try:
            data = _SCHEMA.load(orjson.loads(value)["data"], unknown=EXCLUDE)
            sequences = tuple(data["sequences"])
            topic = TopicGeneration(f"bosatt.{data['service']}", data["generation"], len(sequences))
            through = time_text(read_time(data["recordedThrough"]))
            heard = Heard(topic, sequences, through)
            self._heard[data["service"]].append(heard)
            self._told = None
        except (ValueError, KeyError, TypeError, ValidationError):
            # Not one of ours: it says nothing, and nothing is concluded from it.
            return
