"""The port to the event log: ordered partitions, at-least-once, consumers in groups.

What Bosatt needs of a log and no more. Offsets of consumers are kept by whoever consumes, in
the same transaction as what it made of the records; the log keeps none for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from services.contract.topics import TopicGeneration


class LogError(Exception):
    """Something went wrong on the way to the log or in it."""


class LogUnreachable(LogError):
    """The log does not answer. Try again later."""


class SendFailed(LogError):
    """Some of the records sent may not stand on the log, or not in order: send them again."""


class Fenced(SendFailed):
    """Another producer with a higher token has come since: this one must never write again.

    A log *may* tell (the embedded one does, Kafka does not), and nobody may rely on it: what an old
    leader still sends is told by its place in the chain (see ``consuming/chain.py``).
    """


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A record on its way: partition computed by the sender, key for humans and compaction tools."""

    partition: int
    key: str
    value: bytes


class LogRecord(Protocol):
    """A record as read, of a partition that the reader knows.

    Nothing of it is decoded, so that a poison record has a known place. A log may hand over what
    its client made of a record, if that has these: to make another of each record would cost a
    reader of millions a tenth of its speed.
    """

    @property
    def offset(self) -> int: ...

    @property
    def key(self) -> bytes: ...

    @property
    def value(self) -> bytes: ...


class PlainRecord(NamedTuple):
    """A `LogRecord` and nothing more."""

    offset: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of a topic generation, as consumers are assigned it."""

    topic: TopicGeneration
    number: int


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought: newly assigned partitions to seek in, or records by their partition.

    Where ``assigned`` is not empty there are no records, and every partition in it must be
    sought before the next poll. No partition stands in ``batches`` without records.
    """

    assigned: frozenset[Partition]
    batches: Mapping[Partition, Sequence[LogRecord]]


class Producer(Protocol):
    """Writes to one topic generation, in order."""

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        """Append records in order and return the offset of each.

        Raises `SendFailed` where any may not have been appended (some may have been, and some may
        still be: what is on its way can't be called back), `Fenced` where the log shuts out lower
        tokens and a higher one has come, `LogUnreachable` where the log does not answer and nothing
        was sent. After any of these open a new producer; this one may refuse to send.
        """

    def close(self) -> None: ...


class Consumer(Protocol):
    """One member of a consumer group over some topic generations."""

    def poll(self, timeout: float, most: int) -> Polled:
        """Wait up to ``timeout`` seconds for an assignment or for up to ``most`` records.

        Within a partition records come in the order of their offsets, from the offset last
        sought on; where the log no longer has that, from the earliest that it has. Raises
        `LogError` where a newly assigned partition was not sought. While the log does not answer a
        poll brings nothing or raises `LogUnreachable`, after no more than the time-out and the time
        that one request may take; when the log is back, so is what it brings.
        """

    def seek(self, offsets: Mapping[Partition, int]) -> None:
        """Go on reading partitions at these offsets (the next record wanted)."""

    def assignment(self) -> frozenset[Partition]:
        """The partitions that this member reads now."""

    def close(self) -> None: ...


class EventLog(Protocol):
    """A log with topics in generations."""

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        """Make topics that do not exist; raises `LogError` where one exists with other partitions."""

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        """A producer. A log may let whoever has a higher token shut out those with lower ones (`Fenced`)."""

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer: ...

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        """For each partition, the offset that the next record will have."""

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        """Up to ``most`` records of one partition from an offset on, outside any group.

        Where the log no longer has that offset, from the earliest that it has. At least one where
        there is any, and none from the end on or beyond it. Several threads may read at once.
        """

    def close(self) -> None: ...
