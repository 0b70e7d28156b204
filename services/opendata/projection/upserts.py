"""Tens of thousands of rows a batch: statements that go to the driver without detours."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, Table, Text, bindparam, case, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from services.chassis.database import Database

Row = tuple[Any, ...]


class Upsert:
    """Puts rows, tuples in the order of a table's columns, in place of those with the same key.

    No two rows of one call have the same key. Columns named in ``adds`` are added to what stands
    there, and of ``highest`` the higher value stays: events that were held back come after later
    ones of other streams.
    """

    def __init__(
        self, database: Database, table: Table, adds: tuple[str, ...] = (), highest: tuple[str, ...] = ()
    ) -> None:
        make = _row_by_row if database.dialect == "sqlite" else _column_by_column
        self._put = make(table, _Changes(adds, highest))

    def put(self, connection: Connection, rows: Iterable[Row]) -> None:
        found = list(rows)
        if found:
            self._put(connection, found)


Put = Callable[[Connection, Sequence[Row]], None]


@dataclass(frozen=True, slots=True)
class _Changes:
    """What becomes of a row that stands there already."""

    adds: tuple[str, ...]
    highest: tuple[str, ...]

    def instead(self, insert: Any, table: Table) -> Any:
        """The insert, changing the row with the same key."""
        comes = insert.excluded
        keys = list(table.primary_key.columns)
        changed = {found.name: comes[found.name] for found in table.columns if found not in keys}
        changed |= {name: table.c[name] + comes[name] for name in self.adds}
        for name in self.highest:
            stands = table.c[name]
            changed[name] = case((stands > comes[name], stands), else_=comes[name])
        return insert.on_conflict_do_update(index_elements=keys, set_=changed)


def _row_by_row(table: Table, changes: _Changes) -> Put:
    """SQLite: one statement run for each row; the library's preparing of each would cost more."""
    names = [found.name for found in table.columns]
    insert = sqlite.insert(table)
    statement = changes.instead(insert, table).compile(dialect=sqlite.dialect(), column_keys=names)
    sql = str(statement)

    def put(connection: Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(sql, list(rows))

    return put


def _of_any_length(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """A column's type for parameters.

    By one with a length a text that is too long would be cut off without a word; the column refuses it.
    """
    return Text() if isinstance(kind, String) else kind


def _column_by_column(table: Table, changes: _Changes) -> Put:
    """PostgreSQL: all rows in one statement, as an array for each column."""
    names = [found.name for found in table.columns]
    arrays = [bindparam(name, type_=postgresql.ARRAY(_of_any_length(table.c[name].type))) for name in names]
    given = func.unnest(*arrays).table_valued(*(column(name) for name in names)).render_derived()
    insert = postgresql.insert(table).from_select(names, select(*(given.c[name] for name in names)))
    statement = changes.instead(insert, table)

    def put(connection: Connection, rows: Sequence[Row]) -> None:
        columns = zip(*rows, strict=True)
        connection.execute(
            statement, {name: list(values) for name, values in zip(names, columns, strict=True)}
        )

    return put
