"""A region through the years. Pure: reads the registry and one release."""

from datetime import date

from services.contract.regions import Region
from services.opendata.graphql.errors import bad_input
from services.opendata.graphql.resolving.reading import Reading
from services.opendata.release.answers import ReleasedNumbers, Totals


def children_of(reading: Reading, region: Region, on: date | None) -> list[Region]:
    """The regions one level down on a day, without those that stand for "not stated"."""
    year = reading.today.year if on is None else on.year
    if on is None and region.valid_to is not None:
        year = min(year, region.valid_to)
    return [child for child in reading.regions.children(region, year) if child.stated]


def history_of(
    numbers: ReleasedNumbers,
    region: Region,
    first: int | None,
    last: int | None,
    map_year: int | None = None,
) -> list[Totals]:
    """The totals of the years of which something is known, from one year to another, both included."""
    if first is not None and last is not None and first > last:
        raise bad_input("from is a later year than to.")
    totals = (
        numbers.totals(region, year, map_year)
        for year in numbers.years(region, map_year)
        if (first is None or year >= first) and (last is None or year <= last)
    )
    return [found for found in totals if found is not None]
