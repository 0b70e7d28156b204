"""In which order a list of regions comes, and where in it a region stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.contract.codes import Measure
from services.contract.regions import Region, Registry
from services.opendata.graphql.enums import Direction
from services.opendata.release.answers import ReleasedNumbers

Place: TypeAlias = tuple[int, float, str]
"""Where a region stands in an order; places compare like their regions."""


@dataclass(frozen=True, slots=True)
class RegionOrder:
    """By a measure of a year. Null and withheld last from either end, ties by code."""

    measure: Measure
    year: int
    direction: Direction

    @property
    def name(self) -> str:
        return f"{self.measure.value}.{self.year}.{self.direction.value}"

    def place(self, numbers: ReleasedNumbers, region: Region) -> Place:
        totals = numbers.totals(region, self.year)
        value = None if totals is None else totals.measure(self.measure)
        if value is None:
            return (1, 0, region.code)
        return (0, -value if self.direction is Direction.DESC else value, region.code)

    def sort(self, numbers: ReleasedNumbers, regions: Sequence[Region]) -> Sequence[Region]:
        """Regions in this order."""
        return sorted(regions, key=lambda region: self.place(numbers, region))


@dataclass(frozen=True, slots=True)
class MapOrder:
    """From the country down to districts, by code within a level: as the registry gives them."""

    name: str = "map"

    def place(self, _numbers: ReleasedNumbers, region: Region) -> Place:
        rank, code = Registry.place(region)
        return (rank, 0, code)

    def sort(self, _numbers: ReleasedNumbers, regions: Sequence[Region]) -> Sequence[Region]:
        """The same regions: they come in this order."""
        return regions
