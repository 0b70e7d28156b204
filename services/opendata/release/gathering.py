"""Gather what is to be released from the running totals, summed over partitions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Select, Subquery

from services.contract.regions import Level, registry
from services.opendata.projection import tables as live
from services.opendata.projection.dead_letters.operation import PARTITION as OPERATIONS
from services.opendata.projection.folded import owner_of

REGIONS_AT_ONCE = 100
"""Bounds memory, and how long either database waits for the other in an open transaction."""
FEWEST_WAITED = 10
"""A median of fewer persons' waits is not given (design, "Measures")."""

PERSONS = "settlements/"
"""How the names begin of owners of cells."""

WAIT_MEASURE = "median_wait_halves"

_COME_TOGETHER = (Level.MUNICIPALITY, Level.DISTRICT)
"""Counties and the country are summed from these on every map."""

Place = tuple[str, int]
"""A region and a year."""

Row = tuple[Any, ...]
Rows = dict[Row, Row]
"""Rows to be released: contents by key, both in the order of the released table."""

Cells = dict[Row, int]
"""Persons by region, year, day, categories and origin."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Where anything has been touched since a release, and by which owners' events.

    ``moved`` holds the owners whose marks have moved since, and their marks in the release. Where
    ``anew`` says so, what was touched can't be told by sequences: operators had it counted late.
    """

    moved: Mapping[str, int]
    places: set[Place] = field(default_factory=set)
    anew: set[Place] = field(default_factory=set)


def touched_since(connection: Connection, released: Mapping[str, int], marks: Mapping[str, int]) -> Touched:
    """What has been touched between a release's marks and the present ones, both by owner.

    Read in one transaction with ``marks``, so that this is exactly what is behind them.
    """
    moved = {owner: released.get(owner, 0) for owner in marks if marks[owner] > released.get(owner, 0)}
    found = Touched(moved)
    changes = live.changes.c
    for owner, since in moved.items():
        rows = connection.execute(
            select(changes.region, changes.year).where(changes.owner == owner, changes.sequence > since)
        )
        found.places.update((region, year) for region, year in rows)
        if owner == owner_of(OPERATIONS):
            found.anew.update(found.places)
    return found


def all_places(connection: Connection) -> set[Place]:
    """Every region and year that anything is known of."""
    rows = connection.execute(select(live.changes.c.region, live.changes.c.year).distinct())
    return {(region, year) for region, year in rows}


def in_parts(places: Iterable[Place]) -> Iterator[tuple[int, list[str]]]:
    """Places in parts of one year and so many regions that memory is bounded."""
    by_year: dict[int, list[str]] = defaultdict(list)
    for region, year in sorted(places):
        by_year[year].append(region)
    for year, regions in by_year.items():
        for start in range(0, len(regions), REGIONS_AT_ONCE):
            yield year, regions[start : start + REGIONS_AT_ONCE]


def gather(connection: Connection, year: int, regions: list[str]) -> dict[str, Rows]:
    """What is known of some regions in a year but persons by dimension and day, by released table."""
    found = {"totals": _totals(connection, year, regions)}
    for table, content in ((live.facts, "facts"), (live.figures, "figure")):
        keys = list(table.primary_key.columns)
        rows = connection.execute(select(*keys, table.c[content]).where(*_at(table, year, regions)))
        found[table.name] = {tuple(row[:-1]): (row[-1],) for row in rows}
    found["waits"] = _waits(connection, year, regions)
    return found


def cells_of(connection: Connection, year: int, regions: list[str]) -> Cells:
    """All cells of some regions in a year."""
    keys = _keys(live.cells)
    return _cells(
        connection,
        select(*keys, _sum(live.cells.c.persons)).where(*_at(live.cells, year, regions)).group_by(*keys),
    )


def cells_touched(connection: Connection, year: int, regions: list[str], moved: Mapping[str, int]) -> Cells:
    """The cells that events have touched since, by which owners' marks have moved."""
    # Of other topics no partition owns persons, and their sequences are others.
    moved = {owner: since for owner, since in moved.items() if owner.startswith(PERSONS)}
    if not moved:
        return {}
    cells = live.cells.c
    touched = (
        select(*_keys(live.cells))
        .where(
            *_at(live.cells, year, regions),
            # Told at once of nearly all that have not been touched.
            cells.sequence > min(moved.values()),
            or_(*(and_(cells.owner == owner, cells.sequence > since) for owner, since in moved.items())),
        )
        .distinct()
        .subquery()
    )
    keys = _keys(live.cells)
    same = and_(*(key == touched.c[key.name] for key in keys))
    whole = select(*keys, _sum(cells.persons)).select_from(touched.join(live.cells, same))
    return _cells(connection, whole.group_by(*keys))


def _keys(table: Any) -> list[ColumnElement[Any]]:
    """The key of a table's rows but their owner, over whom they are summed."""
    return [column for column in table.primary_key.columns if column.name != "owner"]


def _cells(connection: Connection, query: Select[Any]) -> Cells:
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query)}


def _totals(connection: Connection, year: int, regions: list[str]) -> Rows:
    totals, keys = live.totals.c, _keys(live.totals)
    rows = connection.execute(
        select(*keys, _sum(totals.value), _sum(totals.reports))
        .where(*_at(live.totals, year, regions))
        .group_by(*keys)
    )
    found: Rows = {tuple(row[:4]): tuple(row[4:]) for row in rows}
    for region, halves, persons in connection.execute(_medians(year, regions)):
        found[year, region, WAIT_MEASURE, ""] = (halves, persons)
    return found


def _waits(connection: Connection, year: int, regions: list[str]) -> Rows:
    """Persons by days of waiting, of the regions that may come together with others some day.

    ``3:1,17:2`` is one who waited 3 days and two who waited 17. Put together by the database, because
    a row for each would take most of a release's time.
    """
    of_their_own = [region for region in regions if registry().named(region).level in _COME_TOGETHER]
    one = _waited_by_days(year, of_their_own).c
    told = cast(one.days, String) + ":" + cast(one.persons, String)
    rows = connection.execute(select(one.region, func.aggregate_strings(told, ",")).group_by(one.region))
    # In whatever order the database has come by them.
    return {(year, region): (",".join(sorted(waited.split(","))).encode(),) for region, waited in rows}


def _at(table: Any, year: int, regions: list[str]) -> tuple[ColumnElement[bool], ...]:
    return table.c.year == year, table.c.region.in_(regions)


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """A sum of whole numbers as a whole number, which PostgreSQL makes a decimal one."""
    return cast(func.sum(column), BigInteger).label(None)


def _waited_by_days(year: int, regions: list[str]) -> Subquery:
    """How many persons waited how many days, in each region in which anybody has waited."""
    waits = live.waits.c
    return (
        select(waits.region, waits.days, _sum(waits.persons).label("persons"))
        .where(*_at(live.waits, year, regions))
        .group_by(waits.region, waits.days)
        .having(func.sum(waits.persons) > 0)
        .subquery()
    )


def _medians(year: int, regions: list[str]) -> Select[Any]:
    """The median wait of each region in which anybody has waited, in half days, and of how many.

    Of an even number of persons it lies between the two in the middle, so it is kept doubled.
    """
    one = _waited_by_days(year, regions).c
    upto = func.sum(one.persons).over(partition_by=one.region, order_by=one.days)
    persons = func.sum(one.persons).over(partition_by=one.region)
    in_order = select(
        one.region,
        one.days,
        cast(upto, BigInteger).label("upto"),
        cast(persons, BigInteger).label("persons"),
    ).subquery()
    row = in_order.c
    lower = func.min(case((2 * row.upto >= row.persons, row.days)))
    upper = func.min(case((2 * row.upto > row.persons, row.days)))
    return select(row.region, lower + upper, row.persons).group_by(row.region, row.persons)
