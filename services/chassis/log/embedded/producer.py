"""Appends records to one topic generation under a fencing token."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from services.chassis.database import Database
from services.chassis.log.embedded import tables
from services.chassis.log.embedded.arrivals import Arrivals
from services.chassis.log.embedded.catalogue import end_offsets
from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.port import Fenced, LogError, OutgoingRecord, SendFailed
from services.contract.topics import RETAINED, TopicGeneration

_FENCE = select(tables.topics.c.fence).where(tables.topics.c.id == bindparam("topic_id"))
_RAISE_FENCE = (
    update(tables.topics)
    .where(
        tables.topics.c.id == bindparam("topic_id"),
        or_(tables.topics.c.fence.is_(None), tables.topics.c.fence <= bindparam("token")),
    )
    .values(fence=bindparam("token"))
)
_APPEND = insert(tables.records)
_MOVE_END = (
    update(tables.partitions)
    .where(
        tables.partitions.c.topic_id == bindparam("of_topic"),
        tables.partitions.c.number == bindparam("of_partition"),
    )
    .values(next_offset=bindparam("end"))
)
_FORGET = delete(tables.records).where(
    tables.records.c.topic_id == bindparam("of_topic"),
    tables.records.c.partition == bindparam("of_partition"),
    tables.records.c.offset < bindparam("first"),
)


class EmbeddedProducer:
    """A `Producer` whose every send is one transaction: all of it stands, or nothing."""

    def __init__(
        self, database: Database, topic: TopicGeneration, topic_id: int, token: int, arrivals: Arrivals
    ) -> None:
        """Shuts out whoever has a lower token, from now on; `Fenced` where one has a higher one."""
        self._database = database
        self._topic = topic
        self._topic_id = topic_id
        self._token = token
        self._arrivals = arrivals
        self._closed = False
        with log_faults(), database.write() as connection:
            raised = connection.execute(_RAISE_FENCE, {"topic_id": topic_id, "token": token})
            if raised.rowcount == 0:
                raise self._fenced()

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        """Append records in order and return the offset of each.

        Raises `Fenced` where a newer token has come, `LogUnreachable` where the database is busy
        or out of reach, `SendFailed` where it fails; nothing is appended in the first two. A
        partition that the topic does not have or a key that is not text is a `LogError`, because
        sending it again would not help.
        """
        self._check(records)
        if not records:
            return []
        with log_faults(SendFailed), self._database.write() as connection:
            # Inside the transaction, which holds the right to write: nobody can raise the fence
            # between this look and the append.
            self._check_fence(connection)
            offsets = self._append(connection, records)
        self._arrivals.announce()
        return offsets

    def close(self) -> None:
        self._closed = True

    def _check(self, records: Sequence[OutgoingRecord]) -> None:
        if self._closed:
            raise LogError("This producer is closed.")
        for record in records:
            if not 0 <= record.partition < self._topic.partitions:
                raise LogError(f"Topic {self._topic.name} has no partition {record.partition}.")

    def _check_fence(self, connection: Connection) -> None:
        if connection.execute(_FENCE, {"topic_id": self._topic_id}).scalar_one() > self._token:
            raise self._fenced()

    def _append(self, connection: Connection, records: Sequence[OutgoingRecord]) -> list[int]:
        ends = {number: end for (_, number), end in end_offsets(connection, [self._topic_id]).items()}
        offsets, rows = [], []
        for record in records:
            offset = ends[record.partition]
            ends[record.partition] = offset + 1
            offsets.append(offset)
            rows.append(
                {
                    "topic_id": self._topic_id,
                    "partition": record.partition,
                    "offset": offset,
                    "key": record.key,
                    "value": record.value,
                }
            )
        try:
            connection.execute(_APPEND, rows)
        except UnicodeEncodeError:
            raise LogError("A key is not text: it holds half a surrogate pair.") from None
        written = {record.partition for record in records}
        connection.execute(
            _MOVE_END,
            [
                {"of_topic": self._topic_id, "of_partition": number, "end": ends[number]}
                for number in sorted(written)
            ],
        )
        if self._topic.topic in RETAINED:
            self._forget(connection, {number: ends[number] for number in written})
        return offsets

    def _forget(self, connection: Connection, ends: Mapping[int, int]) -> None:
        """Leave of each partition no more than what is to be retained."""
        retained = RETAINED[self._topic.topic]
        connection.execute(
            _FORGET,
            [
                {"of_topic": self._topic_id, "of_partition": number, "first": end - retained}
                for number, end in ends.items()
            ],
        )

    def _fenced(self) -> Fenced:
        return Fenced(f"A producer with a token above {self._token} writes to {self._topic.name}.")
