"""An event log in memory: no threads, no waiting, the same every time."""

from collections.abc import Callable, Mapping, Sequence

from services.chassis.log.port import (
    Fenced,
    LogError,
    LogRecord,
    OutgoingRecord,
    Partition,
    PlainRecord,
    Polled,
)
from services.contract.topics import TopicGeneration

SESSION_SECONDS = 9.0


class MemoryLog:
    """An `EventLog` for tests. ``clock`` tells when members of a group have been silent too long."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.records: dict[TopicGeneration, list[list[LogRecord]]] = {}
        self.fences: dict[TopicGeneration, int] = {}
        self.groups: dict[str, _Group] = {}

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        for topic in topics:
            if any(known.name == topic.name and known != topic for known in self.records):
                raise LogError(f"{topic.name} has other partitions")
            self.records.setdefault(topic, [[] for _ in range(topic.partitions)])

    def producer(self, topic: TopicGeneration, token: int) -> "_Producer":
        self.partitions_of(topic)
        self.shut_out_below(topic, token)
        return _Producer(self, topic, token)

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> "_Consumer":
        return _Consumer(self, self.groups.setdefault(group, _Group()), topics)

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        return [len(partition) for partition in self.partitions_of(topic)]

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        if not 0 <= partition < topic.partitions:
            raise LogError("no such partition")
        return self.partitions_of(topic)[partition][start : start + most]

    def close(self) -> None: ...

    def partitions_of(self, topic: TopicGeneration) -> list[list[LogRecord]]:
        if topic not in self.records:
            raise LogError("no such topic")
        return self.records[topic]

    def shut_out_below(self, topic: TopicGeneration, token: int) -> None:
        if token < self.fences.get(topic, token):
            raise Fenced(topic.name)
        self.fences[topic] = token


class _Producer:
    def __init__(self, log: MemoryLog, topic: TopicGeneration, token: int) -> None:
        self._log, self._topic, self._token = log, topic, token

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        self._log.shut_out_below(self._topic, self._token)
        if any(record.partition >= self._topic.partitions for record in records):
            raise LogError("no such partition")
        offsets = []
        for record in records:
            partition = self._log.records[self._topic][record.partition]
            offsets.append(len(partition))
            partition.append(PlainRecord(len(partition), record.key.encode(), record.value))
        return offsets

    def close(self) -> None: ...


class _Group:
    """Who reads what, since when: ``owners`` holds per partition a member and a turn."""

    def __init__(self) -> None:
        self.members: dict[_Consumer, float] = {}
        self.owners: dict[Partition, tuple[_Consumer, int]] = {}
        self.turn = 0

    def share_out(self) -> None:
        self.turn += 1
        wanted = sorted(
            {partition for member in self.members for partition in member.partitions},
            key=lambda one: (one.topic.name, one.number),
        )
        owners = {}
        for place, partition in enumerate(wanted):
            readers = [member for member in self.members if partition in member.partitions]
            owner = readers[place % len(readers)]
            held = self.owners.get(partition)
            owners[partition] = held if held is not None and held[0] is owner else (owner, self.turn)
        self.owners = owners


class _Consumer:
    def __init__(self, log: MemoryLog, group: _Group, topics: Sequence[TopicGeneration]) -> None:
        self._log, self._group = log, group
        self.partitions = [Partition(topic, number) for topic in topics for number in range(topic.partitions)]
        self._held: dict[Partition, int] = {}
        self._positions: dict[Partition, int] = {}
        self._first = 0
        self._stay()

    def poll(self, timeout: float, most: int) -> Polled:
        if self._held.keys() - self._positions.keys():
            raise LogError("assigned and not sought")
        self._stay()
        held = {one: turn for one, (owner, turn) in self._group.owners.items() if owner is self}
        new = {one for one, turn in held.items() if self._held.get(one) != turn}
        self._held = held
        self._positions = {one: at for one, at in self._positions.items() if one in held.keys() - new}
        if new:
            return Polled(frozenset(new), {})
        return Polled(frozenset(), self._fetch(most))

    def seek(self, offsets: Mapping[Partition, int]) -> None:
        if offsets.keys() - self._held.keys():
            raise LogError("not assigned")
        self._positions.update(offsets)

    def assignment(self) -> frozenset[Partition]:
        return frozenset(self._held)

    def close(self) -> None:
        self._held, self._positions = {}, {}
        if self._group.members.pop(self, None) is not None:
            self._group.share_out()

    def _stay(self) -> None:
        """Be a live member, and give up those that have been silent for their session."""
        now = self._log.clock()
        silent = [
            member
            for member, seen in self._group.members.items()
            if member is not self and now - seen > SESSION_SECONDS
        ]
        changed = bool(silent) or self not in self._group.members
        for member in silent:
            del self._group.members[member]
        self._group.members[self] = now
        if changed:
            self._group.share_out()

    def _fetch(self, most: int) -> dict[Partition, Sequence[LogRecord]]:
        found: dict[Partition, Sequence[LogRecord]] = {}
        partitions = list(self._held)
        self._first += 1
        for place in range(len(partitions)):
            one = partitions[(place + self._first) % len(partitions)]
            batch = self._log.read(one.topic, one.number, self._positions[one], most)
            if batch:
                self._positions[one] += len(batch)
                most -= len(batch)
                found[one] = batch
        return found
