"""Read one release: every answer of a request from one and the same state."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, bindparam, desc, select

from services.chassis.database import Database, prepared
from services.chassis.lately_used import LatelyUsed
from services.contract.codes import Dimension, Measure
from services.contract.regions import Region, redrawing
from services.opendata.release import tables
from services.opendata.release.answers import (
    BreakdownCell,
    Change,
    DayCount,
    Days,
    PublishedFigure,
    Release,
    ReleasePage,
    Totals,
    UnknownRelease,
    WithheldReason,
)
from services.opendata.release.broken_down import cells_by, persons_by_day, withheld_cells
from services.opendata.release.changes import changes_after
from services.opendata.release.history import RELEASE_COLUMNS, release_of, release_page
from services.opendata.release.kept_sheets import Sheets
from services.opendata.release.sheets import Sheet
from services.opendata.release.totals import totals_of

KeptTotals: TypeAlias = dict[tuple[str, int, int], Totals | None]
"""By region, year and the year of the map. Filled by many threads; what two work out is the same."""

MOST_TOTALS = 60_000

Combinations: TypeAlias = LatelyUsed[
    tuple[int, int, tuple[str, ...], tuple[Dimension, ...]], Sequence[BreakdownCell]
]
"""By the release that last changed the year, the year, the regions and the dimensions."""

MOST_COMBINATIONS = 2_000
MOST_CELLS = 100_000
"""Of all combinations that are kept."""


def _cells_in(_key: object, cells: Sequence[BreakdownCell]) -> int:
    return len(cells)


class NothingReleased(Exception):
    """There is no release yet: the system has only just been started."""


class Published:
    """What has been released, opened once per request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sheets = Sheets()
        self._combinations: Combinations = LatelyUsed(MOST_COMBINATIONS, MOST_CELLS, _cells_in)
        self._kept: tuple[Release | None, KeptTotals] = (None, {})

    @property
    def waits(self) -> bool:
        """Whether to read is to wait for a server, and not only to look into a file."""
        return self._database.dialect != "sqlite"

    def newest(self) -> str:
        """The id of the newest release, found out with as little as can be. Raises `NothingReleased`."""
        with self._database.glance() as connection:
            row = prepared(self._database, _NEWEST_NUMBER).row(connection, {})
        if row is None:
            raise NothingReleased
        return str(row[0])

    @contextmanager
    def open(self) -> Iterator["OpenRelease"]:
        """The newest release, for the length of a block. Raises `NothingReleased`."""
        with self._database.read() as connection:
            release = self._newest_in(connection)
            totals = self._totals_of(release)
            yield OpenRelease(connection, self._sheets, release, totals, self._combinations)

    def _newest_in(self, connection: Connection) -> Release:
        row = prepared(self._database, _NEWEST).row(connection, {})
        if row is None:
            raise NothingReleased
        return release_of({column.name: value for column, value in zip(RELEASE_COLUMNS, row, strict=True)})

    def _totals_of(self, release: Release) -> "KeptTotals":
        """What has been worked out of a release; only the last one asked for is kept."""
        kept, totals = self._kept
        if kept != release or len(totals) > MOST_TOTALS:
            totals = {}
            self._kept = (release, totals)
        return totals


class OpenRelease:
    """The newest release as one transaction sees it. Implements ``ReleasedNumbers``."""

    def __init__(
        self,
        connection: Connection,
        sheets: Sheets,
        release: Release,
        totals: "KeptTotals",
        combinations: "Combinations | None" = None,
    ) -> None:
        self._connection = connection
        self._sheets = sheets
        self._release = release
        self._changed_in: dict[int, int] | None = None
        self._mine: dict[tuple[int, int], Sheet] = {}
        self._totals = totals
        self._combinations = combinations

    @property
    def release(self) -> Release:
        return self._release

    def anew(self) -> "OpenRelease":
        return OpenRelease(self._connection, self._sheets, self._release, {})

    def totals(self, region: Region, year: int, map_year: int | None = None) -> Totals | None:
        map_year = year if map_year is None else map_year
        key = (region.code, year, map_year)
        if key not in self._totals:
            there = self._sources(region, year, map_year)
            self._totals[key] = (
                totals_of(self._sheet(year, map_year), region, year, self._release) if there else None
            )
        return self._totals[key]

    def years(self, region: Region, map_year: int | None = None) -> Sequence[int]:
        if map_year is None:
            found = self._known_places([region.code])
            return sorted(year for _, year in found if region.valid_in(year))
        parts = {year: self._sources(region, year, map_year) for year in self._years_changed()}
        found = self._known_places({code for codes in parts.values() for code in codes})
        return sorted(year for year, codes in parts.items() if any((code, year) in found for code in codes))

    def known_years(self) -> Sequence[int]:
        return sorted(self._years_changed())

    def breakdown(
        self, region: Region, year: int, by: Sequence[Dimension], map_year: int | None = None
    ) -> Sequence[BreakdownCell]:
        map_year = year if map_year is None else map_year
        cells = self._cells(self._sources(region, year, map_year), year, tuple(by))
        if region.code in redrawing(year, map_year).divided:
            return withheld_cells(cells, WithheldReason.NOT_COMPARABLE)
        return cells

    def _cells(self, codes: tuple[str, ...], year: int, by: tuple[Dimension, ...]) -> Sequence[BreakdownCell]:
        """The cells of some regions. Combinations are summed at read, and kept until the year changes."""
        if len(by) == 1 or self._combinations is None:
            return cells_by(self._connection, codes, year, by)
        key = (self._years_changed().get(year, 0), year, codes, by)
        cells = self._combinations.find(key)
        if cells is None:
            cells = cells_by(self._connection, codes, year, by)
            self._combinations.keep(key, cells)
        return cells

    def days(self, region: Region, year: int, map_year: int | None = None) -> Days:
        map_year = year if map_year is None else map_year
        dated, undated = persons_by_day(self._connection, self._sources(region, year, map_year), year)
        if region.code in redrawing(year, map_year).divided:
            blank = tuple(DayCount(count.day, None) for count in dated)
            return Days(blank, None, WithheldReason.NOT_COMPARABLE)
        totals = self.totals(region, year, map_year)
        return Days(tuple(dated), None if totals is None or totals.settled is None else undated)

    def published(self, region: Region, year: int) -> Sequence[PublishedFigure]:
        rows = self._connection.scalars(_FIGURES, {"year": year, "region": region.code})
        return [_figure(orjson.loads(text)) for text in rows]

    def changes(
        self, since: str, after: tuple[int, int, str], region: str | None, year: int | None, most: int
    ) -> Sequence[Change]:
        # Releases are numbered one after the other from 1.
        if not (since.isascii() and since.isdigit() and int(since) <= int(self._release.id)):
            raise UnknownRelease
        return changes_after(self._connection, int(since), after, region, year, most)

    def releases(self, page: int | None) -> ReleasePage:
        return release_page(self._connection, int(self._release.id), page)

    def _sources(self, region: Region, year: int, map_year: int) -> tuple[str, ...]:
        """The regions of a year that a region of a map came from; none where it is not on the map."""
        if not region.valid_in(map_year):
            return ()
        return (region.code,) if map_year == year else redrawing(year, map_year).sources(region.code)

    def _sheet(self, year: int, map_year: int) -> Sheet:
        sheet = self._mine.get((year, map_year))
        if sheet is None:
            changed_in = self._years_changed().get(year, 0)
            sheet = self._sheets.sheet(self._connection, year, map_year, changed_in)
            self._mine[year, map_year] = sheet
        return sheet

    def _years_changed(self) -> Mapping[int, int]:
        """The years of which anything is known, each with the release that last changed it."""
        if self._changed_in is None:
            years = tables.years.c
            rows = self._connection.execute(select(years.year, years.release))
            self._changed_in = dict(rows.all())
        return self._changed_in

    def _known_places(self, codes: Collection[str]) -> set[tuple[str, int]]:
        """The regions and years, among some regions, of which anything is known."""
        places = tables.places.c
        rows = self._connection.execute(
            select(places.region, places.year).where(places.region.in_(sorted(codes)))
        )
        return {(region, year) for region, year in rows}


_FIGURES = (
    select(tables.figures.c.figure)
    .where(tables.figures.c.year == bindparam("year"), tables.figures.c.region == bindparam("region"))
    .order_by(tables.figures.c.key)
)


_NEWEST_NUMBER = select(tables.releases.c.number).order_by(desc(tables.releases.c.number)).limit(1)
_NEWEST = select(*RELEASE_COLUMNS).order_by(desc(tables.releases.c.number)).limit(1)


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
