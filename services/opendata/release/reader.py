"""Read one release: every answer of a request from one and the same state."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, cast, desc, func, select

from services.chassis.database import Database
from services.contract.codes import Dimension, Measure, Origin
from services.contract.envelope import read_time
from services.contract.regions import COUNTRY, Region, registry
from services.opendata.projection.cells import IN_A_CELL, month_of, parted
from services.opendata.release import tables
from services.opendata.release.answers import (
    BreakdownCell,
    DayCount,
    Days,
    PublishedFigure,
    Release,
    Totals,
)
from services.opendata.release.sheets import Sheet, Sheets
from services.opendata.release.totals import totals_of


class NothingReleased(Exception):
    """There is no release yet: the system has only just been started."""


class Published:
    """What has been released, opened once per request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sheets = Sheets()

    @contextmanager
    def open(self) -> Iterator["OpenRelease"]:
        """The newest release, for the length of a block. Raises `NothingReleased`."""
        with self._database.read() as connection:
            yield OpenRelease(connection, self._sheets, _newest(connection))


class OpenRelease:
    """The newest release as one transaction sees it. Implements ``ReleasedNumbers``."""

    def __init__(self, connection: Connection, sheets: Sheets, release: Release) -> None:
        self._connection = connection
        self._sheets = sheets
        self._release = release
        self._changed_in: dict[int, int] | None = None
        self._mine: dict[int, Sheet] = {}
        self._totals: dict[tuple[str, int], Totals] = {}

    @property
    def release(self) -> Release:
        return self._release

    def totals(self, region: Region, year: int) -> Totals | None:
        if not region.valid_in(year):
            return None
        # A list in the order of a measure asks once for the order and again for each field.
        key = (region.code, year)
        if key not in self._totals:
            self._totals[key] = totals_of(self._sheet(year), region, year, self._release)
        return self._totals[key]

    def years(self, region: Region) -> Sequence[int]:
        places = tables.places.c
        found = self._connection.scalars(
            select(places.year).where(places.region == region.code).order_by(places.year)
        )
        return [year for year in found if region.valid_in(year)]

    def breakdown(self, region: Region, year: int, by: Sequence[Dimension]) -> Sequence[BreakdownCell]:
        rows = self._categories(region, year, by[0]) if len(by) == 1 else self._cells(region, year, by)
        persons: dict[tuple[str, ...], int] = defaultdict(int)
        origins: dict[tuple[str, ...], set[Origin]] = defaultdict(set)
        for *categories, origin, count in rows:
            if count:
                persons[tuple(categories)] += count
                origins[tuple(categories)].add(Origin(origin))
        whole = sum(persons.values())
        return [
            BreakdownCell(key, persons[key], persons[key] / whole, None, tuple(sorted(origins[key])))
            for key in sorted(persons)
        ]

    def days(self, region: Region, year: int) -> Days:
        days = tables.days.c
        rows = self._connection.execute(
            select(days.day, days.persons)
            .where(days.year == year, days.region == region.code, days.persons != 0)
            .order_by(days.day)
        ).all()
        totals = self.totals(region, year)
        undated = sum(persons for day, persons in rows if not day)
        return Days(
            tuple(DayCount(date.fromisoformat(day), persons) for day, persons in rows if day),
            None if totals is None or totals.settled is None else undated,
        )

    def published(self, region: Region, year: int) -> Sequence[PublishedFigure]:
        figures = tables.figures.c
        rows = self._connection.scalars(
            select(figures.figure)
            .where(figures.year == year, figures.region == region.code)
            .order_by(figures.key)
        )
        return [_figure(orjson.loads(text)) for text in rows]

    def _sheet(self, year: int) -> Sheet:
        sheet = self._mine.get(year)
        if sheet is None:
            sheet = self._sheets.sheet(self._connection, year, self._year_changed_in(year))
            self._mine[year] = sheet
        return sheet

    def _year_changed_in(self, year: int) -> int:
        if self._changed_in is None:
            years = tables.years.c
            rows = self._connection.execute(select(years.year, years.release))
            self._changed_in = dict(rows.all())
        return self._changed_in.get(year, 0)

    def _categories(self, region: Region, year: int, dimension: Dimension) -> Sequence[Any]:
        categories = tables.categories.c
        return self._connection.execute(
            select(categories.category, categories.origin, categories.persons).where(
                categories.year == year,
                categories.region == region.code,
                categories.dimension == dimension.value,
            )
        ).all()

    def _cells(self, region: Region, year: int, by: Sequence[Dimension]) -> Sequence[Any]:
        """Combinations, summed from the cells of the regions inside.

        PostgreSQL sums whole numbers to decimal ones, so they are made whole again.
        """
        cells = tables.cells.c
        keys: list[ColumnElement[str]] = [cells.categories, cells.origin]
        if Dimension.MONTH in by:
            keys.append(func.substr(cells.day, 1, len("2024-05")))
        query = select(cast(func.sum(cells.persons), BigInteger), *keys).where(cells.year == year)
        if region.code != COUNTRY:
            query = query.where(cells.region.in_(_inside(region, year)))
        found = []
        for persons, packed, origin, *month in self._connection.execute(query.group_by(*keys)):
            known: dict[Dimension, str] = dict(zip(IN_A_CELL, parted(packed), strict=True))
            if month:
                known[Dimension.MONTH] = month_of(month[0])
            found.append((*(known[dimension] for dimension in by), origin, persons))
        return found


def _inside(region: Region, year: int) -> list[str]:
    """The code of a region and of all within it in a year."""
    codes = [region.code]
    for child in registry().children(region, year):
        codes += _inside(child, year)
    return codes


def _newest(connection: Connection) -> Release:
    releases = tables.releases.c
    row: RowMapping | None = (
        connection.execute(
            select(releases.number, releases.published_at, releases.data_through, releases.policy)
            .order_by(desc(releases.number))
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NothingReleased
    through = row["data_through"]
    return Release(
        id=str(row["number"]),
        published_at=read_time(row["published_at"]),
        data_through=None if through is None else read_time(through),
        policy=row["policy"],
        next_at=None,
    )


def _figure(figure: dict[str, Any]) -> PublishedFigure:
    dimension = figure.get("dimension")
    return PublishedFigure(
        measure=Measure(figure["measure"]),
        status=figure["status"],
        persons=figure.get("persons"),
        percent=figure.get("percent"),
        dimension=None if dimension is None else Dimension(dimension),
        category=figure.get("category"),
        published_on=figure["publishedOn"],
        source_name=figure["sourceName"],
        source_url=figure.get("sourceUrl"),
    )
