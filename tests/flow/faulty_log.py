"""A real log behind a bad network: sends fail, are lost, come late or come twice.

It changes nothing of the log's own behaviour. Heartbeats are let through and remembered.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.chassis.log.port import (
    Consumer,
    EventLog,
    LogRecord,
    LogUnreachable,
    OutgoingRecord,
    Partition,
    Polled,
    Producer,
    SendFailed,
)
from services.contract.topics import HEARTBEATS, TopicGeneration
from tests.flow.memory_log import MemoryLog
from tests.flow.sleeping import reach

Send = Callable[[Sequence[OutgoingRecord]], list[int]]


class Trouble(StrEnum):
    UNREACHABLE = "nothing is sent"
    PREFIX = "only the first arrive"
    EARLY_LOST = "the first are lost, the rest arrive"
    EARLY_LATE = "the first come later, the rest arrive"
    ALL_LATE = "all come later"
    UNACKNOWLEDGED = "all arrive, but it is not known"
    TWICE = "all arrive twice"
    SWAPPED = "the rest arrive before the first, and all are acknowledged"


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one send; ``cut`` says how many records are the first."""

    trouble: Trouble
    cut: int = 1


class FaultyLog:
    """An `EventLog` in front of another."""

    def __init__(self, log: EventLog, *, fenced: bool = True) -> None:
        self._log = log
        self.fenced = fenced
        self.down = False
        self.faults: deque[Fault] = deque()
        self.late: list[tuple[Send, Sequence[OutgoingRecord]]] = []
        self.sends: list[Sequence[OutgoingRecord]] = []
        self.producers = 0
        self.on_heartbeat: Callable[[bytes], None] = lambda _value: None

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        self._log.ensure(topics)

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        self.check_up()
        real = self._log.producer(topic, token if self.fenced else 0)
        if topic.topic == HEARTBEATS:
            return _Heart(self, real)
        self.producers += 1
        return _Producer(self, real)

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer:
        return _Consumer(self, self._log.consumer(group, topics))

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        self.check_up()
        return self._log.end_offsets(topic)

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        self.check_up()
        return self._log.read(topic, partition, start, most)

    def close(self) -> None:
        self._log.close()

    def past_all_faults(self, topic: TopicGeneration, token: int) -> Producer:
        """A producer of somebody who has nothing to do with the network in the way."""
        return self._log.producer(topic, token if self.fenced else 0)

    def in_memory(self, topic: TopicGeneration) -> list[list[LogRecord]]:
        """The records themselves, by partition, of a log that is in memory."""
        assert isinstance(self._log, MemoryLog)
        return self._log.records[topic]

    def check_up(self) -> None:
        if self.down:
            raise LogUnreachable("down")

    def let_late_records_arrive(self) -> None:
        """What was held back arrives now, unless the log shuts out whoever sent it."""
        late, self.late = self.late, []
        for send, records in late:
            try:
                send(records)
            except SendFailed:
                continue

    def send(self, records: Sequence[OutgoingRecord], real: Send) -> list[int]:
        """Send for a producer, with the fault that is next in turn."""
        reach("before a send")
        self.check_up()
        self.sends.append(records)
        offsets = self._suffer(self.faults.popleft(), records, real) if self.faults else real(records)
        reach("after a send")
        return offsets

    def _suffer(self, fault: Fault, records: Sequence[OutgoingRecord], real: Send) -> list[int]:
        cut = 1 + fault.cut % len(records)
        first, rest = records[:cut], records[cut:]
        match fault.trouble:
            case Trouble.UNREACHABLE:
                raise LogUnreachable(fault.trouble)
            case Trouble.PREFIX:
                real(first)
            case Trouble.EARLY_LOST:
                real(rest)
            case Trouble.EARLY_LATE:
                real(rest)
                self.late.append((real, first))
            case Trouble.ALL_LATE:
                self.late.append((real, records))
            case Trouble.UNACKNOWLEDGED:
                real(records)
            case Trouble.TWICE:
                offsets = real(records)
                real(records)
                return offsets
            case Trouble.SWAPPED:
                later = real(rest)
                return [*real(first), *later]
        raise SendFailed(fault.trouble)


class _Producer:
    def __init__(self, log: FaultyLog, real: Producer) -> None:
        self._log, self._real = log, real

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        return self._log.send(records, self._real.send)

    def close(self) -> None:
        """The real one stays open for what comes late, as a broker's sockets would hold it."""


class _Heart:
    def __init__(self, log: FaultyLog, real: Producer) -> None:
        self._log, self._real = log, real

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        self._log.check_up()
        for record in records:
            self._log.on_heartbeat(record.value)
        return self._real.send(records)

    def close(self) -> None:
        self._real.close()


class _Consumer:
    def __init__(self, log: FaultyLog, real: Consumer) -> None:
        self._log, self._real = log, real

    def poll(self, timeout: float, most: int) -> Polled:
        self._log.check_up()
        # Nothing ever comes while one waits: everything happens in turn.
        polled = self._real.poll(0.0, most)
        if polled.batches:
            reach("after a poll")
        return polled

    def seek(self, offsets: Mapping[Partition, int]) -> None:
        self._real.seek(offsets)

    def assignment(self) -> frozenset[Partition]:
        return self._real.assignment()

    def close(self) -> None:
        self._real.close()
