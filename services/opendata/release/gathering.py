"""Gather from the running totals what has changed since the last release, summed over partitions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, and_, case, cast, func, or_, select
from sqlalchemy.sql.selectable import Select

from services.opendata.projection import tables as live

REGIONS_AT_ONCE = 200
FEWEST_WAITED = 10
"""A median of fewer persons' waits is not given (design, "Measures")."""

WAIT_MEASURE = "median_wait_halves"


@dataclass(slots=True)
class Changed:
    """Rows of each released table that have changed, and the places they belong to."""

    places: set[tuple[str, int]] = field(default_factory=set)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


def changed_since(connection: Connection, released: Mapping[str, int], marks: Mapping[str, int]) -> Changed:
    """What has changed between a release's marks and the present ones, both by owner.

    Read in one transaction with ``marks``, so that the rows are exactly those behind them.
    """
    found = Changed()
    moved = {owner: released.get(owner, 0) for owner in marks if marks[owner] > released.get(owner, 0)}
    if not moved:
        return found
    for owner, since in moved.items():
        rows = connection.execute(
            select(live.changes.c.region, live.changes.c.year).where(
                live.changes.c.owner == owner, live.changes.c.sequence > since
            )
        )
        found.places.update((region, year) for region, year in rows)
    for year, regions in _chunks(found.places):
        _gather(connection, found, moved, year, regions)
    return found


def _chunks(places: set[tuple[str, int]]) -> Iterator[tuple[int, list[str]]]:
    by_year: dict[int, list[str]] = defaultdict(list)
    for region, year in sorted(places):
        by_year[year].append(region)
    for year, regions in by_year.items():
        for start in range(0, len(regions), REGIONS_AT_ONCE):
            yield year, regions[start : start + REGIONS_AT_ONCE]


def _gather(
    connection: Connection, found: Changed, moved: Mapping[str, int], year: int, regions: list[str]
) -> None:
    for table in (live.totals, live.categories, live.cells, live.days):
        rows = connection.execute(_summed(table, moved, year, regions)).mappings()
        found.rows[table.name] += [dict(row) for row in rows]
    for table, content in ((live.facts, "facts"), (live.figures, "figure")):
        keys = list(table.primary_key.columns)
        rows = connection.execute(
            select(*keys, table.c[content]).where(
                table.c.year == year, table.c.region.in_(regions), _moved(table, moved)
            )
        ).mappings()
        found.rows[table.name] += [dict(row) for row in rows]
    found.rows["totals"] += _medians(connection, moved, year, regions)


def _summed(table: Any, moved: Mapping[str, int], year: int, regions: list[str]) -> Select[Any]:
    """Sums over all partitions of the keys of which any partition has changed its row."""
    keys = [column for column in table.primary_key.columns if column.name != "owner"]
    summed = [table.c[name] for name in ("value", "reports", "persons") if name in table.c]
    has_moved = func.max(case((_moved(table, moved), 1), else_=0)) == 1
    return (
        select(*keys, *(_sum(column) for column in summed))
        .where(table.c.year == year, table.c.region.in_(regions))
        .group_by(*keys)
        .having(has_moved)
    )


def _sum(column: Column[int]) -> ColumnElement[int]:
    """A sum of whole numbers as a whole number, which PostgreSQL makes a decimal one."""
    return cast(func.sum(column), BigInteger).label(column.name)


def _moved(table: Any, moved: Mapping[str, int]) -> ColumnElement[bool]:
    return or_(*(and_(table.c.owner == owner, table.c.sequence > since) for owner, since in moved.items()))


def _medians(
    connection: Connection, moved: Mapping[str, int], year: int, regions: list[str]
) -> list[dict[str, Any]]:
    """The median wait of each region in which a wait has changed, as a total in half days.

    ``reports`` holds of how many persons it is the median.
    """
    waits = live.waits
    affected = connection.scalars(
        select(waits.c.region)
        .where(waits.c.year == year, waits.c.region.in_(regions), _moved(waits, moved))
        .distinct()
    ).all()
    found = []
    for region in affected:
        rows = connection.execute(
            select(waits.c.days, _sum(waits.c.persons))
            .where(waits.c.year == year, waits.c.region == region)
            .group_by(waits.c.days)
            .order_by(waits.c.days)
        )
        counts = [(days, persons) for days, persons in rows if persons > 0]
        found.append(
            {
                "year": year,
                "region": region,
                "measure": WAIT_MEASURE,
                "origin": "",
                "value": median_in_halves(counts),
                "reports": sum(persons for _, persons in counts),
            }
        )
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
