"""Give events their sequence, once and for ever, in the order in which they are safe to read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.chassis.relay.lease import Lease
from services.chassis.relay.outbox import sequenced_up_to
from services.chassis.store.order import PLACE, Claims, Order, behind, in_order
from services.chassis.store.tables import chains, events, relays, sequenced
from services.contract.envelope import read_time
from services.contract.topics import TopicGeneration


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What a round of sequencing did.

    ``through`` is the moment up to which everything recorded has a sequence now, None where that
    can't be said, as where more events may wait than the round took. ``newest`` is the latest recorded
    time of the events taken, "" for none; ``last`` holds the last sequence per partition.
    """

    count: int
    last_sequence: int
    through: datetime | None
    newest: str
    last: dict[int, int]


def sequence_events(
    connection: Connection, lease: Lease, topic: TopicGeneration, most: int, order: Order, claims: Claims
) -> Sequenced:
    """Sequence up to ``most`` further events, inside a transaction in which the lease was held.

    Only events in front of which nothing can appear any more are taken. Call `Claims.begin` before
    the transaction.
    """
    last_sequence: int = connection.execute(
        select(relays.c.last_sequence).where(relays.c.generation == lease.generation)
    ).scalar_one()
    last = _last_sequences(connection, lease.generation)
    waiting = connection.execute(
        select(*PLACE, events.c.partition_key, events.c.recorded_time)
        .where(behind(connection, sequenced_up_to(connection, lease.generation)), order.readable())
        .order_by(*in_order(connection))
        .limit(most)
    ).all()
    sequence = last_sequence
    rows = []
    for row in waiting:
        sequence += 1
        partition = topic.partition_of(row.partition_key)
        rows.append(
            {
                "generation": lease.generation,
                "sequence": sequence,
                "position": row.position,
                "partition": partition,
                "previous_sequence": last[partition],
            }
        )
        last[partition] = sequence
    if rows:
        connection.execute(sequenced.insert(), rows)
        connection.execute(
            update(relays)
            .where(relays.c.generation == lease.generation)
            .values(
                sequenced_epoch=waiting[-1].epoch,
                sequenced_transaction=waiting[-1].transaction,
                sequenced_position=waiting[-1].position,
                last_sequence=sequence,
            )
        )
        for partition in {row["partition"] for row in rows}:
            connection.execute(
                update(chains)
                .where(chains.c.generation == lease.generation, chains.c.partition == partition)
                .values(last_sequence=last[partition])
            )
    newest = max((row.recorded_time for row in waiting), default="")
    through = claims.through(connection, newest, all_read=len(rows) < most)
    if through is not None:
        connection.execute(
            update(relays).where(relays.c.generation == lease.generation).values(recorded_through=through)
        )
    return Sequenced(len(rows), sequence, None if through is None else read_time(through), newest, last)


def _last_sequences(connection: Connection, generation: int) -> dict[int, int]:
    rows = connection.execute(
        select(chains.c.partition, chains.c.last_sequence).where(chains.c.generation == generation)
    )
    return dict(rows.all())
