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
from services.chassis.database import Database, Prepared
from services.chassis.store.heads import next_head
from services.chassis.store.order.port import Stamp, later
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
        storing = database.insert(events).values(
            {one.name: bindparam(one.name) for one in events.c if one.name != "position"}
        )
        self._store = Prepared(database, storing.on_conflict_do_nothing())
        moving = database.insert(streams)
        moving = moving.on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_=next_head(moving.excluded),
        )
        self._move = Prepared(database, moving)

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def stamp(self, values: Sequence[Any]) -> Stamp:
        last, claimed = values
        return Stamp(EPOCH, TRANSACTION, later(time_text(self._clock()), last or "", claimed or ""))

    def put(self, connection: Connection, event: Mapping[str, Any], facts: bytes) -> bool:
        if self._store.count(connection, event) != 1:
            return False
        self._move.count(connection, {**_head_of(event), "facts": facts})
        return True

    def put_all(self, connection: Connection, rows: Sequence[tuple[Mapping[str, Any], bytes]]) -> bool:
        if self._store.count_all(connection, [event for event, _ in rows]) != len(rows):
            return False
        heads = {
            (event["kind"], event["subject"]): {**_head_of(event), "facts": facts} for event, facts in rows
        }
        self._move.count_all(connection, list(heads.values()))
        return True

    def readable(self) -> ColumnElement[bool]:
        return true()

    def claims(self) -> "_Claims":
        return _Claims(self._clock)

    def record_after(self, connection: Connection, moment: str) -> None:
        """Nothing to do: events are recorded after the last one in the store."""


_HEAD = [one.name for one in streams.c if one.name != "facts"]


def _head_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What a stream's row takes from the event that was stored last in it."""
    return {name: event[name] for name in _HEAD}


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
