"""PostgreSQL: many write at once, so positions do not rise in the order of commits.

**Order.** An event bears the id of its transaction. Ids are given in rising order, and of all below
the least one still at work it is known how they ended; so events of those are read, in the order of
(transaction, position), and nothing can appear in front of them any more. A transaction that is open
anywhere on the server delays reading, no more. A stream keeps its order because a transaction sees
the stream as it was before it got its id: whoever appended earlier has a lower one, and whoever
appended meanwhile makes it fail.

**Times.** There is no right to write under which to look at a clock. Instead a relay raises a floor,
to the present, *before* it looks which transactions have begun; a transaction reads the floor *after*
it has got its id, and records after it. So all that is recorded up to the floor belongs to
transactions that the relay saw, or that had ended before; and once the least id at work is above all
that it saw, everything recorded up to that floor can be read. The floor is a sequence, because all
transactions see a sequence's value at once, committed or not. No clock is trusted for that, only for
the time of day.

**Moving.** On another server ids begin anew, perhaps below those that events bear. A store knows the
identifier of its server; on another its epoch is raised by one, which stands before the id.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    extract,
    func,
    literal,
    literal_column,
    select,
    table,
    tuple_,
    update,
)

from services.chassis.clock import Clock
from services.chassis.database import Database, Given, Prepared
from services.chassis.store.heads import HeadRow, next_head
from services.chassis.store.order.port import Stamp
from services.chassis.store.records import EventRow
from services.chassis.store.tables import events, relays, store_epoch, streams
from services.contract.envelope import read_time, time_text

log = structlog.get_logger()

MOST_MOMENTS = 500
"""Moments that a leader remembers while transactions stay open; of more, every other is forgotten."""

# Relays that raise the floor wait for one another, for nothing else.
_FLOOR_LOCK = 0x666C_6F6F_72

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_floor = table("recorded_floor", column("last_value", BigInteger))
_epoch = select(store_epoch.c.epoch).scalar_subquery()


def _number(value: ColumnElement[Any]) -> ColumnElement[int]:
    """A transaction's id as a number of 64 bits."""
    return cast(cast(value, Text), BigInteger)


_snapshot = func.pg_current_snapshot()
_xmin, _xmax = _number(func.pg_snapshot_xmin(_snapshot)), _number(func.pg_snapshot_xmax(_snapshot))
_server = literal_column("(SELECT system_identifier::text FROM pg_control_system())", Text)


class PostgreSQLOrder:
    """Times rise within a stream, and beyond every claim, by the server's clock or by one given."""

    # With OFFSET this is worked out first, and so the id is had before clock and floor are read.
    source: FromClause = (
        select(_number(func.pg_current_xact_id()).label("transaction"))
        .offset(literal_column("0", Integer))
        .subquery("here")
    )

    def __init__(self, database: Database, clock: Clock | None) -> None:
        self._database = database
        self._clock = clock
        transaction = self.source.c.transaction
        above = select(_floor.c.last_value + 1).where(transaction > 0).correlate(self.source)
        self.columns: tuple[ColumnElement[Any], ...] = (
            _epoch,
            transaction,
            func.greatest(self._now, above.scalar_subquery()),
        )
        self._put = self._putting()
        self._new = Given(database, "new", {name: events.c[name].type for name in EventRow._fields})
        self._moved = Given(database, "moved", {name: streams.c[name].type for name in HeadRow._fields})
        self._put_all = self._putting_all()

    def parameters(self) -> Mapping[str, Any]:
        return {} if self._clock is None else {"now": _microseconds(self._clock())}

    def stamp(self, values: Sequence[Any]) -> Stamp:
        epoch, transaction, moment = values
        return Stamp(epoch, transaction, _text_of(moment))

    def put(self, connection: Connection, added: Sequence[EventRow], moved: Sequence[HeadRow]) -> bool:
        if len(added) == 1:
            return self._put.count(connection, {**moved[0]._asdict(), **added[0]._asdict()}) == 1
        given = {**self._new.values(added), **self._moved.values(moved)}
        row = self._put_all.row(connection, given)
        return row is not None and bool(row[0] == len(added))

    def readable(self) -> ColumnElement[bool]:
        return tuple_(events.c.epoch, events.c.transaction) < tuple_(_epoch, _xmin)

    def claims(self) -> "_Claims":
        return _Claims(self)

    def record_after(self, connection: Connection, moment: str) -> None:
        self.raise_floor(connection, moment)

    def raise_floor(self, connection: Connection, newest: str) -> int:
        """Raise the floor to the present and above ``newest``, in microseconds, at once and for all."""
        connection.execute(select(func.pg_advisory_xact_lock(_FLOOR_LOCK)))
        least = _microseconds(read_time(newest)) if newest else 0
        moment = func.greatest(self._now, _floor.c.last_value, literal(least, BigInteger))
        raised: int = connection.execute(
            select(func.setval("recorded_floor", moment)).select_from(_floor), self.parameters()
        ).scalar_one()
        return raised

    @property
    def _now(self) -> ColumnElement[int]:
        if self._clock is not None:
            return bindparam("now", type_=BigInteger)
        return cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)

    def _putting(self) -> Prepared:
        """One statement, one round trip: the event, and with it its stream's head."""
        insert = self._database.insert
        stored = (
            insert(events)
            .values({name: bindparam(name) for name in EventRow._fields})
            .on_conflict_do_nothing()
            .returning(*(events.c[one.name] for one in streams.c if one.name in events.c))
            .cte("stored")
        )
        head = [
            stored.c[one.name] if one.name in events.c else bindparam(one.name, type_=one.type)
            for one in streams.c
        ]
        moving = insert(streams).from_select(list(streams.c), select(*head))
        moving = moving.on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_=next_head(moving.excluded),
        )
        return Prepared(self._database, moving)

    def _putting_all(self) -> Prepared:
        """One statement for many events, in their order, and the heads of their streams."""
        new, moved, insert = self._new, self._moved, self._database.insert
        stored = (
            insert(events)
            .from_select(
                list(new.columns), select(*new.columns.values()).select_from(new.source).order_by(new.place)
            )
            .on_conflict_do_nothing()
            .returning(events.c.position)
            .cte("stored")
        )
        moving = insert(streams).from_select(list(moved.columns), select(*moved.columns.values()))
        moving = moving.on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_=next_head(moving.excluded),
        )
        heads = moving.returning(streams.c.version).cte("heads")
        return Prepared(self._database, select(func.count()).select_from(stored).add_cte(heads))


class _Claims:
    """Remembers to which moment the floor was raised, and which transactions had begun by then."""

    def __init__(self, order: PostgreSQLOrder) -> None:
        self._order = order
        self._raised: int | None = None
        self._moments: list[tuple[int, int]] = []

    def begin(self, newest: str) -> None:
        with self._order._database.write() as connection:
            # Should the server die before this is on disk, so do the transactions that read it.
            connection.execute(select(func.set_config("synchronous_commit", "off", True)))
            self._raised = self._order.raise_floor(connection, newest)

    def through(self, connection: Connection, newest: str, *, all_read: bool) -> str | None:
        xmin, xmax = connection.execute(select(_xmin, _xmax)).one()
        if self._raised is not None:
            self._moments.append((self._raised, xmax))
            self._raised = None
        known = [moment for moment, begun in self._moments if begun <= xmin]
        self._forget(known, xmin)
        if not all_read:
            return None
        claimed: str | None = connection.execute(select(func.max(relays.c.recorded_through))).scalar_one()
        reached = max([claimed or "", *(_text_of(moment) for moment in known[-1:])])
        return reached or None

    def _forget(self, known: Sequence[int], xmin: int) -> None:
        """Keep the newest moment that is known to be complete and those that are not yet."""
        open_still = [(moment, begun) for moment, begun in self._moments if begun > xmin]
        if len(open_still) > MOST_MOMENTS:
            open_still = open_still[1::2]
        self._moments = [*((moment, 0) for moment in known[-1:]), *open_still]


def raise_epoch_where_moved(connection: Connection) -> bool:
    """Raise a store's epoch where it lies on another server than before. False where there is no store."""
    connection.execution_options(bosatt_begin="read")
    with connection.begin():
        if connection.execute(select(func.to_regclass("store_epoch"))).scalar_one() is None:
            return False
        kept, here = connection.execute(select(store_epoch.c.server, _server)).one()
    if kept != here:
        # One at a time, and each sees what the one before did: it is raised once.
        connection.execution_options(bosatt_begin="migrate")
        with connection.begin():
            moved = connection.execute(
                update(store_epoch)
                .where(store_epoch.c.server != here)
                .values(epoch=store_epoch.c.epoch + 1, server=here)
            )
        if moved.rowcount == 1:
            log.warning("store.moved_to_another_server")
    return True


def _microseconds(moment: datetime) -> int:
    return (moment - _BEGINNING) // timedelta(microseconds=1)


def _text_of(microseconds: int) -> str:
    return time_text(_BEGINNING + timedelta(microseconds=microseconds))
