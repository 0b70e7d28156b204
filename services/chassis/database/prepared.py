"""Statements for which each microsecond counts: compiled once, not looked up at every execution."""

from collections.abc import Mapping, Sequence
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

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """All rows that it finds."""
        found: Sequence[Sequence[Any]] = self._execute(connection, values).fetchall()
        return found

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changes with the values that its parameters name."""
        changed: int = self._execute(connection, values).rowcount
        return changed

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        named = {**self._values, **values}
        given: Any = named if self._positions is None else tuple(named[name] for name in self._positions)
        return _asked(connection, "execute", self._sql, given)


def prepared(database: Database, statement: Executable) -> Prepared:
    """A statement made ready on a database, once for as long as that is there."""
    found: Prepared | None = database.prepared.get(statement)
    if found is None:
        found = database.prepared[statement] = Prepared(database, statement)
    return found


class PreparedRows:
    """One statement that is executed for many rows, each with its values in the order of their names.

    For databases on which parameters go by their places.
    """

    def __init__(self, database: Database, statement: Executable, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=database.engine.dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup == list(names), "the rows' values are in another order"
        self._sql = compiled.string

    def count(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """How many rows of the database it changes, executed with each of some rows after the other."""
        changed: int = _asked(connection, "executemany", self._sql, rows).rowcount
        return changed


def _asked(connection: Connection, how: str, sql: str, given: Any) -> Any:
    """What the driver itself answers: SQLAlchemy's way costs several times what SQLite takes."""
    driver: Any = connection.connection.driver_connection
    try:
        return getattr(driver, how)(sql, given)
    except connection.dialect.loaded_dbapi.Error as error:
        # It knows which errors mean a lost connection, and tells those who listen for them.
        connection._handle_dbapi_exception(error, sql, given, None, None)
        raise
