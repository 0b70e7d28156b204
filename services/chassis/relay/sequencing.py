"""Give events their sequence, once and for ever, in the order in which they are safe to read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.chassis.relay.lease import Lease
from services.chassis.store.tables import chains, events, relays, sequenced
from services.contract.envelope import read_time, time_text
from services.contract.topics import TopicGeneration


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What a round of sequencing did.

    ``through`` is the moment up to which everything recorded has a sequence now, None where
    more events may wait than the round took; ``last`` holds the last sequence per partition.
    """

    count: int
    last_sequence: int
    through: datetime | None
    last: dict[int, int]


def sequence_events(
    connection: Connection, lease: Lease, topic: TopicGeneration, most: int, now: datetime
) -> Sequenced:
    """Sequence up to ``most`` further events, inside a transaction in which the lease was held.

    Positions rise in the order of commits here because every writer holds the right to write
    from the start of its transaction. Nothing recorded up to ``now`` can appear later, because
    what is appended later is recorded after the moment kept here, even by a slower clock.
    """
    state = connection.execute(
        select(relays.c.sequenced_position, relays.c.last_sequence, relays.c.recorded_through).where(
            relays.c.generation == lease.generation
        )
    ).one()
    last = _last_sequences(connection, lease.generation)
    waiting = connection.execute(
        select(events.c.position, events.c.partition_key, events.c.recorded_time)
        .where(events.c.position > state.sequenced_position)
        .order_by(events.c.position)
        .limit(most)
    ).all()
    sequence = state.last_sequence
    rows = []
    for position, key, _ in waiting:
        sequence += 1
        partition = topic.partition_of(key)
        rows.append(
            {
                "generation": lease.generation,
                "sequence": sequence,
                "position": position,
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
            .values(sequenced_position=rows[-1]["position"], last_sequence=sequence)
        )
        for partition in {row["partition"] for row in rows}:
            connection.execute(
                update(chains)
                .where(chains.c.generation == lease.generation, chains.c.partition == partition)
                .values(last_sequence=last[partition])
            )
    if len(rows) == most:
        return Sequenced(len(rows), sequence, None, last)
    through = max(time_text(now), state.recorded_through or "", *(row.recorded_time for row in waiting[-1:]))
    connection.execute(
        update(relays).where(relays.c.generation == lease.generation).values(recorded_through=through)
    )
    return Sequenced(len(rows), sequence, read_time(through), last)


def _last_sequences(connection: Connection, generation: int) -> dict[int, int]:
    rows = connection.execute(
        select(chains.c.partition, chains.c.last_sequence).where(chains.c.generation == generation)
    )
    return dict(rows.all())
