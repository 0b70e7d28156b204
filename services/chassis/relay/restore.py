"""Fill a store that was restored from an old back-up with the events that the log still holds.

The log has the facts; what it does not have is who posted an event. Such events bear no caller,
and a repeat of them is recognised by ``source`` and ``id`` from any caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.chassis.database import Database
from services.chassis.log.port import EventLog
from services.chassis.relay.log_check import READ_AT_ONCE
from services.chassis.relay.outbox import acknowledged
from services.chassis.store.event_store import UNKNOWN_CALLER
from services.chassis.store.tables import chains, events, relays, sequenced, streams
from services.contract.envelope import content_digest, known_time_of
from services.contract.event_types import EVENT_TYPES
from services.contract.facts import facts_after
from services.contract.topics import TopicGeneration


class CantRestore(Exception):
    """The store can't be filled from the log; nothing was changed. The text says why."""


@dataclass(frozen=True, slots=True)
class _OnLog:
    """An event as read from the log, and where it stands there."""

    sequence: int
    previous: int
    partition: int
    offset: int
    event: dict[str, Any]


def restore(database: Database, log: EventLog, topic: TopicGeneration) -> int:
    """Append every event that the log holds and the store does not; how many that were.

    All in one transaction. Events that the store took after it was restored and before it was
    closed come after them. Raises `CantRestore` where the log has holes or where such an event
    stands in a stream that has gone on, and `LogError` where the log can't be read.
    """
    found = _read(log, database, topic)
    with database.write() as connection:
        last: int = connection.execute(
            select(relays.c.last_sequence).where(relays.c.generation == topic.generation)
        ).scalar_one()
        missing = [found[sequence] for sequence in sorted(found) if sequence > last]
        _check_dense(missing, last)
        later = _take_out_unsequenced(connection, topic)
        try:
            for one in missing:
                _append(connection, topic, one)
            if missing:
                _move_on(connection, topic, missing)
            for row in later:
                connection.execute(events.insert(), row)
        except IntegrityError:
            raise CantRestore(
                "The store has taken events since it was restored that stand where the log has others. "
                "Restore the back-up again and keep the service stopped until this command has run."
            ) from None
        _open(connection, topic)
    return len(missing)


def _read(log: EventLog, database: Database, topic: TopicGeneration) -> dict[int, _OnLog]:
    """Events on the log behind what the store knows to be acknowledged, by sequence."""
    found: dict[int, _OnLog] = {}
    _, offsets = acknowledged(database, topic.generation)
    for partition, offset in offsets.items():
        start = offset + 1
        while records := log.read(topic, partition, start, READ_AT_ONCE):
            for record in records:
                event = orjson.loads(record.value)
                sequence, previous = int(event.pop("sequence")), int(event.pop("previoussequence"))
                found.setdefault(sequence, _OnLog(sequence, previous, partition, record.offset, event))
            start = records[-1].offset + 1
    return found


def _check_dense(missing: Sequence[_OnLog], last: int) -> None:
    for expected, one in enumerate(missing, last + 1):
        if one.sequence != expected:
            raise CantRestore(f"The log does not hold sequence {expected}. Restore a newer back-up.")


def _take_out_unsequenced(connection: Connection, topic: TopicGeneration) -> list[dict[str, Any]]:
    """Rows that were appended but never sequenced, to be put behind what comes from the log."""
    waiting = events.c.position > (
        select(relays.c.sequenced_position).where(relays.c.generation == topic.generation).scalar_subquery()
    )
    rows = connection.execute(select(events).where(waiting).order_by(events.c.position)).mappings().all()
    connection.execute(delete(events).where(waiting))
    return [{name: value for name, value in row.items() if name != "position"} for row in rows]


def _append(connection: Connection, topic: TopicGeneration, one: _OnLog) -> None:
    event = one.event
    event_type = EVENT_TYPES[event["type"]]
    told = {name: value for name, value in event["data"].items() if name != "previous"}
    key = {"kind": event_type.kind, "subject": event["subject"]}
    at = {"version": event["streamversion"], "recorded_time": event["recordedtime"]}
    position = connection.execute(
        events.insert().returning(events.c.position),
        {
            "caller": UNKNOWN_CALLER,
            "source": event["source"],
            "event_id": event["id"],
            "digest": content_digest(event_type.full_name, event["subject"], event, told),
            **key,
            **at,
            "partition_key": event["partitionkey"],
            "content": orjson.dumps(event),
            "warnings": orjson.dumps([]),
        },
    ).scalar_one()
    facts = facts_after(
        event_type.name, event["data"].get("previous"), told, event["origin"], known_time_of(event)
    )
    if event_type.kind == "figures":
        facts = _all_figures(connection, key["subject"], facts)
    row = {**key, **at, "partition_key": event["partitionkey"], "facts": orjson.dumps(facts)}
    connection.execute(
        delete(streams).where(streams.c.kind == key["kind"], streams.c.subject == key["subject"])
    )
    connection.execute(streams.insert(), row)
    connection.execute(
        sequenced.insert(),
        {
            "generation": topic.generation,
            "sequence": one.sequence,
            "position": position,
            "partition": one.partition,
            "previous_sequence": one.previous,
        },
    )


def _all_figures(connection: Connection, subject: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A figure's event carries only what it replaces; the others of its stream stand in the store."""
    before = connection.execute(
        select(streams.c.facts).where(streams.c.kind == "figures", streams.c.subject == subject)
    ).scalar_one_or_none()
    if before is None:
        return facts
    return {**facts, "figures": {**orjson.loads(before)["figures"], **facts["figures"]}}


def _move_on(connection: Connection, topic: TopicGeneration, missing: Sequence[_OnLog]) -> None:
    """All that came from the log is sequenced and acknowledged."""
    position = connection.execute(select(func.max(sequenced.c.position))).scalar_one()
    newest = missing[-1].sequence
    connection.execute(
        update(relays)
        .where(relays.c.generation == topic.generation)
        .values(cursor=newest, last_sequence=newest, sequenced_position=position)
    )
    for one in missing:
        connection.execute(
            update(chains)
            .where(chains.c.generation == topic.generation, chains.c.partition == one.partition)
            .values(last_sequence=one.sequence, acknowledged_offset=one.offset)
        )


def _open(connection: Connection, topic: TopicGeneration) -> None:
    connection.execute(update(relays).where(relays.c.generation == topic.generation).values(closed=None))
