"""Copy what differs from what has been released, and stamp it with the release's number.

What is known is compared before anything is written: a row bears the number of the release in which
it last changed, so one that was touched and is the same as before must be left alone.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select

from services.chassis.database import Database
from services.contract.regions import registry
from services.opendata.projection.fold import TELL_ABOVE
from services.opendata.release import tables
from services.opendata.release.gathering import (
    Place,
    Row,
    Rows,
    Touched,
    all_places,
    cells_of,
    cells_touched,
    gather,
    in_parts,
)
from services.opendata.release.persons import Margins, Persons, Statements


class Copier:
    """Copies to one database of releases."""

    def __init__(self, published: Database) -> None:
        self._published = published
        self._statements = Statements(published)

    def copy(self, live: Connection, connection: Connection, touched: Touched, number: int) -> set[Place]:
        """Make what is released of what was touched what the running totals say of it.

        Gives the places of which anything is another than before.
        """
        published = self._published
        changed: set[Place] = set()
        persons, margins = Persons(self._statements, connection, number), Margins()
        for year, regions in in_parts(touched.places):
            changed |= _copy_rows(live, published, connection, year, regions, number)
            cells = cells_touched(live, year, regions, touched.moved)
            margins.add(persons.put_cells(cells, persons.released_beside(cells)))
        for year, regions in in_parts(touched.anew):
            margins.add(persons.put_cells(*_all_cells(live, persons, year, regions)))
        persons.add_margins(margins)
        return _stamp(published, connection, touched.places, changed | persons.changed, number)

    def copy_whole(self, live: Connection, connection: Connection, number: int) -> set[Place]:
        """As `copy`, of all that is released, whatever the running totals were before."""
        published, places = self._published, tables.places.c
        there = all_places(live)
        before = {(region, year) for region, year in connection.execute(select(places.region, places.year))}
        changed: set[Place] = set()
        persons = Persons(self._statements, connection, number)
        for year, parts in groupby(in_parts(there | before), key=lambda part: part[0]):
            margins = Margins()
            for _, regions in parts:
                changed |= _copy_rows(live, published, connection, year, regions, number)
                cells, released = _all_cells(live, persons, year, regions)
                persons.put_cells(cells, released)
                margins.add(cells)
            persons.set_margins(margins, year)
        stamped = _stamp(published, connection, there | before, changed | persons.changed, number)
        gone = [{"at_region": region, "at_year": year} for region, year in sorted(before - there)]
        _delete(connection, tables.places, gone)
        return stamped


def _all_cells(
    live: Connection, persons: Persons, year: int, regions: list[str]
) -> tuple[dict[Row, int], dict[Row, int]]:
    """All cells of some regions, those that are only released yet with nobody in them; and the released."""
    released = persons.released_in(year, regions)
    return dict.fromkeys(released, 0) | cells_of(live, year, regions), released


def _copy_rows(
    live: Connection, published: Database, connection: Connection, year: int, regions: list[str], number: int
) -> set[Place]:
    """Bring totals, facts and figures of some regions up to date; where answers change by that."""
    changed: set[Place] = set()
    for name, rows in gather(live, year, regions).items():
        table = tables.metadata.tables[name]
        released = _released(connection, table, year, regions)
        differing = {key: row for key, row in rows.items() if row != released.get(key, _nothing(table))}
        gone = [key for key in released if key not in rows]
        if table is tables.totals:
            # A count that is no more is told as nought, so that who follows the changes hears of it.
            gone = [key for key in gone if released[key] != _nothing(table)]
            differing |= dict.fromkeys(gone, (0, 0))
        else:
            names = [f"at_{column.name}" for column in table.primary_key.columns]
            _delete(connection, table, [dict(zip(names, key, strict=True)) for key in gone])
        _put_rows(published, connection, table, differing, number)
        changed |= {place for key in (*differing, *gone) for place in _told_on(table, key)}
    return changed


def _nothing(table: Table) -> Row | None:
    """What a row that is not there says."""
    return (0, 0) if table is tables.totals else None


def _released(connection: Connection, table: Table, year: int, regions: list[str]) -> Rows:
    keys = list(table.primary_key.columns)
    contents = [column for column in table.columns if not column.primary_key and column.name != "release"]
    rows = connection.execute(
        select(*keys, *contents).where(table.c.year == year, table.c.region.in_(regions))
    )
    return {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in rows}


def _put_rows(published: Database, connection: Connection, table: Table, rows: Rows, number: int) -> None:
    keys = [column.name for column in table.primary_key.columns]
    contents = [column.name for column in table.columns if column.name not in (*keys, "release")]
    values = [
        dict(zip((*keys, *contents), (*key, *row), strict=True), release=number) for key, row in rows.items()
    ]
    _put(published, connection, table, values)


def _told_on(table: Table, key: Row) -> list[Place]:
    """Where answers change with a row: some official figures tell on all above."""
    named: dict[str, Any] = dict(zip(table.primary_key.columns.keys(), key, strict=True))
    region, year = named["region"], named["year"]
    if named.get("key") in TELL_ABOVE:
        return [(above, year) for above in registry().lineage(region)]
    return [(region, year)]


def _stamp(
    published: Database, connection: Connection, known: set[Place], changed: set[Place], number: int
) -> set[Place]:
    """Say in which release places and years changed last, and give those of this one.

    Places seen for the first time have changed in it.
    """
    seen, stamped = _dated(known - changed, number), _dated(changed, number)
    if seen:
        connection.execute(published.insert(tables.places).on_conflict_do_nothing(), seen)
    _put(published, connection, tables.places, stamped)
    # What is kept in memory of a year is dated by it.
    years = {year for _, year in changed}
    _put(published, connection, tables.years, [{"year": year, "release": number} for year in sorted(years)])
    if not seen:
        return changed
    places = tables.places.c
    asked = select(places.region, places.year).where(places.release == number)
    return {(region, year) for region, year in connection.execute(asked)}


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
