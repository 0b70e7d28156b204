"""The outbox side of a store: what is still to be sent, and the cursor behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, select, update

from services.chassis.database import Database
from services.chassis.log.port import OutgoingRecord
from services.chassis.relay.generations import IN_FORCE
from services.chassis.relay.lease import Lease
from services.chassis.store import EventStore
from services.chassis.store.order import PLACE, Place, behind, in_order
from services.chassis.store.tables import chains, events, relays, sequenced
from services.contract.envelope import log_value


@dataclass(frozen=True, slots=True)
class ToSend:
    """A sequenced event and the record that it becomes."""

    sequence: int
    record: OutgoingRecord


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events not yet known to stand on the log: how many, of how many bytes, the oldest's recorded time."""

    events: int
    bytes: int
    oldest: str | None


def after_cursor(database: Database, generation: int, cursor: int, most: int) -> Sequence[ToSend]:
    """The next records to send after a sequence, in order."""
    query = (
        select(
            sequenced.c.sequence,
            sequenced.c.previous_sequence,
            sequenced.c.partition,
            events.c.partition_key,
            events.c.content,
        )
        .join(events, events.c.position == sequenced.c.position)
        .where(sequenced.c.generation == generation, sequenced.c.sequence > cursor)
        .order_by(sequenced.c.sequence)
        .limit(most)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [
        ToSend(
            row.sequence,
            OutgoingRecord(
                row.partition,
                row.partition_key,
                log_value(orjson.loads(row.content), row.sequence, row.previous_sequence),
            ),
        )
        for row in rows
    ]


def newest_unsequenced(store: EventStore, generation: int, most: int) -> str | None:
    """Of the next events that wait for a sequence and can be given one, the latest recorded time."""
    with store.database.read() as connection:
        waiting = (
            select(events.c.recorded_time)
            .where(behind(connection, sequenced_up_to(connection, generation)), store.order.readable())
            .order_by(*in_order(connection))
            .limit(most)
            .subquery()
        )
        newest: str | None = connection.execute(select(func.max(waiting.c.recorded_time))).scalar_one()
        return newest


def sequenced_up_to(connection: Connection, generation: int) -> Place:
    """The place of the last event that has a sequence."""
    row = connection.execute(
        select(relays.c.sequenced_epoch, relays.c.sequenced_transaction, relays.c.sequenced_position).where(
            relays.c.generation == generation
        )
    ).one()
    return Place(*row)


def acknowledged(database: Database, generation: int) -> tuple[int, dict[int, int]]:
    """The cursor and, per partition, the log's offset last acknowledged (-1: none).

    The cursor is the highest sequence up to which every record is acknowledged.
    """
    with database.read() as connection:
        cursor: int = connection.execute(
            select(relays.c.cursor).where(relays.c.generation == generation)
        ).scalar_one()
        offsets = connection.execute(
            select(chains.c.partition, chains.c.acknowledged_offset).where(chains.c.generation == generation)
        )
        return cursor, dict(offsets.all())


def move_cursor(connection: Connection, lease: Lease, to: int, offsets: Mapping[int, int]) -> None:
    """Move the cursor, in a transaction in which the lease was held, with the log's offsets."""
    connection.execute(update(relays).where(relays.c.generation == lease.generation).values(cursor=to))
    for partition, offset in offsets.items():
        connection.execute(
            update(chains)
            .where(chains.c.generation == lease.generation, chains.c.partition == partition)
            .values(acknowledged_offset=offset)
        )


def backlog(database: Database, generation: int | None = None) -> Backlog:
    """What a store holds that the log is not known to hold, in the generation in force if not said."""
    which = IN_FORCE if generation is None else relays.c.generation == generation
    with database.read() as connection:
        acknowledged = connection.execute(
            select(*PLACE)
            .join(sequenced, sequenced.c.position == events.c.position)
            .join(
                relays,
                (relays.c.generation == sequenced.c.generation) & (relays.c.cursor == sequenced.c.sequence),
            )
            .where(which)
        ).one_or_none()
        count, size, oldest = connection.execute(
            select(
                func.count(), func.sum(func.length(events.c.content)), func.min(events.c.recorded_time)
            ).where(behind(connection, Place(*(acknowledged or ()))))
        ).one()
    return Backlog(count, int(size or 0), oldest)
