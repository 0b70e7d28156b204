"""SQLite: one writes at a time, so positions rise in the order of commits.

Whoever appends holds the right to write from the start of the transaction; so does the relay that
says up to which moment everything is sequenced.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database, PreparedRows
from services.chassis.store.heads import HeadRow, next_head
from services.chassis.store.order.port import Stamp, later
from services.chassis.store.records import EventRow
from services.chassis.store.tables import events, relays, streams
from services.contract.envelope import time_text

EPOCH, TRANSACTION = 1, 0


class SQLiteOrder:
    """Times rise with positions in the whole store, by the clock of whoever writes."""

    source: FromClause = select(literal_column("1").label("one")).subquery("here")
    columns: tuple[ColumnElement[Any], ...] = (
        select(events.c.recorded_time)
        .where(events.c.position == select(func.max(events.c.position)).scalar_subquery())
        .scalar_subquery(),
        select(func.max(relays.c.recorded_through)).scalar_subquery(),
    )

    def __init__(self, database: Database, clock: Clock | None) -> None:
        self._clock = clock or utc_now
        storing = database.insert(events).values({name: bindparam(name) for name in EventRow._fields})
        self._store = PreparedRows(database, storing.on_conflict_do_nothing(), EventRow._fields)
        moving = database.insert(streams).values({name: bindparam(name) for name in HeadRow._fields})
        moving = moving.on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_=next_head(moving.excluded),
        )
        self._move = PreparedRows(database, moving, HeadRow._fields)

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def stamp(self, values: Sequence[Any]) -> Stamp:
        last, claimed = values
        return Stamp(EPOCH, TRANSACTION, later(time_text(self._clock()), last or "", claimed or ""))

    def put(self, connection: Connection, added: Sequence[EventRow], moved: Sequence[HeadRow]) -> bool:
        if self._store.count(connection, added) != len(added):
            return False
        self._move.count(connection, moved)
        return True

    def readable(self) -> ColumnElement[bool]:
        return true()

    def claims(self) -> "_Claims":
        return _Claims(self._clock)

    def record_after(self, connection: Connection, moment: str) -> None:
        """Nothing to do: events are recorded after the last one in the store."""


class _Claims:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def begin(self, newest: str) -> None:
        """Nothing to do: the right to write is had first."""

    def through(self, connection: Connection, newest: str, *, all_read: bool) -> str | None:
        if not all_read:
            return None
        claimed: str | None = connection.execute(select(func.max(relays.c.recorded_through))).scalar_one()
        return max(time_text(self._clock()), claimed or "", newest)
