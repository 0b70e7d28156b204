"""Look regions up by code and date; name their parents, children, predecessors and successors."""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

COUNTRY = "NO"
NOT_STATED_COUNTY = "99"
NOT_STATED = "9999"


class Level(StrEnum):
    COUNTRY = "country"
    COUNTY = "county"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Region:
    """One code with one meaning: a code that changed meaning would be two regions.

    ``valid_from`` and ``valid_to`` are whole years, inclusive; None means open.
    """

    code: str
    level: Level
    name: str
    parent: str | None
    valid_from: int | None
    valid_to: int | None
    successors: tuple[str, ...]

    def valid_in(self, year: int) -> bool:
        """Whether the region exists some day in a year. Regions change on 1 January only."""
        return (self.valid_from is None or self.valid_from <= year) and (
            self.valid_to is None or year <= self.valid_to
        )

    @property
    def first_day(self) -> date | None:
        return None if self.valid_from is None else date(self.valid_from, 1, 1)

    @property
    def last_day(self) -> date | None:
        return None if self.valid_to is None else date(self.valid_to, 12, 31)

    @property
    def stated(self) -> bool:
        """False for the county and municipality that stand for "not stated"."""
        return self.code not in (NOT_STATED, NOT_STATED_COUNTY)


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Registry:
    """All regions, indexed. Immutable once built; safe to share between threads."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code: dict[str, Region] = {}
        self._children: dict[str, list[Region]] = defaultdict(list)
        self._predecessors: dict[str, list[Region]] = defaultdict(list)
        self._former_names: dict[tuple[str, int | None], tuple[str, ...]] = {}
        self._at: dict[tuple[Level | None, int | None], tuple[Region, ...]] = {}
        for region in regions:
            if region.code in self._by_code:
                raise ValueError(f"region {region.code} stands twice in the registry")
            self._by_code[region.code] = region
        for region in self._by_code.values():
            if region.parent is not None:
                self._children[region.parent].append(region)
            for successor in region.successors:
                self._predecessors[successor].append(region)
        for index in (self._children, self._predecessors):
            for found in index.values():
                found.sort(key=lambda region: region.code)
        self._lineage = {code: tuple(self._climb(code)) for code in self._by_code}
        self._changes = sorted(
            {region.valid_from for region in self._by_code.values() if region.valid_from is not None}
            | {region.valid_to + 1 for region in self._by_code.values() if region.valid_to is not None}
        )

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def find(self, code: str) -> Region | None:
        """The region that has or had a code, retired or not."""
        return self._by_code.get(code)

    def at(self, level: Level | None, year: int | None) -> tuple[Region, ...]:
        """The regions at a level, or at all, on the map of a year, or of all times.

        From the country down to districts, by code within a level.
        """
        key = (level, None if year is None else self.map_year(year))
        if key not in self._at:
            found = [
                region
                for region in self
                if (level is None or region.level is level) and (year is None or region.valid_in(year))
            ]
            self._at[key] = tuple(sorted(found, key=self.place))
        return self._at[key]

    @staticmethod
    def place(region: Region) -> tuple[int, str]:
        """By which regions stand in order: their level, from the country down, and their code."""
        return (_RANKS[region.level], region.code)

    def named(self, code: str) -> Region:
        """The region that has or had a code that is known to be one's. Raises `KeyError`."""
        return self._by_code[code]

    def find_in(self, code: str, year: int) -> Region | None:
        """The region that has a code some day in a year."""
        region = self._by_code.get(code)
        return region if region is not None and region.valid_in(year) else None

    def parent(self, region: Region) -> Region | None:
        return None if region.parent is None else self._by_code[region.parent]

    def lineage(self, code: str) -> tuple[str, ...]:
        """A region's code and those of its ancestors, up to the country."""
        return self._lineage[code]

    def lowest_common(self, codes: Iterable[str]) -> str | None:
        """The lowest region that is, or holds, all of some regions; None of no regions."""
        lineages = [self._lineage[code] for code in codes]
        if not lineages:
            return None
        return next((place for place in lineages[0] if all(place in other for other in lineages)), None)

    def map_year(self, year: int) -> int:
        """The first year with the same map as a year; of the oldest map, the last one."""
        changed = bisect_right(self._changes, year)
        if not self._changes:
            return 0
        return self._changes[changed - 1] if changed else self._changes[0] - 1

    def former_names(self, region: Region, year: int | None = None) -> tuple[str, ...]:
        """The names of the regions that one came from, directly or not, but its own.

        With a year: of those that had become part of it by then. A county that was split lends its own
        name only: what it had been made of before is in one or another of the parts, and mostly in
        that of the same name.
        """
        key = (region.code, None if year is None else self.map_year(year))
        if key not in self._former_names:
            names: dict[str, None] = {}
            left = [region]
            while left:
                one = left.pop()
                if one.level is Level.COUNTY and len(one.successors) > 1 and one is not region:
                    continue
                before = [
                    found
                    for found in self.predecessors(one)
                    if year is None or (found.valid_to is not None and found.valid_to < year)
                ]
                names.update(dict.fromkeys(found.name for found in before))
                left += before
            names.pop(region.name, None)
            self._former_names[key] = tuple(names)
        return self._former_names[key]

    def within(self, code: str, ancestor: str) -> bool:
        """Whether a region is, or lies in, another."""
        return ancestor in self._lineage.get(code, ())

    def children(self, region: Region, year: int | None = None) -> list[Region]:
        """The regions one level down, by code; of one year, or of all times."""
        found = self._children.get(region.code, [])
        return [child for child in found if year is None or child.valid_in(year)]

    def predecessors(self, region: Region) -> list[Region]:
        return list(self._predecessors.get(region.code, ()))

    def successors(self, region: Region) -> list[Region]:
        return [self._by_code[code] for code in region.successors]

    def successors_in(self, region: Region, year: int) -> list[Region]:
        """The regions valid in a year into which a retired region has flowed, directly or not."""
        return self._reached(region, year, self.successors)

    def predecessors_in(self, region: Region, year: int) -> list[Region]:
        """The regions valid in a year that have flowed into a later one, directly or not."""
        return self._reached(region, year, self.predecessors)

    def at_level(self, level: Level, year: int | None = None) -> list[Region]:
        """All regions of a level, by code, those that stand for "not stated" left out."""
        return sorted(
            (
                region
                for region in self._by_code.values()
                if region.level is level and region.stated and (year is None or region.valid_in(year))
            ),
            key=lambda region: region.code,
        )

    def _reached(self, region: Region, year: int, step: Callable[[Region], list[Region]]) -> list[Region]:
        if region.valid_in(year):
            return [region]
        # A dictionary, because a region can be reached on two ways.
        reached = {
            found.code: found for beside in step(region) for found in self._reached(beside, year, step)
        }
        return list(reached.values())

    def _climb(self, code: str) -> Iterator[str]:
        current: str | None = code
        while current is not None:
            yield current
            current = self._by_code[current].parent


def _year(text: str) -> int | None:
    return int(text) if text else None


@cache
def registry() -> Registry:
    """The registry carried by the project (see ``SOURCE.md``), read once."""
    text = resources.files(__package__).joinpath("regions.csv").read_text(encoding="utf-8")
    return Registry(
        Region(
            code=row["code"],
            level=Level(row["level"]),
            name=row["name"],
            parent=row["parent"] or None,
            valid_from=_year(row["valid_from"]),
            valid_to=_year(row["valid_to"]),
            successors=tuple(filter(None, row["successors"].split(";"))),
        )
        for row in csv.DictReader(text.splitlines())
    )
