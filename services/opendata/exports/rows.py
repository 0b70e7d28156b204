"""The rows of a table at one release, each with the values of the table's columns. Pure but for reading."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.contract.regions import Region, registry
from services.opendata.exports.asking import Asked
from services.opendata.exports.columns import row_reader
from services.opendata.exports.tables import Table, columns_of
from services.opendata.graphql.enums import Borders
from services.opendata.graphql.resolving.reading import Reading
from services.opendata.graphql.resolving.region_search import RegionSearch
from services.opendata.graphql.resolving.series import series_of
from services.opendata.release.answers import (
    BreakdownCell,
    PublishedFigure,
    ReleasedNumbers,
    Totals,
    WithheldReason,
)

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a download reaches over: the years asked for, and the regions of each year's map."""

    asked: Asked
    numbers: ReleasedNumbers
    today: date
    go_on: Callable[[], None] = lambda: None
    """Called before each region and year; may raise to end it."""

    @property
    def map_year(self) -> int | None:
        """The year of the map that numbers are on; None for that of the numbers' own year."""
        return self.today.year if self.asked.borders is Borders.NOW else None

    @property
    def years(self) -> list[int]:
        """The years, in order."""
        asked = self.asked
        if asked.year is not None:
            return [asked.year]
        known = self.numbers.known_years()
        first = min(known, default=0) if asked.first_year is None else asked.first_year
        last = max(known, default=0) if asked.last_year is None else asked.last_year
        return [year for year in known if first <= year <= last]

    def places(self) -> Iterator[tuple[int, list[Region]]]:
        """Each year with the regions asked for, from the country down to districts, by code."""
        of_maps: dict[int, list[Region]] = {}
        for year in self.years:
            drawn = registry().map_year(year if self.map_year is None else self.map_year)
            if drawn not in of_maps:
                of_maps[drawn] = self._regions(drawn)
            yield year, of_maps[drawn]

    def _regions(self, map_year: int) -> list[Region]:
        asked = self.asked
        search = RegionSearch(
            level=asked.level,
            codes=None if asked.codes is None else frozenset(asked.codes),
            within=asked.within,
            search=asked.search,
            year=map_year,
            include_not_stated=asked.include_not_stated,
        )
        return search.find(Reading(self.numbers, registry(), self.today))


def rows_of(scope: Scope) -> Iterator[Row]:
    """The rows of what is asked for, by year and region. Costs memory of one year at most."""
    table = scope.asked.table
    values = row_reader(columns_of(table, scope.asked.by))
    return map(values, _RECORDS[table](scope))


@dataclass(frozen=True, slots=True)
class _Period:
    region: Region
    year: int
    period: str | None
    settled: int | None
    cumulative: int | None
    undated: int | None
    withheld: WithheldReason | None


@dataclass(frozen=True, slots=True)
class _Cell:
    region: Region
    year: int
    cell: BreakdownCell


@dataclass(frozen=True, slots=True)
class _Figure:
    region: Region
    year: int
    figure: PublishedFigure


def _totals(scope: Scope) -> Iterator[Totals]:
    status = scope.asked.decision_status
    for year, regions in scope.places():
        # What was worked out for one year is not asked for again.
        numbers = scope.numbers.anew()
        for region in regions:
            scope.go_on()
            totals = numbers.totals(region, year, scope.map_year)
            if totals is not None and (status is None or totals.decision_status is status):
                yield totals


def _series(scope: Scope) -> Iterator[_Period]:
    for numbers, region, year in _known(scope):
        days = numbers.days(region, year, scope.map_year)
        series = series_of(days, scope.asked.interval)
        for one in series.points:
            yield _Period(region, year, one.period, one.settled, one.cumulative, None, one.withheld)
        if series.undated is not None or days.withheld is not None:
            yield _Period(region, year, None, None, None, series.undated, days.withheld)


def _breakdown(scope: Scope) -> Iterator[_Cell]:
    for numbers, region, year in _known(scope):
        for cell in numbers.breakdown(region, year, scope.asked.by, scope.map_year):
            yield _Cell(region, year, cell)


def _published(scope: Scope) -> Iterator[_Figure]:
    for numbers, region, year in _known(scope):
        for figure in numbers.published(region, year):
            yield _Figure(region, year, figure)


def _known(scope: Scope) -> Iterator[tuple[ReleasedNumbers, Region, int]]:
    """The regions and years of which something is known, so that the others need not be asked for."""
    known: dict[str, frozenset[int]] = {}
    for year, regions in scope.places():
        numbers = scope.numbers.anew()
        for region in regions:
            scope.go_on()
            if region.code not in known:
                known[region.code] = frozenset(scope.numbers.years(region, scope.map_year))
            if year in known[region.code]:
                yield numbers, region, year


_RECORDS: dict[Table, Callable[[Scope], Iterator[Any]]] = {
    Table.TOTALS: _totals,
    Table.SERIES: _series,
    Table.BREAKDOWN: _breakdown,
    Table.PUBLISHED: _published,
}


def regions_and_years(scope: Scope) -> tuple[Sequence[Region], Sequence[int]]:
    """All regions of all years asked for, in order, each once; and the years."""
    regions: dict[str, Region] = {}
    years = []
    for year, there in scope.places():
        years.append(year)
        regions.update({region.code: region for region in there})
    return sorted(regions.values(), key=registry().place), years
