"""Reads the partitions that a member of a group was given."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import Connection

from services.chassis.database import Database, Stillness
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
        self._stillness = Stillness(database, membership.now)
        self._epoch = -1
        self._held: Mapping[Slot, int] = {}
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
            if polled.assigned or polled.batches or left <= 0:
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
        self._stillness.close()
        self._held, self._positions = {}, {}
        try:
            self._membership.leave()
        except LogError:
            return
        self._arrivals.announce()

    def _look(self, most: int) -> Polled:
        self._membership.renew_if_due()
        if self._stillness.is_still():
            return Polled(frozenset(), {})
        with log_faults(), self._database.read() as connection:
            standing = self._membership.standing(connection)
            sight = self._see(connection, standing.epoch, most) if standing.settled else None
        # Only now: from a transaction that failed, nothing may count as given.
        self._stillness.found(nothing=sight is not None and not sight.assigned and not sight.batches)
        if sight:
            return self._act_on(sight)
        self._membership.renew()
        self._arrivals.announce()
        return Polled(frozenset(), {})

    def _see(self, connection: Connection, epoch: int, most: int) -> "_Sight":
        held = self._held
        if epoch != self._epoch:
            held = self._membership.holdings(connection)
        assigned = held.keys() - self._kept(held)
        batches = {} if assigned else self._fetch(connection, held, most)
        return _Sight(epoch, held, assigned, batches)

    def _kept(self, held: Mapping[Slot, int]) -> set[Slot]:
        return {slot for slot, since in held.items() if self._held.get(slot) == since}

    def _fetch(
        self, connection: Connection, held: Mapping[Slot, int], most: int
    ) -> dict[Slot, list[LogRecord]]:
        ends = end_offsets(connection, self._topics)
        waiting = {
            slot: ends[slot] - self._positions[slot]
            for slot in sorted(held)
            if ends[slot] > self._positions[slot]
        }
        return {
            slot: fetch(connection, slot, self._positions[slot], share)
            for slot, share in fair_shares(waiting, most, self._turn).items()
        }

    def _act_on(self, sight: "_Sight") -> Polled:
        self._positions = {slot: self._positions[slot] for slot in self._kept(sight.held)}
        self._positions.update({slot: batch[-1].offset + 1 for slot, batch in sight.batches.items()})
        self._held, self._epoch = sight.held, sight.epoch
        self._turn += 1
        return Polled(
            frozenset(self._partitions[slot] for slot in sight.assigned),
            {self._partitions[slot]: batch for slot, batch in sight.batches.items()},
        )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What one transaction saw: what is held since when, what of it is new, or records to read."""

    epoch: int
    held: Mapping[Slot, int]
    assigned: Set[Slot]
    batches: Mapping[Slot, list[LogRecord]]


def _names(partitions: Iterable[Partition]) -> str:
    return ", ".join(sorted(f"{partition.topic.name}/{partition.number}" for partition in partitions))
