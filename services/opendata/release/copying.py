"""Copy what differs from what has been released, and stamp it with the release's number.

Rows are compared before any is written: a row bears the number of the release in which it last
changed, so one that was touched and is the same as before must be left alone.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, bindparam, delete, select

from services.chassis.database import Database
from services.contract.regions import registry
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
        released = {
            tuple(row)
            for row in connection.execute(
                select(*self._keys, *self._contents).where(table.c.year == year, table.c.region.in_(regions))
            )
        }
        differing = [row for row in rows if row not in released]
        present = {row[:width] for row in rows}
        vanished = [row for row in released if row[:width] not in present]
        self._put(connection, differing, number)
        self._take_away(connection, vanished)
        return {place for row in (*differing, *vanished) for place in self._places(row)}

    def _put(self, connection: Connection, rows: Sequence[Row], number: int) -> None:
        names = [column.name for column in (*self._keys, *self._contents)]
        values = [dict(zip(names, row, strict=True), release=number) for row in rows]
        _put(self._database, connection, self._table, values)

    def _take_away(self, connection: Connection, rows: Sequence[Row]) -> None:
        if not rows:
            return
        statement = delete(self._table).where(*(key == bindparam(f"at_{key.name}") for key in self._keys))
        names = [f"at_{key.name}" for key in self._keys]
        connection.execute(statement, [dict(zip(names, row, strict=False)) for row in rows])

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
