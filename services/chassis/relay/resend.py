"""Send again what a store has sent before: for a record that the log lost after acknowledging it.

The projector drops whatever comes behind such a hole, for ever, as nobody knows to send the record
again. Here somebody does, beside a system that runs.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, select, update

from services.chassis.clock import Clock, utc_now
from services.chassis.database import Overtaken
from services.chassis.log.port import EventLog, Producer, SendFailed
from services.chassis.loops import Backoff
from services.chassis.relay import outbox
from services.chassis.relay.lease import Lease, Leases
from services.chassis.store import EventStore
from services.chassis.store.tables import relays
from services.contract.topics import TopicGeneration

BATCH = 1_000
LEASE_SECONDS = 30.0
ATTEMPTS = 20


class CantResend(Exception):
    """Nothing was sent again. The text says why, for a person."""


def resend(
    store: EventStore,
    log: EventLog,
    topic: TopicGeneration,
    first: int,
    holder: str,
    *,
    batch: int = BATCH,
    clock: Clock = utc_now,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Send every record from a sequence on again, in order, up to where the cursor stood; how many.

    Takes the lease from whichever relay has it and sets the cursor back, in one transaction. If it
    ends before all is sent, the next leader goes on from the cursor, so nothing is left out. Raises
    `CantResend` where the sequence was never given or the service is closed, `LogError` where the
    log can't take the records, `LeaseLost` where somebody else has taken the lease meanwhile.
    ``wait`` sleeps for so many seconds.
    """
    leases = Leases(store.database, topic, holder, LEASE_SECONDS, clock)
    lease, end = _take(store, leases, topic.generation, first, holder, wait)
    try:
        producer = log.producer(topic, lease.token)
        try:
            return _send(store, leases, lease, producer, first - 1, end, batch)
        finally:
            producer.close()
    finally:
        leases.give_back(lease)


def _take(
    store: EventStore,
    leases: Leases,
    generation: int,
    first: int,
    holder: str,
    wait: Callable[[float], None],
) -> tuple[Lease, int]:
    """The lease with a higher token, the cursor set back before ``first``; where it stood before."""
    backoff = Backoff()
    for _ in range(ATTEMPTS):
        try:
            with store.database.write() as connection:
                return _set_back(connection, leases, generation, first, holder)
        except Overtaken:
            # The relay that leads writes this row again and again.
            wait(backoff.pause())
    raise CantResend("The relay that leads was faster each time. Try again.")


def _set_back(
    connection: Connection, leases: Leases, generation: int, first: int, holder: str
) -> tuple[Lease, int]:
    row = connection.execute(select(relays).where(relays.c.generation == generation)).one_or_none()
    if row is None or not 0 < first <= row.last_sequence:
        last = 0 if row is None else row.last_sequence
        raise CantResend(f"Sequence {first} was never given: the last one is {last}.")
    if row.closed is not None:
        raise CantResend(f"The service is closed: {row.closed} Restore it first.")
    lease = Lease(generation, holder, row.token + 1)
    connection.execute(
        update(relays)
        .where(relays.c.generation == generation)
        .values(
            holder=holder,
            token=lease.token,
            expires=leases.expiry(),
            # What waits behind the cursor has not been sent, so there is nothing to send again.
            cursor=min(first - 1, row.cursor),
        )
    )
    return lease, row.cursor


def _send(
    store: EventStore,
    leases: Leases,
    lease: Lease,
    producer: Producer,
    cursor: int,
    end: int,
    batch: int,
) -> int:
    # Not from what was acknowledged before: a log that has lost its end gives those offsets anew.
    reached: dict[int, int] = {}
    count = 0
    while cursor < end:
        found = outbox.after_cursor(store.database, lease.generation, cursor, batch)
        waiting = [one for one in found if one.sequence <= end]
        offsets = producer.send([one.record for one in waiting])
        for one, offset in zip(waiting, offsets, strict=True):
            if offset <= reached.get(one.record.partition, -1):
                raise SendFailed("An acknowledged offset does not rise.")
            reached[one.record.partition] = offset
        cursor = waiting[-1].sequence
        with store.database.write() as connection:
            lease.hold(connection, leases.expiry())
            outbox.move_cursor(connection, lease, cursor, reached)
        count += len(waiting)
    return count
