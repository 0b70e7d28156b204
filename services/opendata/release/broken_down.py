"""Read persons settled by category and by day, summed over some regions of a year."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, cast, func, select

from services.contract.codes import Dimension, Origin
from services.contract.regions import COUNTRY, Region, registry
from services.opendata.projection.cells import IN_A_CELL, month_of, parted
from services.opendata.release import tables
from services.opendata.release.answers import BreakdownCell, DayCount, WithheldReason

Counted = tuple[tuple[str, ...], str, int]
"""Categories, origin and persons."""


def cells_by(
    connection: Connection, codes: Collection[str], year: int, by: Sequence[Dimension]
) -> list[BreakdownCell]:
    """Cells with somebody in them of all of some regions of a year, none of which is in another."""
    rows = _by_one(connection, codes, year, by[0]) if len(by) == 1 else _by_more(connection, codes, year, by)
    persons: dict[tuple[str, ...], int] = defaultdict(int)
    origins: dict[tuple[str, ...], set[Origin]] = defaultdict(set)
    for categories, origin, count in rows:
        if count:
            persons[categories] += count
            origins[categories].add(Origin(origin))
    whole = sum(persons.values())
    return [
        BreakdownCell(key, persons[key], persons[key] / whole, None, tuple(sorted(origins[key])))
        for key in sorted(persons)
    ]


def withheld_cells(cells: Iterable[BreakdownCell], reason: WithheldReason) -> list[BreakdownCell]:
    """The same cells with no number in them."""
    return [replace(cell, persons=None, share=None, withheld=reason, origins=()) for cell in cells]


def persons_by_day(connection: Connection, codes: Collection[str], year: int) -> tuple[list[DayCount], int]:
    """Persons settled in all of some regions, by day in order; and those of whom no day is stated."""
    rows = connection.execute(_BY_DAY, {"year": year, "codes": list(codes)}).all()
    return (
        [DayCount(date.fromisoformat(day), persons) for day, persons in rows if day],
        sum(persons for day, persons in rows if not day),
    )


def _by_one(
    connection: Connection, codes: Collection[str], year: int, dimension: Dimension
) -> Iterable[Counted]:
    asked = {"year": year, "codes": list(codes), "dimension": dimension.value}
    rows = connection.execute(_OF_ONE, asked)
    return (((category,), origin, persons) for category, origin, persons in rows)


def _by_more(
    connection: Connection, codes: Collection[str], year: int, by: Sequence[Dimension]
) -> Iterable[Counted]:
    """Combinations, summed from the cells of the regions inside."""
    cells = tables.cells.c
    keys: list[ColumnElement[str]] = [cells.categories, cells.origin]
    if Dimension.MONTH in by:
        keys.append(func.substr(cells.day, 1, len("2024-05")))
    query = select(_sum(cells.persons), *keys).where(cells.year == year)
    if COUNTRY not in codes:
        query = query.where(cells.region.in_(_inside(codes, year)))
    parts = [IN_A_CELL.index(dimension) for dimension in by if dimension is not Dimension.MONTH]
    at = by.index(Dimension.MONTH) if Dimension.MONTH in by else None
    for persons, packed, origin, *month in connection.execute(query.group_by(*keys)):
        known = parted(packed)
        categories = [known[part] for part in parts]
        if at is not None:
            categories.insert(at, month_of(month[0]))
        yield tuple(categories), origin, persons


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """A sum of whole numbers as a whole number, which PostgreSQL makes a decimal one."""
    return cast(func.sum(column), BigInteger)


def _inside(codes: Iterable[str], year: int) -> list[str]:
    """The codes of regions and of all within them in a year."""
    found: list[str] = []
    regions = registry()
    left: list[Region] = [regions.named(code) for code in codes]
    while left:
        region = left.pop()
        found.append(region.code)
        left += regions.children(region, year)
    return found


# Put together once: for a download they are executed some ten thousand times, and making them takes longer.
_BY_DAY = (
    select(tables.days.c.day, _sum(tables.days.c.persons))
    .where(
        tables.days.c.year == bindparam("year"),
        tables.days.c.region.in_(bindparam("codes", expanding=True)),
        tables.days.c.persons != 0,
    )
    .group_by(tables.days.c.day)
    .order_by(tables.days.c.day)
)
_OF_ONE = select(tables.categories.c.category, tables.categories.c.origin, tables.categories.c.persons).where(
    tables.categories.c.year == bindparam("year"),
    tables.categories.c.region.in_(bindparam("codes", expanding=True)),
    tables.categories.c.dimension == bindparam("dimension"),
)
