"""One transaction on a store: looks first, then appends, all or nothing."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from services.chassis.database import TEXT, Database, Given, Prepared
from services.chassis.store.heads import HeadRow, head_row
from services.chassis.store.order import Order, Stamp, after, later
from services.chassis.store.records import (
    UNKNOWN_CALLER,
    EventRow,
    Found,
    NewEvent,
    StoredReceipt,
    StreamHead,
    VersionConflict,
    Wanted,
)
from services.chassis.store.tables import Standing, events, relays, streams

_RECEIPT = (
    events.c.digest,
    events.c.event_id,
    events.c.source,
    events.c.subject,
    events.c.version,
    events.c.recorded_time,
    events.c.warnings,
)
_HEAD = (streams.c.version, streams.c.partition_key, streams.c.recorded_time, streams.c.facts)
_THIS_EVENT = and_(
    events.c.source == bindparam("source"),
    events.c.event_id == bindparam("event_id"),
    events.c.caller.in_((bindparam("caller"), UNKNOWN_CALLER)),
)
_THIS_STREAM = and_(streams.c.kind == bindparam("kind"), streams.c.subject == bindparam("subject"))
WHY_CLOSED = select(func.max(relays.c.closed)).where(relays.c.standing != Standing.RETIRED.value)
"""Why a service takes no commands, null where it does."""

# In this order, so that the receipt of the caller itself comes last and stays.
_A_RECEIPT_OF_NOBODY, _A_RECEIPT, _A_HEAD = 1, 2, 3

_FIND_RECEIPT = select(*_RECEIPT).where(_THIS_EVENT).order_by(events.c.caller.desc())
_FIND_HEAD = select(*_HEAD).where(_THIS_STREAM)


class Statements:
    """The statements that depend on the database, made once."""

    def __init__(self, database: Database, order: Order) -> None:
        self.order = order
        self.stamp: Select[Any] = select(*order.columns).select_from(order.source)
        # An event restored from the log has no caller; the caller's own comes before it.
        look = (
            select(*order.columns, WHY_CLOSED.scalar_subquery(), *_RECEIPT, *_HEAD)
            .select_from(order.source.outerjoin(events, _THIS_EVENT).outerjoin(streams, _THIS_STREAM))
            .order_by(events.c.caller.desc())
        )
        self.look = Prepared(database, look)
        self.wanted = Given(
            database,
            "wanted",
            {"caller": TEXT, "source": TEXT, "event_id": TEXT, "kind": TEXT, "subject": TEXT},
        )
        found = self._found()
        every = (
            select(*order.columns, WHY_CLOSED.scalar_subquery(), *found.c)
            .select_from(order.source.outerjoin(found, true()))
            .order_by(found.c.mark)
        )
        self.look_all = Prepared(database, every)

    def _found(self) -> Subquery:
        """What is there of many events: rows for receipts and, with another mark, for heads of streams."""
        wanted = self.wanted.columns
        none = literal_column("''", Text)
        receipts = [
            self._receipts(_A_RECEIPT_OF_NOBODY, literal_column(f"'{UNKNOWN_CALLER}'", Text)),
            self._receipts(_A_RECEIPT, wanted["caller"]),
        ]
        same_stream = and_(streams.c.kind == wanted["kind"], streams.c.subject == wanted["subject"])
        source, (kind, subject, version, key, recorded, facts) = self.wanted.beside(
            (streams.c.kind, streams.c.subject, *_HEAD), same_stream
        )
        heads = select(
            literal_column(str(_A_HEAD), Integer),
            none,
            kind,
            subject,
            none,
            key,
            version,
            recorded,
            facts,
        ).select_from(source)
        return union_all(*receipts, heads).subquery("found")

    def _receipts(self, mark: int, caller: ColumnElement[str]) -> Select[Any]:
        wanted = self.wanted.columns
        same_event = and_(
            events.c.event_id == wanted["event_id"],
            events.c.source == wanted["source"],
            events.c.caller == caller,
        )
        source, receipt = self.wanted.beside(_RECEIPT, same_event)
        return select(
            literal_column(str(mark), Integer).label("mark"), wanted["caller"].label("caller"), *receipt
        ).select_from(source)


class StoreTransaction:
    """Every read shows the store as it was at the first one, with what the transaction appended."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self.connection = connection
        self._statements = statements
        self._order = statements.order
        self._stamp: Stamp | None = None
        self._last = ""
        # Of what was added here the rows are kept and no more: of ten thousand events that is much.
        self._heads: dict[tuple[str, str], StreamHead | HeadRow | None] = {}
        self._receipts: dict[tuple[str, str, str], StoredReceipt | EventRow | None] = {}
        self._added: list[EventRow] = []
        self._moved: dict[tuple[str, str], HeadRow] = {}

    def look_all(self, wanted: Sequence[Wanted]) -> str | None:
        """Look for what is to be known of many events in one round trip; why nothing is taken, if so.

        `receipt` and `head` tell it then.
        """
        for one in wanted:
            self._receipts.setdefault((one.caller, one.source, one.event_id), None)
            self._heads.setdefault((one.kind, one.subject), None)
        given = {**self._order.parameters(), **self._statements.wanted.values(wanted)}
        rows = self._statements.look_all.rows(self.connection, given)
        stamped = len(self._order.columns)
        self._stamp = self._order.stamp(rows[0][:stamped])
        closed: str | None = rows[0][stamped]
        for row in rows:
            mark, caller, *found = row[stamped + 1 :]
            if mark in (_A_RECEIPT_OF_NOBODY, _A_RECEIPT):
                stored = _receipt_of(found)
                assert stored is not None
                self._receipts[caller, stored.source, stored.event_id] = stored
            elif mark == _A_HEAD:
                kind, subject, _, key, version, recorded, facts = found
                self._heads[kind, subject] = _head_of((version, key, recorded, facts))
        return closed

    def look(self, caller: str, source: str, event_id: str, kind: str, subject: str) -> Found:
        """All that is to be known of an event before it is appended, in one round trip."""
        row = self._statements.look.row(
            self.connection,
            {
                **self._order.parameters(),
                "caller": caller,
                "source": source,
                "event_id": event_id,
                "kind": kind,
                "subject": subject,
            },
        )
        assert row is not None
        stamped = len(self._order.columns)
        self._stamp = self._order.stamp(row[:stamped])
        closed, *found = row[stamped:]
        head = _head_of(found[len(_RECEIPT) :])
        stored = _receipt_of(found[: len(_RECEIPT)])
        self._heads[kind, subject] = head
        self._receipts[caller, source, event_id] = stored
        return Found(closed, stored, head)

    def receipt(self, caller: str, source: str, event_id: str) -> StoredReceipt | None:
        """The receipt of an event that a caller has stored before."""
        key = (caller, source, event_id)
        if key in self._receipts:
            known = self._receipts[key]
            return known.receipt() if isinstance(known, EventRow) else known
        row = self.connection.execute(
            _FIND_RECEIPT, {"caller": caller, "source": source, "event_id": event_id}
        ).first()
        return None if row is None else _receipt_of(row)

    def head(self, kind: str, subject: str) -> StreamHead | None:
        """Where a stream stands, None where it does not exist."""
        place = (kind, subject)
        if place not in self._heads:
            row = self.connection.execute(_FIND_HEAD, {"kind": kind, "subject": subject}).one_or_none()
            self._heads[place] = None if row is None else _head_of(row)
        known = self._heads[place]
        return known.head() if isinstance(known, HeadRow) else known

    def append(self, new: NewEvent) -> str:
        """Store an event as its stream's next version and return its recorded time.

        Raises `VersionConflict` where the stream is not at the expected version or the same event
        was stored before, in which case the transaction may go on; `Overtaken` where that happened
        meanwhile, which ends it.
        """
        recorded = self.add(new)
        self.store_added()
        return recorded

    def add(self, new: NewEvent, recorded: str = "") -> str:
        """The same for many: they are stored by `store_added`, and until then known here.

        ``recorded`` is what `next_moment` gave for it, where that was asked. Raises `VersionConflict`
        where the stream is not at the expected version.
        """
        place = (new.kind, new.subject)
        head = self.head(*place)
        if (0 if head is None else head.version) != new.expected_version:
            raise VersionConflict(new.subject)
        stamp = self._stamp or self._read_stamp()
        recorded = recorded or self.next_moment(head)
        version = new.expected_version + 1
        row = EventRow(
            stamp.epoch,
            stamp.transaction,
            new.caller,
            new.source,
            new.event_id,
            new.digest,
            new.kind,
            new.subject,
            version,
            new.partition_key,
            recorded,
            orjson.dumps({**new.content, "recordedtime": recorded}),
            orjson.dumps(new.warnings),
        )
        moved = head_row(new.kind, new.subject, version, new.partition_key, recorded, new.facts_of(recorded))
        if place in self._moved:
            moved = moved.after(self._moved[place])
        self._added.append(row)
        self._receipts[new.caller, new.source, new.event_id] = row
        self._moved[place] = self._heads[place] = moved
        self._last = recorded
        return recorded

    def next_moment(self, head: StreamHead | None) -> str:
        """When the next event that is added is recorded, in the stream with that head."""
        if self._last and (head is None or head.recorded_time <= self._last):
            return after(self._last)
        stamp = self._stamp or self._read_stamp()
        return later(stamp.moment, self._last, "" if head is None else head.recorded_time)

    def store_added(self) -> None:
        """Store what was added. Raises `VersionConflict` where any of it was stored before.

        What was looked at is forgotten: from now on the store itself tells it.
        """
        added, self._added = self._added, []
        moved, self._moved = self._moved, {}
        self._heads.clear()
        self._receipts.clear()
        if added and not self._order.put(self.connection, added, list(moved.values())):
            raise VersionConflict(added[0].subject)

    def _read_stamp(self) -> Stamp:
        row = self.connection.execute(self._statements.stamp, self._order.parameters()).one()
        self._stamp = self._order.stamp(row)
        return self._stamp


def _receipt_of(values: Sequence[Any]) -> StoredReceipt | None:
    digest, event_id, source, subject, version, recorded, warnings = values
    if digest is None:
        return None
    return StoredReceipt(digest, event_id, source, subject, version, recorded, orjson.loads(warnings))


def _head_of(values: Sequence[Any]) -> StreamHead | None:
    version, partition_key, recorded, facts = values
    return None if version is None else StreamHead(version, partition_key, recorded, orjson.loads(facts))
