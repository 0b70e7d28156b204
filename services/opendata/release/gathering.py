"""Gather what is to be released from the running totals, summed over partitions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, cast, func, select
from sqlalchemy.sql.selectable import Select

from services.opendata.projection import tables as live
from services.opendata.projection.cells import margins_of, month_of, parted

REGIONS_AT_ONCE = 200
FEWEST_WAITED = 10
"""A median of fewer persons' waits is not given (design, "Measures")."""

WAIT_MEASURE = "median_wait_halves"

Place = tuple[str, int]
"""A region and a year."""

Row = tuple[Any, ...]
"""A row to be released: its key, then its contents, in the order of the released table."""


def touched_since(
    connection: Connection, released: Mapping[str, int], marks: Mapping[str, int]
) -> set[Place]:
    """Where anything has been touched between a release's marks and the present ones, both by owner.

    Read in one transaction with ``marks``, so that these are exactly the places behind them.
    """
    found: set[Place] = set()
    for owner, mark in marks.items():
        since = released.get(owner, 0)
        if mark > since:
            rows = connection.execute(
                select(live.changes.c.region, live.changes.c.year).where(
                    live.changes.c.owner == owner, live.changes.c.sequence > since
                )
            )
            found.update((region, year) for region, year in rows)
    return found


def in_parts(places: Iterable[Place]) -> Iterator[tuple[int, list[str]]]:
    """Places in parts of one year and so many regions that memory is bounded."""
    by_year: dict[int, list[str]] = defaultdict(list)
    for region, year in sorted(places):
        by_year[year].append(region)
    for year, regions in by_year.items():
        for start in range(0, len(regions), REGIONS_AT_ONCE):
            yield year, regions[start : start + REGIONS_AT_ONCE]


def gather(connection: Connection, year: int, regions: list[str]) -> dict[str, list[Row]]:
    """What is known of some regions in a year, by the name of the released table."""
    found = _persons(connection, year, regions)
    found["totals"] = _rows(connection, _summed(live.totals, year, regions))
    found["totals"] += _medians(connection, year, regions)
    for table, content in ((live.facts, "facts"), (live.figures, "figure")):
        keys = list(table.primary_key.columns)
        found[table.name] = _rows(
            connection,
            select(*keys, table.c[content]).where(table.c.year == year, table.c.region.in_(regions)),
        )
    return found


def _persons(connection: Connection, year: int, regions: list[str]) -> dict[str, list[Row]]:
    """Persons by all dimensions, by one and by day.

    A region's own persons stand in cells only; margins are kept of those in the regions below it.
    """
    cells: Counter[Row] = Counter()
    categories: Counter[Row] = Counter()
    days: Counter[Row] = Counter()
    for _, region, day, packed, origin, persons in connection.execute(_summed(live.cells, year, regions)):
        cells[year, region, *parted(packed), month_of(day), origin] += persons
        days[year, region, day] += persons
        for margin in margins_of(year, day, packed, origin):
            categories[year, region, *margin[1:]] += persons
    for counts, table in ((categories, live.categories), (days, live.days)):
        for *key, persons in connection.execute(_summed(table, year, regions)):
            counts[tuple(key)] += persons
    return {
        name: [(*key, persons) for key, persons in counts.items()]
        for name, counts in (("cells", cells), ("categories", categories), ("days", days))
    }


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [tuple(row) for row in connection.execute(query)]


def _summed(table: Any, year: int, regions: list[str]) -> Select[Any]:
    """Sums over all partitions."""
    keys = [column for column in table.primary_key.columns if column.name != "owner"]
    summed = [table.c[name] for name in ("value", "reports", "persons") if name in table.c]
    return (
        select(*keys, *(_sum(column) for column in summed))
        .where(table.c.year == year, table.c.region.in_(regions))
        .group_by(*keys)
    )


def _sum(column: Column[int]) -> ColumnElement[int]:
    """A sum of whole numbers as a whole number, which PostgreSQL makes a decimal one."""
    return cast(func.sum(column), BigInteger).label(column.name)


def _medians(connection: Connection, year: int, regions: list[str]) -> list[Row]:
    """The median wait of each region in which anybody has waited, as a total in half days.

    Its reports are of how many persons it is the median.
    """
    waits = live.waits
    rows = connection.execute(
        select(waits.c.region, waits.c.days, _sum(waits.c.persons))
        .where(waits.c.year == year, waits.c.region.in_(regions))
        .group_by(waits.c.region, waits.c.days)
        .order_by(waits.c.region, waits.c.days)
    )
    found = []
    for region, waited in groupby(rows, key=lambda row: row[0]):
        counts = [(days, persons) for _, days, persons in waited if persons > 0]
        persons = sum(count for _, count in counts)
        found.append((year, region, WAIT_MEASURE, "", median_in_halves(counts), persons))
    return found


def median_in_halves(counts: list[tuple[int, int]]) -> int:
    """Twice the median of a histogram ``[(value, count), …]`` in rising order; 0 of nobody."""
    total = sum(count for _, count in counts)
    if total == 0:
        return 0
    return _at(counts, (total - 1) // 2) + _at(counts, total // 2)


def _at(counts: list[tuple[int, int]], rank: int) -> int:
    """The value at a rank from 0 in a histogram."""
    for value, count in counts:
        if rank < count:
            return value
        rank -= count
    raise IndexError(rank)
