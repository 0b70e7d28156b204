"""A store's events, stream by stream, read in bounded pieces of a short transaction each.

Events are never changed and a stream only grows at its end, so pieces of several moments fit together.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, literal, select, tuple_

from services.chassis.database import Database
from services.chassis.store.tables import events, relays, sequenced, streams

AT_ONCE = 500
"""Events in one piece: memory, and how long a transaction lasts, are bounded by them."""

_ORDER = (events.c.kind, events.c.subject, events.c.version)


class Stored(NamedTuple):
    """An event in its stream. ``sequence`` and ``partition`` are None where it has none yet."""

    kind: str
    subject: str
    version: int
    sequence: int | None
    partition: int | None
    content: bytes


class Placed(NamedTuple):
    """An event's place in its stream, and the version of the stream's head at that moment (None: no head)."""

    kind: str
    subject: str
    version: int
    head: int | None


def in_streams(database: Database, generation: int) -> Iterator[Sequence[Stored]]:
    """All events in the order of streams and versions, with their sequences in a topic's generation."""
    joined = events.outerjoin(
        sequenced, and_(sequenced.c.position == events.c.position, sequenced.c.generation == generation)
    )
    query = select(*_ORDER, sequenced.c.sequence, sequenced.c.partition, events.c.content).select_from(joined)
    for rows in _pieces(database, query):
        yield [Stored(*row) for row in rows]


def places(database: Database) -> Iterator[Sequence[Placed]]:
    """The places of all events in the order of streams and versions."""
    same = and_(streams.c.kind == events.c.kind, streams.c.subject == events.c.subject)
    query = select(*_ORDER, streams.c.version.label("head")).select_from(events.outerjoin(streams, same))
    for rows in _pieces(database, query):
        yield [Placed(*row) for row in rows]


def heads_without_events(database: Database) -> Iterator[Sequence[tuple[str, str]]]:
    """Kind and subject of streams that have a head and no first event, of one piece after another."""
    first = and_(
        events.c.kind == streams.c.kind, events.c.subject == streams.c.subject, events.c.version == 1
    )
    order = (streams.c.kind, streams.c.subject)
    query = select(*order, events.c.position).select_from(streams.outerjoin(events, first)).order_by(*order)
    at: tuple[str, ...] = ("", "")
    while True:
        with database.read() as connection:
            rows = connection.execute(query.where(_after(order, at)).limit(4 * AT_ONCE)).all()
        if not rows:
            return
        yield [(kind, subject) for kind, subject, position in rows if position is None]
        at = tuple(rows[-1][:2])


def last_sequence(connection: Connection, generation: int) -> int:
    """The last sequence that a relay gave in a generation; 0 where it has not begun."""
    found: int | None = connection.scalar(
        select(relays.c.last_sequence).where(relays.c.generation == generation)
    )
    return found or 0


def _pieces(database: Database, query: Any) -> Iterator[Sequence[Any]]:
    at: tuple[str | int, ...] = ("", "", 0)
    ordered = query.order_by(*_ORDER).limit(AT_ONCE)
    while True:
        with database.read() as connection:
            rows = connection.execute(ordered.where(_after(_ORDER, at))).all()
        if not rows:
            return
        yield rows
        at = tuple(rows[-1][:3])


def _after(order: Sequence[ColumnElement[Any]], at: Sequence[str | int]) -> ColumnElement[bool]:
    values = (literal(value, column.type) for value, column in zip(at, order, strict=True))
    return tuple_(*order) > tuple_(*values)
