"""A database and its two kinds of transaction: writing, and reading one consistent state."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 5_000
MOST_CONNECTIONS = 40
"""Kept open to one SQLite file: more than there are threads that answer requests."""


class Database:
    """One database of one owner. Open it after a fork, never before."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the right to write from its first statement on.

        Commits at the end of the block; any exception rolls all of it back.
        """
        with self.engine.connect() as connection:
            connection.execution_options(bosatt_begin="IMMEDIATE")
            with connection.begin():
                yield connection

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """A writing transaction that is rolled back at the end of the block, whatever happened."""
        with self.engine.connect() as connection:
            connection.execution_options(bosatt_begin="IMMEDIATE")
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction in which every statement sees the same state. Keep it short."""
        with self.engine.connect() as connection:
            connection.execution_options(bosatt_begin="DEFERRED")
            with connection.begin():
                yield connection

    def insert(self, table: Table) -> Any:
        """An insert statement that knows ``on_conflict_do_update`` and ``_do_nothing``."""
        if self.dialect == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(url, isolation_level="REPEATABLE READ", pool_pre_ping=True)


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=MOST_CONNECTIONS)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # The driver's own transactions would begin late and upgrade a read lock, which fails.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("bosatt_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine
