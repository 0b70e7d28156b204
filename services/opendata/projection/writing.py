"""Add deltas to the stored totals, inside the transaction that moves the marks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Table, case

from services.chassis.database import Database
from services.opendata.projection import tables
from services.opendata.projection.fold import Counts, Deltas, month_of

Row = tuple[Any, ...]


class Writer:
    """Writes deltas to one database, by statements that are compiled once."""

    def __init__(self, database: Database) -> None:
        self._totals = _Upsert(database, tables.totals, adds=("value", "reports"))
        self._categories = _Upsert(database, tables.categories, adds=("persons",))
        self._days = _Upsert(database, tables.days, adds=("persons",))
        self._waits = _Upsert(database, tables.waits, adds=("persons",))
        self._cells = _Upsert(database, tables.cells, adds=("persons",))
        self._facts = _Upsert(database, tables.facts)
        self._figures = _Upsert(database, tables.figures)
        self._changes = _Upsert(database, tables.changes, highest="sequence")

    def add(self, connection: Connection, deltas: Deltas, owner: str) -> None:
        """Add one partition's deltas to the rows that it owns."""
        self._totals.put(connection, _total_rows(deltas, owner))
        self._categories.put(connection, _count_rows(deltas.categories, owner))
        self._days.put(connection, _count_rows(deltas.days, owner))
        self._waits.put(connection, _count_rows(deltas.waits, owner))
        self._cells.put(connection, _cell_rows(deltas, owner))
        self._facts.put(
            connection, ((*key, owner, orjson.dumps(facts)) for key, facts in deltas.facts.items())
        )
        self._figures.put(
            connection, ((*key, owner, orjson.dumps(figure)) for key, figure in deltas.figures.items())
        )
        self.touch(connection, deltas.touched, owner)

    def touch(self, connection: Connection, touched: Mapping[tuple[str, int], int], owner: str) -> None:
        """Say where something was touched for an owner, and by which of its sequences last."""
        self._changes.put(connection, ((*place, owner, at) for place, at in touched.items()))


class _Upsert:
    """Puts rows, tuples in the order of a table's columns, in place of those with the same key.

    Columns named in ``adds`` are added to what stands there, and of ``highest`` the higher value
    stays: events that were held back come after later ones of other streams. The statement goes to
    the driver as it is: with tens of thousands of rows a batch, the library's own preparation of
    each row's parameters costs more than the database.
    """

    def __init__(
        self, database: Database, table: Table, adds: tuple[str, ...] = (), highest: str | None = None
    ) -> None:
        insert = database.insert(table)
        keys = list(table.primary_key.columns)
        self._names = [column.name for column in table.columns]
        changed = {
            name: insert.excluded[name] for name in self._names if name not in table.primary_key.columns
        }
        changed |= {name: table.c[name] + insert.excluded[name] for name in adds}
        if highest is not None:
            stands, comes = table.c[highest], insert.excluded[highest]
            changed[highest] = case((stands > comes, stands), else_=comes)
        statement = insert.on_conflict_do_update(index_elements=keys, set_=changed)
        compiled = statement.compile(dialect=database.engine.dialect, column_keys=self._names)
        self._sql = str(compiled)
        self._positional = compiled.positional

    def put(self, connection: Connection, rows: Iterable[Row]) -> None:
        found = list(rows)
        if not found:
            return
        if self._positional:
            connection.exec_driver_sql(self._sql, found)
        else:
            connection.exec_driver_sql(self._sql, [dict(zip(self._names, row, strict=True)) for row in found])


def _total_rows(deltas: Deltas, owner: str) -> Iterator[Row]:
    for region, values in deltas.values.items():
        reported = deltas.reports[region]
        for key, value in values.items():
            yield (region, *key, owner, value, reported[key])


def _count_rows(counts: Counts, owner: str) -> Iterator[Row]:
    return ((region, *key, owner, count) for region, keys in counts.items() for key, count in keys.items())


def _cell_rows(deltas: Deltas, owner: str) -> Iterator[Row]:
    """The finest cells without their day; days of one month come together."""
    counts: dict[Row, int] = {}
    for (region, year, day, *dimensions, origin), count in deltas.persons.items():
        key = (region, year, *dimensions, month_of(day), origin)
        counts[key] = counts.get(key, 0) + count
    return ((*key, owner, count) for key, count in counts.items())
