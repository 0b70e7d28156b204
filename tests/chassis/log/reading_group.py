"""A consumer group as a test drives it: members in one thread, positions kept by the group."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import NamedTuple

from services.chassis.log.port import Consumer, EventLog, Partition, Polled
from services.contract.topics import TopicGeneration

Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""


class Read(NamedTuple):
    """A record that a member has read, and where it stands."""

    topic: TopicGeneration
    partition: int
    offset: int
    value: bytes


def place(record: Read) -> Place:
    return record.topic.name, record.partition, record.offset


def read_in(polled: Polled) -> list[Read]:
    """All that a poll brought, partition by partition."""
    return [
        Read(partition.topic, partition.number, record.offset, record.value)
        for partition, batch in polled.batches.items()
        for record in batch
    ]


class Member:
    """One consumer that seeks where its group stands whenever it is assigned something."""

    def __init__(self, consumer: Consumer, positions: dict[Partition, int]) -> None:
        self.consumer = consumer
        self.positions = positions
        self.records: list[Read] = []

    def step(self, timeout: float = 0.05, most: int = 1_000) -> Sequence[Read]:
        """Poll once, and be done with what it brings."""
        records = self.take(timeout, most)
        self.done(records)
        return records

    def take(self, timeout: float, most: int) -> Sequence[Read]:
        """Poll once, and leave what it brings in hand."""
        polled = self.consumer.poll(timeout, most)
        if polled.assigned:
            assert not polled.batches
            self.consumer.seek({partition: self.positions.get(partition, 0) for partition in polled.assigned})
        return read_in(polled)

    def done(self, records: Sequence[Read]) -> None:
        for record in records:
            self.records.append(record)
            partition = Partition(record.topic, record.partition)
            # Another member may have got further: the group never goes back.
            self.positions[partition] = max(self.positions.get(partition, 0), record.offset + 1)


class ReadingGroup:
    """Members of one group, closed together, that are polled in turn until something holds."""

    def __init__(self, log: EventLog, name: str, topics: Sequence[TopicGeneration], patience: float) -> None:
        self.log = log
        self.name = name
        self.topics = topics
        self.patience = patience
        self.positions: dict[Partition, int] = {}
        self.members: list[Member] = []

    def join(self) -> Member:
        member = Member(self.log.consumer(self.name, self.topics), self.positions)
        self.members.append(member)
        return member

    def leave(self, member: Member) -> None:
        self.members.remove(member)
        member.consumer.close()

    def until(self, reached: Callable[[], bool], calm: type[Exception] | tuple[()] = ()) -> None:
        """Poll all members in turn until it is so, ``calm`` about some errors; fails when patience ends."""
        end = monotonic() + self.patience
        while not reached():
            assert monotonic() < end, f"not reached within {self.patience} seconds"
            for member in self.members:
                with suppress(calm):
                    member.step()

    def until_read(self, count: int) -> None:
        """Poll all members until they have read so many different records between them."""
        self.until(lambda: len(set(self.places())) >= count)

    def shared_out(self) -> bool:
        """Whether every partition is with exactly one member, and every member has some."""
        parts = [member.consumer.assignment() for member in self.members]
        whole = {Partition(topic, number) for topic in self.topics for number in range(topic.partitions)}
        return all(parts) and sum(map(len, parts)) == len(whole) and frozenset().union(*parts) == whole

    def places(self) -> list[Place]:
        return [place(record) for member in self.members for record in member.records]

    def __enter__(self) -> "ReadingGroup":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self.members:
            member.consumer.close()
