"""Append events to streams with expected versions, and read back what a command needs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database, migrate
from services.chassis.store.tables import events, relays, streams
from services.contract.envelope import read_time, time_text
from services.contract.facts import Facts

MIGRATIONS = "services.chassis.store:migrations"


UNKNOWN_CALLER = ""
"""The caller of an event restored from the log, which does not tell who posted it."""


class VersionConflict(Exception):
    """Somebody else appended to the stream, or stored the same event, in between: look again."""


@dataclass(frozen=True, slots=True)
class StreamHead:
    """Where a stream stands: its version and the facts in force."""

    version: int
    partition_key: str
    recorded_time: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event ready to be stored, all but its recorded time.

    ``content`` is the event as it will stand on the log, without ``recordedtime`` and the
    attributes that the relay adds. ``facts_of`` gives the facts in force after it from the
    recorded time that it gets.
    """

    caller: str
    source: str
    event_id: str
    digest: str
    kind: str
    subject: str
    expected_version: int
    partition_key: str
    content: dict[str, Any]
    warnings: Sequence[dict[str, str]]
    facts_of: Callable[[str], Facts]


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """What was answered when an event was first stored, and the digest of its content."""

    digest: str
    event_id: str
    source: str
    subject: str
    version: int
    recorded_time: str
    warnings: list[dict[str, str]]


_FIND_RECEIPT = select(
    events.c.digest,
    events.c.event_id,
    events.c.source,
    events.c.subject,
    events.c.version,
    events.c.recorded_time,
    events.c.warnings,
).where(
    events.c.source == bindparam("source"),
    events.c.event_id == bindparam("event_id"),
    events.c.caller.in_((bindparam("caller"), UNKNOWN_CALLER)),
)
_FIND_HEAD = select(
    streams.c.version, streams.c.partition_key, streams.c.recorded_time, streams.c.facts
).where(streams.c.kind == bindparam("kind"), streams.c.subject == bindparam("subject"))
_BEFORE_APPEND = select(
    select(streams.c.version)
    .where(streams.c.kind == bindparam("kind"), streams.c.subject == bindparam("subject"))
    .scalar_subquery(),
    select(events.c.recorded_time)
    .where(events.c.position == select(func.max(events.c.position)).scalar_subquery())
    .scalar_subquery(),
    select(func.max(relays.c.recorded_through)).scalar_subquery(),
)


class StoreTransaction:
    """One transaction on a store: reads, then appends, all or nothing."""

    def __init__(self, connection: Connection, insert: Callable[[Any], Any], clock: Clock) -> None:
        self.connection = connection
        self._insert = insert
        self._clock = clock

    def receipt(self, caller: str, source: str, event_id: str) -> StoredReceipt | None:
        """The receipt of an event that a caller has stored before."""
        row = self.connection.execute(
            _FIND_RECEIPT, {"caller": caller, "source": source, "event_id": event_id}
        ).one_or_none()
        return None if row is None else StoredReceipt(*row[:-1], orjson.loads(row[-1]))

    def head(self, kind: str, subject: str) -> StreamHead | None:
        """Where a stream stands, None where it does not exist."""
        row = self.connection.execute(_FIND_HEAD, {"kind": kind, "subject": subject}).one_or_none()
        return None if row is None else StreamHead(*row[:-1], orjson.loads(row[-1]))

    def append(self, new: NewEvent) -> str:
        """Store an event as its stream's next version and return its recorded time.

        Raises `VersionConflict` where the stream is not at the expected version or the same
        event was stored meanwhile.
        """
        found, last, claimed = self.connection.execute(
            _BEFORE_APPEND, {"kind": new.kind, "subject": new.subject}
        ).one()
        if (found or 0) != new.expected_version:
            raise VersionConflict(new.subject)
        recorded = self._recorded_after(max(last or "", claimed or ""))
        content = {**new.content, "recordedtime": recorded}
        version = new.expected_version + 1
        try:
            self.connection.execute(
                events.insert(),
                {
                    "caller": new.caller,
                    "source": new.source,
                    "event_id": new.event_id,
                    "digest": new.digest,
                    "kind": new.kind,
                    "subject": new.subject,
                    "version": version,
                    "partition_key": new.partition_key,
                    "recorded_time": recorded,
                    "content": orjson.dumps(content),
                    "warnings": orjson.dumps(list(new.warnings)),
                },
            )
        except IntegrityError as conflict:
            raise VersionConflict(new.subject) from conflict
        head = {
            "version": version,
            "recorded_time": recorded,
            "facts": orjson.dumps(new.facts_of(recorded)),
        }
        key = {"kind": new.kind, "subject": new.subject, "partition_key": new.partition_key}
        self.connection.execute(
            self._insert(streams).on_conflict_do_update(index_elements=["kind", "subject"], set_=head),
            {**key, **head},
        )
        return recorded

    def _recorded_after(self, last: str) -> str:
        """Now, but after a moment, should the machine's clock have gone back.

        That is after everything recorded before and after every moment of which the relay has
        said that all is sequenced. Asked under the right to write, so that times rise with
        positions in the whole store.
        """
        now = time_text(self._clock())
        return now if now > last else time_text(read_time(last) + timedelta(microseconds=1))


class EventStore:
    """The event store of one service."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self.database = database
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []

    def migrate(self) -> None:
        """Bring the store's tables up to date."""
        migrate(self.database, MIGRATIONS)

    def on_append(self, listener: Callable[[], None]) -> None:
        """Call a function in this process after each transaction that may have appended."""
        self._listeners.append(listener)

    @contextmanager
    def transaction(self) -> Iterator[StoreTransaction]:
        """A writing transaction; what it appended is durable once the block has ended."""
        with self.database.write() as connection:
            yield StoreTransaction(connection, self.database.insert, self._clock)
        for listener in self._listeners:
            listener()

    @contextmanager
    def rehearsal(self) -> Iterator[StoreTransaction]:
        """The same, but at the end of the block everything is as it was before."""
        with self.database.rehearse() as connection:
            yield StoreTransaction(connection, self.database.insert, self._clock)
