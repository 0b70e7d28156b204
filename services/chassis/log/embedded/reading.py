"""Fetches records of one partition in the order of their offsets."""

from sqlalchemy import Connection, bindparam, select

from services.chassis.log.embedded import tables
from services.chassis.log.embedded.sharing import Slot
from services.chassis.log.port import LogRecord, PlainRecord

_FETCH = (
    select(tables.records.c.offset, tables.records.c.key, tables.records.c.value)
    .where(
        tables.records.c.topic_id == bindparam("topic_id"),
        tables.records.c.partition == bindparam("partition"),
        tables.records.c.offset >= bindparam("start"),
    )
    .order_by(tables.records.c.offset)
    .limit(bindparam("most"))
)


def fetch(connection: Connection, slot: Slot, start: int, most: int) -> list[LogRecord]:
    """Up to ``most`` records of a partition from offset ``start`` on."""
    topic_id, partition = slot
    rows = connection.execute(
        _FETCH, {"topic_id": topic_id, "partition": partition, "start": start, "most": most}
    )
    return [PlainRecord(offset, key.encode(), value) for offset, key, value in rows]
