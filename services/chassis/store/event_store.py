"""Append events to streams with expected versions, and read back what a command needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.chassis.clock import Clock
from services.chassis.database import Database, Overtaken, migrate
from services.chassis.store.order import order_of
from services.chassis.store.records import VersionConflict
from services.chassis.store.transaction import Statements, StoreTransaction

MIGRATIONS = "services.chassis.store:migrations"


class EventStore:
    """The event store of one service.

    Without a clock, events are recorded by the one that all who write share: the machine's on
    SQLite, the server's on PostgreSQL.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.order = order_of(database, clock)
        self._statements = Statements(database, self.order)
        self._listeners: list[Callable[[], None]] = []

    def migrate(self) -> None:
        """Bring the store's tables up to date."""
        migrate(self.database, MIGRATIONS)

    def on_append(self, listener: Callable[[], None]) -> None:
        """Call a function in this process after each transaction that may have appended."""
        self._listeners.append(listener)

    @contextmanager
    def transaction(self) -> Iterator[StoreTransaction]:
        """A writing transaction; what it appended is durable once the block has ended.

        Raises `VersionConflict` where somebody else wrote meanwhile what it looked at: try again.
        """
        with _conflicts_told(), self.database.write() as connection:
            yield StoreTransaction(connection, self._statements)
        for listener in self._listeners:
            listener()

    @contextmanager
    def rehearsal(self) -> Iterator[StoreTransaction]:
        """The same, but at the end of the block everything is as it was before."""
        with _conflicts_told(), self.database.rehearse() as connection:
            yield StoreTransaction(connection, self._statements)


@contextmanager
def _conflicts_told() -> Iterator[None]:
    try:
        yield
    except Overtaken as overtaken:
        raise VersionConflict from overtaken
