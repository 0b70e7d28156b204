"""Copy what differs from what has been released, and stamp it with the release's number.

Rows are compared before any is written: a row bears the number of the release in which it last
changed, so one that was touched and is the same as before must be left alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, select

from services.chassis.database import Database
from services.contract.regions import registry
from services.opendata.projection import tables as live_tables
from services.opendata.projection.fold import SETTLED_FIGURE
from services.opendata.release import tables
from services.opendata.release.gathering import Place, Row, gather, in_parts


def copy(
    live: Connection, published: Database, connection: Connection, places: Iterable[Place], number: int
) -> None:
    """Make what is released of some places what the running totals say of them."""
    known = set(places)
    changed: set[Place] = set()
    for year, regions in in_parts(known):
        for name, rows in gather(live, year, regions).items():
            released = _Released(published, tables.metadata.tables[name])
            changed |= released.bring_to(connection, rows, year, regions, number)
    _stamp(published, connection, known, changed, number)


def copy_whole(live: Connection, published: Database, connection: Connection, number: int) -> None:
    """Make all that is released what the running totals say, whatever they were before."""
    there = _places(live, select(live_tables.changes.c.region, live_tables.changes.c.year).distinct())
    before = _places(connection, select(tables.places.c.region, tables.places.c.year))
    copy(live, published, connection, there | before, number)
    gone = [{"at_region": region, "at_year": year} for region, year in sorted(before - there)]
    _delete(connection, tables.places, gone)


def _places(connection: Connection, query: Select[Any]) -> set[Place]:
    return {(region, year) for region, year in connection.execute(query)}


class _Released:
    """One table of what is released, to be compared with what is gathered."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table
        self._keys = list(table.primary_key.columns)
        self._contents = [
            column for column in table.columns if not column.primary_key and column.name != "release"
        ]
        names = [column.name for column in self._keys]
        self._region, self._year = names.index("region"), names.index("year")

    def bring_to(
        self, connection: Connection, rows: list[Row], year: int, regions: list[str], number: int
    ) -> set[Place]:
        """Write what differs and take away what there is no more; the places where anything did."""
        table, width = self._table, len(self._keys)
        query = select(*self._keys, *self._contents)
        released = set(
            map(tuple, connection.execute(query.where(table.c.year == year, table.c.region.in_(regions))))
        )
        differing = [row for row in rows if row not in released]
        present = {row[:width] for row in rows}
        gone = [row for row in released if row[:width] not in present]
        if table not in (tables.facts, tables.figures):
            # A count that is no more is told as nought, so that who follows the changes hears of it.
            gone = [row for row in gone if any(row[width:])]
            nought = (0,) * len(self._contents)
            self._put(connection, [*differing, *(row[:width] + nought for row in gone)], number)
        else:
            self._put(connection, differing, number)
            names = [f"at_{key.name}" for key in self._keys]
            _delete(connection, table, [dict(zip(names, row, strict=False)) for row in gone])
        return {place for row in (*differing, *gone) for place in self._places(row)}

    def _put(self, connection: Connection, rows: Sequence[Row], number: int) -> None:
        names = [column.name for column in (*self._keys, *self._contents)]
        values = [dict(zip(names, row, strict=True), release=number) for row in rows]
        _put(self._database, connection, self._table, values)

    def _places(self, row: Row) -> list[Place]:
        """Where answers change with a row: an official number of settled tells on all above it."""
        region, year = row[self._region], row[self._year]
        if self._table is tables.figures and SETTLED_FIGURE in row:
            return [(above, year) for above in registry().lineage(region)]
        return [(region, year)]


def _stamp(
    published: Database, connection: Connection, known: set[Place], changed: set[Place], number: int
) -> None:
    """Say in which release places and years changed last; places seen for the first time have."""
    seen, stamped = _dated(known - changed, number), _dated(changed, number)
    if seen:
        connection.execute(published.insert(tables.places).on_conflict_do_nothing(), seen)
    _put(published, connection, tables.places, stamped)
    # What is kept in memory of a year is dated by it.
    years = {year for _, year in changed}
    _put(published, connection, tables.years, [{"year": year, "release": number} for year in sorted(years)])


def _dated(places: Iterable[Place], number: int) -> list[dict[str, object]]:
    return [{"region": region, "year": year, "release": number} for region, year in sorted(places)]


def _put(database: Database, connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    insert = database.insert(table)
    contents = [column.name for column in table.columns if not column.primary_key]
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={content: insert.excluded[content] for content in contents},
        ),
        list(rows),
    )


def _delete(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Delete rows by their keys, each named after its column with ``at_`` before it."""
    if rows:
        keys = table.primary_key.columns
        statement = delete(table).where(*(key == bindparam(f"at_{key.name}") for key in keys))
        connection.execute(statement, list(rows))
