"""Where the regions of one year lie on the map of another.

Borders change on 1 January: regions merge, are split and get new codes. A count is never split, so
one of a region that went into several belongs to the lowest region that holds them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.contract.regions.registry import COUNTRY, Level, Region, Registry, registry

MOST_REDRAWINGS = 128


class Redrawing:
    """The regions of a year on the map of another year. Immutable; costs regions, never events.

    Counties are followed by their municipalities, because these have moved between counties.
    """

    def __init__(self, regions: Registry, year: int, map_year: int) -> None:
        self.regions = regions
        self.year = year
        self.map_year = map_year
        self._targets: dict[str, tuple[str, ...]] = {}
        self._homes: dict[str, str] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._touching: dict[str, list[str]] = defaultdict(list)
        self._districts_at_home: dict[str, list[str]] = defaultdict(list)
        divided: set[str] = set()
        for region, targets in _flows(regions, year, map_year):
            code = region.code
            self._targets[code] = tuple(sorted(target.code for target in targets))
            home = self._homes[code] = self._lowest_home(region, self._targets[code])
            self._places[code] = places = self._places_of(region.level, home, self._targets[code])
            divided.update(place for place in places if place not in regions.lineage(home))
            for place in places:
                self._touching[place].append(code)
            if region.level is Level.DISTRICT and targets:
                self._districts_at_home[home].append(code)
        self.divided = frozenset(divided)
        """Regions of the map into which a part of another came: numbers of the year can't be given."""
        self._sources = {place: self._coarsened(place, found) for place, found in self._touching.items()}

    def __iter__(self) -> Iterator[str]:
        """The regions of the map, but the country, into which anything of the year came."""
        return iter(self._touching)

    def targets(self, code: str) -> tuple[str, ...]:
        """The regions of the map, by code, that a region of the year is or went into.

        Those of a county are counties. None where nothing is known to have come after it.
        """
        region = self.regions.find(code)
        if region is None or code in self._targets:
            return self._targets.get(code, ())
        if region.level is Level.COUNTRY:
            return (code,)
        inside = self._municipalities(region)
        return tuple(sorted({self._at_county(target) for one in inside for target in self._targets[one]}))

    def home(self, code: str) -> str:
        """The lowest region of the map that holds all of a municipality or district of the year."""
        return self._homes[code]

    def places(self, code: str) -> tuple[str, ...]:
        """The regions of the map below the country that hold all or some of a municipality or district.

        Districts are counted apart from their municipality, so a district's are districts only.
        None of a county or the country.
        """
        return self._places.get(code, ())

    def touching(self, code: str) -> tuple[str, ...]:
        """The municipalities of the year of which all or some is in a region of the map.

        Of a district: districts.
        """
        if code == COUNTRY:
            return tuple(one for one in self._targets if self._level(one) is Level.MUNICIPALITY)
        return tuple(self._touching.get(code, ()))

    def whole(self, code: str) -> tuple[str, ...]:
        """Those of `touching` of which all is there."""
        return tuple(one for one in self.touching(code) if self.holds(code, one))

    def districts_at_home(self, code: str) -> tuple[str, ...]:
        """The districts of the year of which all is in a region of the map and in none below it.

        Those are left out of which nothing is known to have come after them.
        """
        return tuple(self._districts_at_home.get(code, ()))

    def holds(self, code: str, one: str) -> bool:
        """Whether all of a municipality or district of the year is in a region of the map."""
        return code in self.regions.lineage(self._homes[one])

    def sources(self, code: str) -> tuple[str, ...]:
        """The fewest regions of the year that `touching` comes to: whole counties where they fit."""
        return (COUNTRY,) if code == COUNTRY else self._sources.get(code, ())

    def came_from(self, code: str) -> tuple[str, ...]:
        """The regions of the year of which all or some is in a region of the map, on its own level."""
        if self._level(code) is Level.COUNTRY:
            return (code,)
        touching = self.touching(code)
        if self._level(code) is Level.COUNTY:
            touching = tuple({self._at_county(one) for one in touching})
        return tuple(sorted(touching))

    def is_unchanged(self, code: str) -> bool:
        """Whether a region of the map was there in the year with the same code and extent."""
        return self.sources(code) == (code,) and code not in self.divided

    def _places_of(self, level: Level, home: str, targets: Iterable[str]) -> tuple[str, ...]:
        found = {place for one in (home, *targets) for place in self.regions.lineage(one)}
        of_districts = level is Level.DISTRICT
        return tuple(
            sorted(
                place for place in found - {COUNTRY} if (self._level(place) is Level.DISTRICT) == of_districts
            )
        )

    def _lowest_home(self, region: Region, targets: Iterable[str]) -> str:
        there = (
            above
            for above in self.regions.lineage(region.code)
            if self.regions.find_in(above, self.map_year) is not None
        )
        return self.regions.lowest_common(targets) or next(there)

    def _coarsened(self, place: str, touching: list[str]) -> tuple[str, ...]:
        if self._level(place) is not Level.COUNTY:
            return tuple(touching)
        by_county: dict[str, list[str]] = defaultdict(list)
        for one in touching:
            by_county[self._at_county(one)].append(one)
        found: list[str] = []
        for county, inside in by_county.items():
            county_then = self.regions.named(county)
            all_of_it = all(self.holds(place, one) for one in self._municipalities(county_then))
            found += [county] if all_of_it else inside
        return tuple(sorted(found))

    def _municipalities(self, county: Region) -> list[str]:
        return [one.code for one in self.regions.children(county, self.year)]

    def _at_county(self, code: str) -> str:
        return next(above for above in self.regions.lineage(code) if self._level(above) is Level.COUNTY)

    def _level(self, code: str) -> Level:
        return self.regions.named(code).level


def _flows(regions: Registry, year: int, map_year: int) -> list[tuple[Region, list[Region]]]:
    """Each municipality and district of a year and what it is on the map of another, by code."""
    there = [one for one in regions if one.valid_in(year) and one.level in _COUNTED]
    there.sort(key=lambda one: one.code)
    if map_year >= year:
        return [(one, regions.successors_in(one, map_year)) for one in there]
    # Back in time a region goes into all that have come to it since, even where its code was there.
    came_to: dict[str, list[Region]] = defaultdict(list)
    for earlier in regions:
        if earlier.valid_in(map_year) and earlier.level in _COUNTED:
            for later in regions.successors_in(earlier, year):
                came_to[later.code].append(earlier)
    return [(one, came_to[one.code]) for one in there]


_COUNTED = (Level.MUNICIPALITY, Level.DISTRICT)


def redrawing(year: int, map_year: int) -> Redrawing:
    """The project's regions of a year on the map of another year."""
    regions = registry()
    return _redrawing(regions.map_year(year), regions.map_year(map_year))


@lru_cache(maxsize=MOST_REDRAWINGS)
def _redrawing(year: int, map_year: int) -> Redrawing:
    # Years of the same map share one: there are few maps, and whoever asks may name any year.
    return Redrawing(registry(), year, map_year)


def regions_on(region: Region, year: int, today: int) -> tuple[Region, ...]:
    """What a region is on the map of a year, by code: itself, or what it went into or came from.

    It is taken for what it was last, or is today. On the map of a former year that is all of which a
    part is in it: itself too, where others came to it later. Counties are counties, followed by their
    municipalities. None where nothing is known of it.
    """
    last = today if region.valid_to is None else region.valid_to
    if region.valid_from is not None:
        last = max(last, region.valid_from)
    if year < last:
        codes = redrawing(year, last).came_from(region.code)
    else:
        codes = redrawing(last, year).targets(region.code)
    return tuple(map(registry().named, codes))
