"""The topics that the log has, and how far each partition goes."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select

from services.chassis.database import Database
from services.chassis.log.embedded import tables
from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.port import LogError
from services.contract.topics import TopicGeneration

_FIND = (
    select(tables.topics.c.id, func.count(tables.partitions.c.number))
    .join(tables.partitions)
    .where(tables.topics.c.name == bindparam("name"))
    .group_by(tables.topics.c.id)
)

_ENDS = (
    select(tables.partitions.c.topic_id, tables.partitions.c.number, tables.partitions.c.next_offset)
    .where(tables.partitions.c.topic_id.in_(bindparam("topic_ids", expanding=True)))
    .order_by(tables.partitions.c.topic_id, tables.partitions.c.number)
)


class Catalogue:
    """Knows topics by their id. What it has found it remembers: topics never go away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: dict[TopicGeneration, int] = {}

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        """Make the topics that are not there; `LogError` where one is there with other partitions."""
        with log_faults(), self._database.read() as connection:
            missing = [topic for topic in topics if _find(connection, topic) is None]
        if missing:
            with log_faults(), self._database.write() as connection:
                for topic in missing:
                    if _find(connection, topic) is None:
                        _create(connection, topic)

    def id_of(self, topic: TopicGeneration) -> int:
        """The topic's id in the tables; `LogError` where it is not there with these partitions."""
        if topic not in self._ids:
            with log_faults(), self._database.read() as connection:
                found = _find(connection, topic)
            if found is None:
                raise LogError(f"The log has no topic {topic.name}.")
            self._ids[topic] = found
        return self._ids[topic]


def end_offsets(connection: Connection, topic_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The next offset by (topic id, partition), in that order."""
    ends = connection.execute(_ENDS, {"topic_ids": list(topic_ids)})
    return {(topic_id, number): end for topic_id, number, end in ends}


def _find(connection: Connection, topic: TopicGeneration) -> int | None:
    found = connection.execute(_FIND, {"name": topic.name}).one_or_none()
    if found is None:
        return None
    topic_id, partitions = found
    if partitions != topic.partitions:
        raise LogError(f"Topic {topic.name} has {partitions} partitions, not {topic.partitions}.")
    return int(topic_id)


def _create(connection: Connection, topic: TopicGeneration) -> None:
    created = connection.execute(insert(tables.topics).returning(tables.topics.c.id), {"name": topic.name})
    topic_id = created.scalar_one()
    connection.execute(
        insert(tables.partitions),
        [{"topic_id": topic_id, "number": number, "next_offset": 0} for number in range(topic.partitions)],
    )
