"""What is set aside, for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters, operations

_row = dead_letters.c


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that is in no total. ``held_behind`` counts those that wait for this one."""

    place: Place
    state: LetterState
    reason: str
    tries: int
    sequence: int | None
    stream: str | None
    key: str
    digest: str
    set_aside_at: str
    held_behind: int

    @property
    def may_leave_a_gap(self) -> bool:
        """Whether it is an event that its stream lacks where it is left out."""
        return self.sequence is not None and self.stream is not None


def letters_in(connection: Connection, states: Sequence[LetterState]) -> list[DeadLetter]:
    """All dead letters in some states, in the order of their places."""
    query = select(dead_letters).where(_row.state.in_(states))
    rows = connection.execute(query.order_by(_row.topic, _row.generation, _row.partition, _row.offset)).all()
    return [_letter(connection, row) for row in rows]


def letter_at(connection: Connection, place: Place) -> DeadLetter | None:
    """The dead letter at a place, None where there is none."""
    row = connection.execute(select(dead_letters).where(*_at(dead_letters, place))).one_or_none()
    return None if row is None else _letter(connection, row)


def places_of(connection: Connection, place: Place) -> set[int]:
    """The offsets of all dead letters in the partition of a place."""
    query = select(_row.offset).where(
        _row.topic == place.topic, _row.generation == place.generation, _row.partition == place.partition
    )
    return set(connection.scalars(query))


def operations_read(connection: Connection, place: Place) -> list[str]:
    """The ids of the operations about a place that the projection has read, in order."""
    query = select(operations.c.event_id).where(*_at(operations, place))
    return list(connection.scalars(query.order_by(operations.c.sequence)))


def _letter(connection: Connection, row: Any) -> DeadLetter:
    held = 0
    if row.state == LetterState.PARKED:
        behind = _row.key == row.key if row.subject is None else _row.subject == row.subject
        query = select(func.count()).where(
            _row.topic == row.topic,
            _row.generation == row.generation,
            _row.partition == row.partition,
            _row.offset > row.offset,
            _row.state == LetterState.HELD,
            behind,
        )
        held = connection.scalar(query) or 0
    return DeadLetter(
        Place(row.topic, row.generation, row.partition, row.offset),
        LetterState(row.state),
        row.reason,
        row.tries,
        row.sequence,
        row.subject,
        row.key,
        row.digest,
        row.set_aside_at,
        held,
    )


def _at(table: Any, place: Place) -> tuple[Any, ...]:
    return tuple(table.c[name] == value for name, value in place._asdict().items())
