"""Statements for which each microsecond counts: compiled once, not looked up at every execution."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from services.chassis.database.database import Database


class Prepared:
    """One statement on one database. Values go to the driver, and come from it, as they are."""

    def __init__(self, database: Database, statement: Executable) -> None:
        compiled = statement.compile(dialect=database.engine.dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self._sql = compiled.string
        self._positions = compiled.positiontup if compiled.positional else None
        # What the statement brings along; what it wants to be given is None here.
        self._values = dict(compiled.params)

    def row(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any] | None:
        """The first row that it finds with the values that its parameters name."""
        found: Sequence[Any] | None = self._execute(connection, values).fetchone()
        return found

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changes with the values that its parameters name."""
        changed: int = self._execute(connection, values).rowcount
        return changed

    def count_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """The same for many rows of values, one after the other."""
        if self._positions is None:
            return connection.exec_driver_sql(self._sql, [{**self._values, **row} for row in rows]).rowcount
        brought = {name: value for name, value in self._values.items() if value is not None}
        named = [{**brought, **row} for row in rows] if brought else rows
        return connection.exec_driver_sql(self._sql, list(map(itemgetter(*self._positions), named))).rowcount

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        named = {**self._values, **values}
        given: Any = named if self._positions is None else tuple(named[name] for name in self._positions)
        # The driver is asked itself: SQLAlchemy's way costs several times what SQLite takes.
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(self._sql, given)
        except connection.dialect.loaded_dbapi.Error as error:
            # It knows which errors mean a lost connection, and tells those who listen for them.
            connection._handle_dbapi_exception(error, self._sql, given, None, None)
            raise
