"""Which regions a list holds. Pure: reads the registry and one release."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.contract.regions import Level, Region, Registry
from services.opendata.graphql.errors import bad_input, no_such_region
from services.opendata.graphql.resolving.reading import Reading
from services.opendata.graphql.resolving.region_names import matches
from services.opendata.graphql.resolving.region_order import RegionOrder
from services.opendata.release.answers import DecisionStatus


@dataclass(frozen=True, slots=True)
class RegionSearch:
    """What is asked of a list of regions; None asks for nothing."""

    level: Level | None = None
    codes: Collection[str] | None = None
    within: str | None = None
    search: str | None = None
    on: date | None = None
    decision_status: DecisionStatus | None = None
    year: int | None = None
    order_by: RegionOrder | None = None
    include_not_stated: bool = False

    def find(self, reading: Reading) -> list[Region]:
        """The regions asked for, from the country down, by code within a level."""
        if self.decision_status is not None and self.year is None:
            raise bad_input("decisionStatus needs a year: add year.")
        if self.within is not None and reading.regions.find(self.within) is None:
            raise no_such_region(self.within)
        year = self._map_year(reading.today)
        found: Iterable[Region] = reading.regions.at(self.level, year)
        for fits in self._tests(reading, year):
            found = [region for region in found if fits(region)]
        return list(found)

    def _map_year(self, today: date) -> int | None:
        """The year whose map the list is of; None for the regions of all times."""
        if self.on is not None:
            return self.on.year
        if self.year is not None:
            return self.year
        if self.codes is not None:
            return None
        return today.year if self.order_by is None else self.order_by.year

    def _tests(self, reading: Reading, year: int | None) -> Iterator[Callable[[Region], bool]]:
        """What a region at the level, on the map, has to be besides; the cheapest first."""
        codes, search = self.codes, self.search
        if codes is not None:
            yield lambda region: region.code in codes
        elif not self.include_not_stated:
            yield lambda region: region.stated
        if self.within is not None:
            yield lambda region: self._lies_within(reading, region)
        if search is not None:
            yield lambda region: _is_named(reading.regions, region, search, year)
        if self.decision_status is not None:
            yield lambda region: self._has_status(reading, region)

    def _lies_within(self, reading: Reading, region: Region) -> bool:
        within = self.within
        return within is None or (region.code != within and reading.regions.within(region.code, within))

    def _has_status(self, reading: Reading, region: Region) -> bool:
        if self.decision_status is None or self.year is None:
            return True
        totals = reading.numbers.totals(region, self.year)
        return totals is not None and totals.decision_status is self.decision_status


def _is_named(regions: Registry, region: Region, search: str, year: int | None) -> bool:
    """Whether a region has a text in its name, or any that had become part of it by a year has."""
    return any(matches(search, name) for name in (region.name, *regions.former_names(region, year)))
