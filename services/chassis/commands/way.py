"""How far an event has come: stored, relayed, projected, released, or left out of the totals."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, and_, or_, select

from services.chassis.commands.released import cause_of_drop, release_of
from services.chassis.relay.generations import IN_FORCE
from services.chassis.store.records import UNKNOWN_CALLER
from services.chassis.store.tables import events, relays, sequenced, streams
from services.contract.entitlements import Caller, owns_stream
from services.contract.envelope import log_value
from services.contract.topics import TopicGeneration

MOST = 50
"""Events of one id that are told of: of one caller it takes as many sources to have more."""


@dataclass(frozen=True, slots=True)
class Way:
    """An event of a caller's and the places that it has reached.

    ``relayed`` is its place on the log, None while the log is not known to hold it. ``released`` is the
    newest release known to contain it, and when that was published. ``dropped`` says why operators left
    it out of the totals for good.
    """

    event: dict[str, Any]
    subject: str
    version: int
    relayed: dict[str, Any] | None
    released: tuple[int, str] | None
    dropped: str | None

    @property
    def status(self) -> str:
        if self.dropped is not None:
            return "dropped"
        if self.released is not None:
            return "released"
        return "stored" if self.relayed is None else "relayed"

    def as_document(self) -> dict[str, Any]:
        released = None
        if self.released is not None and self.dropped is None:
            released = {"release": str(self.released[0]), "publishedAt": self.released[1]}
        return {
            "id": self.event["id"],
            "source": self.event["source"],
            "type": self.event["type"],
            "stream": self.subject,
            "version": self.version,
            "status": self.status,
            "stored": {"recordedTime": self.event["recordedtime"]},
            "relayed": self.relayed,
            # Nothing but a release tells of what has been projected: until then it is not known.
            "projected": (True if self.released is not None else None) if self.dropped is None else False,
            "released": released,
            "dropped": None if self.dropped is None else {"cause": self.dropped},
        }


def ways_of(
    connection: Connection, topic: TopicGeneration, caller: Caller, event_id: str, source: str | None
) -> Sequence[Way]:
    """The events that a caller has stored under an id, one per source.

    Of those restored from the log, of which nobody knows who stored them, the ones in streams of its own.
    """
    conditions = [
        events.c.event_id == event_id,
        or_(events.c.caller == caller.name, events.c.caller == UNKNOWN_CALLER),
    ]
    if source is not None:
        conditions.append(events.c.source == source)
    query = (
        select(
            *(events.c[name] for name in ("caller", "subject", "version", "partition_key", "content")),
            streams.c.facts,
            sequenced.c.generation,
            sequenced.c.partition,
            sequenced.c.sequence,
            sequenced.c.previous_sequence,
            relays.c.cursor,
        )
        .select_from(
            events.join(streams, and_(streams.c.kind == events.c.kind, streams.c.subject == events.c.subject))
            .outerjoin(relays, IN_FORCE)
            .outerjoin(
                sequenced,
                and_(
                    sequenced.c.position == events.c.position,
                    sequenced.c.generation == relays.c.generation,
                ),
            )
        )
        .where(*conditions)
        .order_by(events.c.source, events.c.caller.desc())
        .limit(MOST)
    )
    rows = connection.execute(query).all()
    return [
        _way(connection, topic.topic, row)
        for row in rows
        if row.caller != UNKNOWN_CALLER or owns_stream(caller, orjson.loads(row.facts), row.partition_key)
    ]


def _way(connection: Connection, topic: str, row: Any) -> Way:
    event = orjson.loads(row.content)
    if row.sequence is None or row.sequence > row.cursor:
        return Way(event, row.subject, row.version, None, None, None)
    relayed = {
        "topic": topic,
        "generation": row.generation,
        "partition": row.partition,
        "sequence": row.sequence,
    }
    # What operators drop they name by the digest of the record, which is made again here.
    value = log_value(event, row.sequence, row.previous_sequence)
    dropped = cause_of_drop(connection, hashlib.sha256(value).hexdigest())
    released = release_of(connection, topic, row.generation, row.partition, row.sequence)
    return Way(event, row.subject, row.version, relayed, released, dropped)
