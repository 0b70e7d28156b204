"""What a year's numbers should come to on today's map, from the year's own municipalities alone.

Each municipality of the year is followed to where it is today. What went into one region counts
there and above; what went into several counts from the lowest region that holds them all. The
public numbers are made another way, from sums of sums, so that an error of either shows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.contract.regions import Level, Region, registry


@dataclass(frozen=True, slots=True)
class Map:
    """Where municipalities of a year are on the map of another, by code.

    ``divided`` are regions into which a part of one came: none of their numbers can be given.
    """

    homes: Mapping[str, str]
    divided: frozenset[str]

    def summed(self, counts: Mapping[str, int]) -> Counter[str]:
        """Counts by municipality of the year as counts by region of the map."""
        whole: Counter[str] = Counter()
        for code, count in counts.items():
            for above in registry().lineage(self.homes[code]):
                whole[above] += count
        return whole


def map_of(year: int, map_year: int) -> Map:
    """A year's municipalities on a map that is not older."""
    homes: dict[str, str] = {}
    divided: set[str] = set()
    for region in municipalities(year):
        lineages = [registry().lineage(one.code) for one in registry().successors_in(region, map_year)]
        home = homes[region.code] = _lowest(region, lineages, map_year)
        divided.update(
            place for lineage in lineages for place in lineage if place not in registry().lineage(home)
        )
    return Map(homes, frozenset(divided))


def municipalities(year: int) -> Iterable[Region]:
    """All of a year, and the one that stands for "not stated"."""
    return (one for one in registry() if one.level is Level.MUNICIPALITY and one.valid_in(year))


def _lowest(region: Region, lineages: list[tuple[str, ...]], map_year: int) -> str:
    if not lineages:
        # Nothing is known to have come after it: what lay above it, as far as that is still there.
        above = registry().lineage(region.code)
        return next(code for code in above if registry().find_in(code, map_year) is not None)
    return next(code for code in lineages[0] if all(code in other for other in lineages))
