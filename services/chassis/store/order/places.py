"""Where an event stands in its store's order."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, literal, tuple_

from services.chassis.store.tables import events

PLACE = (events.c.epoch, events.c.transaction, events.c.position)


class Place(NamedTuple):
    """An event's place. No event stands at the beginning, (0, 0, 0)."""

    epoch: int = 0
    transaction: int = 0
    position: int = 0


def in_order(connection: Connection) -> tuple[ColumnElement[int], ...]:
    """What to order events by, to have them in the order of their places."""
    return PLACE[2:] if _one_writes_at_a_time(connection) else PLACE


def behind(connection: Connection, place: Place) -> ColumnElement[bool]:
    """That an event stands behind a place."""
    if _one_writes_at_a_time(connection):
        return events.c.position > place.position
    values = (literal(value, column.type) for value, column in zip(place, PLACE, strict=True))
    return tuple_(*PLACE) > tuple_(*values)


def _one_writes_at_a_time(connection: Connection) -> bool:
    """Then all are of one epoch and one transaction, and the key of the table is the order."""
    return connection.dialect.name == "sqlite"
