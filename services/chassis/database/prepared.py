"""Statements for which each microsecond counts: compiled once, not looked up at every execution."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
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

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Execute it with the values that its parameters name."""
        named = {**self._values, **values}
        if self._positions is None:
            return connection.exec_driver_sql(self._sql, named)
        return connection.exec_driver_sql(self._sql, tuple(named[name] for name in self._positions))

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
        """The same for many rows, one after the other."""
        if self._positions is None:
            return connection.exec_driver_sql(self._sql, [{**self._values, **row} for row in rows])
        brought = {name: value for name, value in self._values.items() if value is not None}
        named = [{**brought, **row} for row in rows] if brought else rows
        return connection.exec_driver_sql(self._sql, list(map(itemgetter(*self._positions), named)))
