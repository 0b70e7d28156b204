"""Before a new leader sends anything: does the log hold more than the store?

It does where the store was restored from a back-up older than its last events. Sending then
would give the same sequences to other events, so the service stays closed until
``bosatt restore`` has filled the store from the log.
"""

from sqlalchemy import Connection, func, select, update

from services.chassis.consuming.records import Unreadable, event_in, link_of
from services.chassis.database import Database
from services.chassis.log.port import EventLog
from services.chassis.relay.outbox import acknowledged
from services.chassis.store.tables import relays
from services.chassis.store.transaction import WHY_CLOSED
from services.contract.topics import TopicGeneration

READ_AT_ONCE = 1_000


def highest_on_log(log: EventLog, database: Database, topic: TopicGeneration) -> int:
    """The highest sequence on the log behind the offsets that were acknowledged; 0 for none.

    Raises `LogUnreachable` where the log can't be asked.
    """
    _, offsets = acknowledged(database, topic.generation)
    return max(_highest_in(log, topic, partition, offset + 1) for partition, offset in offsets.items())


def _highest_in(log: EventLog, topic: TopicGeneration, partition: int, start: int) -> int:
    highest = 0
    while records := log.read(topic, partition, start, READ_AT_ONCE):
        highest = max([highest, *(_sequence_of(record.value) for record in records)])
        start = records[-1].offset + 1
    return highest


def _sequence_of(value: bytes) -> int:
    """A record's sequence; 0 for one that can't be read, which never came from a relay."""
    try:
        return link_of(event_in(value))[1]
    except Unreadable:
        return 0


def close_where_behind(
    connection: Connection, topic: TopicGeneration, highest: int, announced: TopicGeneration
) -> bool:
    """Close the service, and say so, where the log holds more than the store. True if closed.

    ``announced`` is the generation that the log says is in force: a store that was restored from
    before the topic grew does not know it.
    """
    last: int = connection.execute(
        select(relays.c.last_sequence).where(relays.c.generation == topic.generation)
    ).scalar_one()
    reason = None
    known: int = connection.execute(select(func.max(relays.c.generation))).scalar_one()
    if announced.generation > known:
        reason = (
            f"The log holds {announced.name}, which the store does not know: it is from before "
            "the topic grew. Restore a back-up from after that."
        )
    elif highest > last:
        reason = f"The log holds events up to sequence {highest}, the store only up to {last}."
    connection.execute(update(relays).where(relays.c.generation == topic.generation).values(closed=reason))
    return reason is not None


def why_closed(connection: Connection) -> str | None:
    """Why a service takes no commands, None where it does."""
    closed: str | None = connection.execute(WHY_CLOSED).scalar_one()
    return closed
