"""Fill a store that was restored from an old back-up with the events that the log still holds.

The log has the facts; what it does not have is who posted an event. Such events bear no caller,
and a repeat of them is recognised by ``source`` and ``id`` from any caller.

They get places of the epoch and transaction of the last event that had a sequence, with positions
above its: behind everything sequenced, and in front of everything else, also of what a transaction
that is still open may store.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from services.chassis.consuming.records import Unreadable, event_in, link_of
from services.chassis.database import Database, Overtaken
from services.chassis.log.port import EventLog
from services.chassis.relay.log_check import READ_AT_ONCE
from services.chassis.relay.outbox import acknowledged, sequenced_up_to
from services.chassis.store import EventStore
from services.chassis.store.heads import head_row, next_head
from services.chassis.store.order import Place, behind, in_order
from services.chassis.store.records import UNKNOWN_CALLER
from services.chassis.store.tables import chains, events, relays, sequenced, streams
from services.contract.envelope import digest_of, known_time_of, said_by
from services.contract.event_types import EVENT_TYPES
from services.contract.facts import facts_after
from services.contract.topics import TopicGeneration

ATTEMPTS = 50
LONGEST_PAUSE = 0.1


class CantRestore(Exception):
    """The store can't be filled from the log; nothing was changed. The text says why."""


_Version = tuple[str, str, int]
"""Kind and subject of a stream, and a version in it."""


@dataclass(frozen=True, slots=True)
class _OnLog:
    """An event as read from the log, and where it stands there."""

    sequence: int
    previous: int
    partition: int
    offset: int
    event: dict[str, Any]


def restore(store: EventStore, log: EventLog, topic: TopicGeneration) -> int:
    """Append every event that the log holds and the store does not; how many that were.

    All in one transaction. Events that the store took after it was restored and before it was
    closed come after them; those of which the log tells too, because the back-up was made between
    their storing and their relaying, keep their caller. Raises `CantRestore` where the log has holes or
    where such an event stands in a stream that has gone on, and `LogError` where the log can't be read.
    """
    _check_led(store.database, topic)
    found = _read(log, store.database, topic)
    for _ in range(ATTEMPTS):
        try:
            with store.database.write() as connection:
                return _fill(connection, store, topic, found)
        except IntegrityError:
            raise CantRestore(
                "The store has taken events since it was restored that stand where the log has others. "
                "Restore the back-up again and keep the service stopped until this command has run."
            ) from None
        except Overtaken:
            # By a relay that prolonged its lease, or a service that was just storing something.
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - spread, not secrecy
    raise CantRestore(
        "The store is written to all the time. Stop the service and its relay, and call this again."
    )


def _fill(connection: Connection, store: EventStore, topic: TopicGeneration, found: dict[int, _OnLog]) -> int:
    # The lock keeps the relay from prolonging its lease meanwhile, which would undo all of this.
    last: int = connection.execute(
        select(relays.c.last_sequence).where(relays.c.generation == topic.generation).with_for_update()
    ).scalar_one()
    missing = [found[sequence] for sequence in sorted(found) if sequence > last]
    _check_dense(missing, last)
    place = sequenced_up_to(connection, topic.generation)
    waiting = _take_out_unsequenced(connection, place)
    if missing:
        for one in missing:
            row = _row_of(one, place)
            row |= _known_of(waiting, row)
            place = _append(store.database, connection, topic, one, row)
        _move_on(connection, topic, missing, place)
        store.order.record_after(connection, max(one.event["recordedtime"] for one in missing))
    for row in waiting.values():
        connection.execute(events.insert(), row)
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
                try:
                    event = event_in(record.value)
                    previous, sequence = link_of(event)
                except Unreadable:
                    # It has no place in the chain, so it never came from a relay.
                    continue
                del event["sequence"], event["previoussequence"]
                found.setdefault(sequence, _OnLog(sequence, previous, partition, record.offset, event))
            start = records[-1].offset + 1
    return found


def _check_led(database: Database, topic: TopicGeneration) -> None:
    with database.read() as connection:
        led = connection.execute(select(relays.c.token).where(relays.c.generation == topic.generation))
        if led.first() is None:
            service = topic.topic.removeprefix("bosatt.")
            raise CantRestore(
                f"No relay has ever led here. Start one (bosatt relay {service}); when it has closed the "
                "service because the log holds more than the store, call this again."
            )


def _check_dense(missing: Sequence[_OnLog], last: int) -> None:
    for expected, one in enumerate(missing, last + 1):
        if one.sequence != expected:
            raise CantRestore(f"The log does not hold sequence {expected}. Restore a newer back-up.")


def _take_out_unsequenced(connection: Connection, sequenced_up_to: Place) -> dict[_Version, dict[str, Any]]:
    """Rows that were appended but never sequenced, in order, to be put behind what comes from the log."""
    waiting = behind(connection, sequenced_up_to)
    rows = connection.execute(select(events).where(waiting).order_by(*in_order(connection))).mappings().all()
    connection.execute(delete(events).where(waiting))
    return {
        (row["kind"], row["subject"], row["version"]): {
            name: value for name, value in row.items() if name != "position"
        }
        for row in rows
    }


def _row_of(one: _OnLog, after: Place) -> dict[str, Any]:
    """An event's row, as far as the log tells, in the place behind another."""
    event = one.event
    event_type = EVENT_TYPES[event["type"]]
    return {
        # An epoch begins with 1; before the first sequence there is none.
        "epoch": max(after.epoch, 1),
        "transaction": after.transaction,
        "caller": UNKNOWN_CALLER,
        "source": event["source"],
        "event_id": event["id"],
        "digest": digest_of(said_by(event_type.full_name, event["subject"], event, _told(event))),
        "kind": event_type.kind,
        "subject": event["subject"],
        "version": event["streamversion"],
        "partition_key": event["partitionkey"],
        "recorded_time": event["recordedtime"],
        "content": orjson.dumps(event),
        "warnings": orjson.dumps([]),
    }


def _known_of(waiting: dict[_Version, dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    """What the store knew of an event and the log does not; the event waits no longer then."""
    version = (row["kind"], row["subject"], row["version"])
    known = waiting.get(version)
    if known is None or any(known[name] != row[name] for name in ("source", "event_id", "digest")):
        return {}
    del waiting[version]
    return {name: known[name] for name in ("caller", "warnings")}


def _append(
    database: Database, connection: Connection, topic: TopicGeneration, one: _OnLog, row: dict[str, Any]
) -> Place:
    """Store an event with its sequence and move its stream's head; its place."""
    position = connection.execute(events.insert().returning(events.c.position), row).scalar_one()
    event = one.event
    name = EVENT_TYPES[event["type"]].name
    facts = facts_after(
        name, event["data"].get("previous"), _told(event), event["origin"], known_time_of(event)
    )
    if row["kind"] == "figures":
        facts = _all_figures(connection, row["subject"], facts)
    head = head_row(
        row["kind"], row["subject"], row["version"], row["partition_key"], row["recorded_time"], facts
    )
    moving = database.insert(streams)
    connection.execute(
        moving.on_conflict_do_update(index_elements=["kind", "subject"], set_=next_head(moving.excluded)),
        head._asdict(),
    )
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
    return Place(row["epoch"], row["transaction"], position)


def _told(event: dict[str, Any]) -> dict[str, Any]:
    """What its sender said."""
    return {name: value for name, value in event["data"].items() if name != "previous"}


def _all_figures(connection: Connection, subject: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A figure's event carries only what it replaces; the others of its stream stand in the store."""
    before = connection.execute(
        select(streams.c.facts).where(streams.c.kind == "figures", streams.c.subject == subject)
    ).scalar_one_or_none()
    if before is None:
        return facts
    return {**facts, "figures": {**orjson.loads(before)["figures"], **facts["figures"]}}


def _move_on(connection: Connection, topic: TopicGeneration, missing: Sequence[_OnLog], place: Place) -> None:
    """All that came from the log is sequenced and acknowledged."""
    newest = missing[-1].sequence
    connection.execute(
        update(relays)
        .where(relays.c.generation == topic.generation)
        .values(
            cursor=newest,
            last_sequence=newest,
            sequenced_epoch=place.epoch,
            sequenced_transaction=place.transaction,
            sequenced_position=place.position,
        )
    )
    for one in missing:
        connection.execute(
            update(chains)
            .where(chains.c.generation == topic.generation, chains.c.partition == one.partition)
            .values(last_sequence=one.sequence, acknowledged_offset=one.offset)
        )


def _open(connection: Connection, topic: TopicGeneration) -> None:
    connection.execute(update(relays).where(relays.c.generation == topic.generation).values(closed=None))
