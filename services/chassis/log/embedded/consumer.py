"""Reads the partitions that a member of a group was given."""

from collections.abc import Iterable, Mapping
from time import monotonic

from sqlalchemy import Connection

from services.chassis.database import Database
from services.chassis.log.embedded.arrivals import Arrivals
from services.chassis.log.embedded.catalogue import end_offsets
from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.embedded.membership import Membership
from services.chassis.log.embedded.reading import fetch
from services.chassis.log.embedded.sharing import Slot, fair_shares
from services.chassis.log.port import LogError, LogRecord, Partition, Polled
from services.contract.topics import TopicGeneration

SHORTEST_PAUSE_SECONDS = 0.005
LONGEST_PAUSE_SECONDS = 0.05


class EmbeddedConsumer:
    """A `Consumer` for use by one thread. It is a member of its group from the beginning."""

    def __init__(
        self,
        database: Database,
        topics: Mapping[int, TopicGeneration],
        membership: Membership,
        arrivals: Arrivals,
    ) -> None:
        self._database = database
        self._topics = topics
        self._partitions = {
            (topic_id, number): Partition(topic, number)
            for topic_id, topic in topics.items()
            for number in range(topic.partitions)
        }
        self._slots = {partition: slot for slot, partition in self._partitions.items()}
        self._membership = membership
        self._arrivals = arrivals
        self._epoch = -1
        self._held: dict[Slot, int] = {}
        self._positions: dict[Slot, int] = {}
        self._turn = 0
        self._closed = False
        membership.renew()
        arrivals.announce()

    def poll(self, timeout: float, most: int) -> Polled:
        """Wait up to ``timeout`` seconds for an assignment or for up to ``most`` records.

        Records are taken from all partitions alike. Raises `LogError` where a newly assigned
        partition was not sought, `LogUnreachable` where the database does not answer.
        """
        if self._closed:
            raise LogError("This consumer is closed.")
        if unsought := self._held.keys() - self._positions.keys():
            raise LogError(f"Assigned and not sought: {_names(map(self._partitions.__getitem__, unsought))}.")
        until = monotonic() + timeout
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            seen = self._arrivals.count
            polled = self._look(most)
            left = until - monotonic()
            if polled.assigned or polled.records or left <= 0:
                return polled
            self._arrivals.wait(seen, min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def seek(self, offsets: Mapping[Partition, int]) -> None:
        """Go on reading partitions at these offsets; `LogError` where one is not assigned."""
        if strangers := offsets.keys() - self.assignment():
            raise LogError(f"Sought and not assigned: {_names(strangers)}.")
        if any(offset < 0 for offset in offsets.values()):
            raise LogError("An offset is never below 0.")
        self._positions.update({self._slots[partition]: offset for partition, offset in offsets.items()})

    def assignment(self) -> frozenset[Partition]:
        """The partitions that this member reads, as of its last poll."""
        return frozenset(self._partitions[slot] for slot in self._held)

    def close(self) -> None:
        """Leave the group at once. Where the database can't be told, the session's end tells."""
        if self._closed:
            return
        self._closed = True
        self._held, self._positions = {}, {}
        try:
            self._membership.leave()
        except LogError:
            return
        self._arrivals.announce()

    def _look(self, most: int) -> Polled:
        self._membership.renew_if_due()
        with log_faults(), self._database.read() as connection:
            standing = self._membership.standing(connection)
            if standing.settled:
                return self._read(connection, standing.epoch, most)
        self._membership.renew()
        self._arrivals.announce()
        return Polled(frozenset(), ())

    def _read(self, connection: Connection, epoch: int, most: int) -> Polled:
        if epoch != self._epoch:
            held = self._membership.holdings(connection)
            assigned = frozenset(slot for slot in held if self._held.get(slot) != held[slot])
            kept = held.keys() - assigned
            self._positions = {slot: self._positions[slot] for slot in kept}
            self._held, self._epoch = held, epoch
            if assigned:
                return Polled(frozenset(self._partitions[slot] for slot in assigned), ())
        return Polled(frozenset(), self._take(connection, most))

    def _take(self, connection: Connection, most: int) -> list[LogRecord]:
        ends = end_offsets(connection, self._topics)
        waiting = {
            slot: end - self._positions[slot]
            for slot, end in ends.items()
            if slot in self._positions and end > self._positions[slot]
        }
        records: list[LogRecord] = []
        reached: dict[Slot, int] = {}
        for slot, share in fair_shares(waiting, most, self._turn).items():
            topic_id, number = slot
            start = self._positions[slot]
            records += fetch(connection, self._topics[topic_id], topic_id, number, start, share)
            reached[slot] = records[-1].offset + 1
        # Only now: a fetch that failed must not leave records behind that nobody was given.
        self._positions.update(reached)
        self._turn += 1
        return records


def _names(partitions: Iterable[Partition]) -> str:
    return ", ".join(sorted(f"{partition.topic.name}/{partition.number}" for partition in partitions))
