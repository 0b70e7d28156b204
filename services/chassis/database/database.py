"""A database and its kinds of transaction: writing, and reading one consistent state."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Executable, RootTransaction, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from services.chassis.database.postgresql import postgresql_engine
from services.chassis.database.sqlite import sqlite_engine

Check = Callable[[Connection], bool]


class Database:
    """One database of one owner. Open it after a fork, never before."""

    def __init__(self, url: str) -> None:
        self.url = url
        on_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = sqlite_engine(url) if on_sqlite else postgresql_engine(url)
        self.prepared: dict[Executable, Any] = {}
        """Statements that were made ready on it, by what they are made of."""
        self._checks: list[Check] = []
        self._pool = self.engine.pool
        self._closed = False

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A writing transaction. Commits at the end of the block; any exception rolls all of it back.

        On SQLite it holds the right to write from its first statement on. On PostgreSQL several may
        write at once, each on the state that it saw at its first statement; who would change what
        another has changed since gets `Overtaken`, at any statement.
        """
        with self._transaction("write") as (connection, _):
            yield connection

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """A writing transaction that is rolled back at the end of the block, whatever happened."""
        with self._transaction("write") as (connection, transaction):
            yield connection
            transaction.rollback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction in which every statement sees the same state. Keep it short."""
        with self._transaction("read") as (connection, _):
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection without a transaction, for single prepared statements that read the newest state."""
        connection = self.engine.connect()
        try:
            self._check(connection)
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A writing transaction that only one at a time has, and that sees what the one before did."""
        with self._transaction("migrate") as (connection, _):
            yield connection

    def before_use(self, check: Check) -> None:
        """Have something looked at on every new connection before its use, until it returns True there.

        It begins and ends its own transactions. Migrations do without.
        """
        self._checks.append(check)

    def insert(self, table: Table) -> Any:
        """An insert statement that knows ``on_conflict_do_update`` and ``_do_nothing``.

        It tells how many rows it put, and gives back no keys unless it is told to.
        """
        insert = sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)
        return insert.inline().execution_options(preserve_rowcount=True)

    def close(self) -> None:
        """Close every connection; those in use as soon as their transactions end."""
        self._closed = True
        self.engine.dispose()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[tuple[Connection, RootTransaction]]:
        connection, transaction = self._begun(kind)
        try:
            with transaction:
                yield connection, transaction
        finally:
            self._give_back(connection)

    def _begun(self, kind: str) -> tuple[Connection, RootTransaction]:
        """A connection with a transaction open on it, though the server was restarted in between.

        What begins first learns that the connections kept are dead, and they are given up together:
        so one more attempt is as good as asking each connection whether it lives before its use.
        """
        try:
            return self._begin(kind)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._begin(kind)

    def _begin(self, kind: str) -> tuple[Connection, RootTransaction]:
        connection = self.engine.connect()
        try:
            if kind != "migrate":
                self._check(connection)
            connection.execution_options(bosatt_begin=kind)
            return connection, connection.begin()
        except BaseException:
            self._give_back(connection)
            raise

    def _give_back(self, connection: Connection) -> None:
        connection.close()
        if self._closed:
            # It went to a pool that was emptied before, or to the one that took its place.
            self._pool.dispose()
            self.engine.dispose()

    def _check(self, connection: Connection) -> None:
        done = connection.info.setdefault("bosatt_checks", 0)
        for check in self._checks[done:]:
            if not check(connection):
                return
            connection.info["bosatt_checks"] += 1
