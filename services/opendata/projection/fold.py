"""Fold the effects of a batch to deltas at every level: pure, in memory, order within a stream kept."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from services.contract.codes import Dimension
from services.contract.facts import Facts
from services.contract.regions import registry
from services.opendata.projection.effects import Effects, Person, Total, Wait

PERSON_MEASURES = frozenset(("allocated", "awaiting", "allocated_minors", "settled", "settled_minors"))
"""Measures that count persons where they are. The others are a municipality's decisions: a
district's share is part of its municipality's quota already and is not added to it again."""

DIMENSIONS = tuple(dimension.value for dimension in Dimension)


class Category(NamedTuple):
    """A running breakdown's key."""

    region: str
    year: int
    dimension: str
    category: str
    origin: str


class Day(NamedTuple):
    """A running day count's key; ``day`` is "" for those of whom no day is stated."""

    region: str
    year: int
    day: str


def _pairs() -> dict[Total, list[int]]:
    return defaultdict(lambda: [0, 0])


@dataclass(slots=True)
class Deltas:
    """What a batch adds to the stored totals of one partition, at every level of region.

    ``persons`` stays at the finest region: combinations of dimensions are summed from it.
    """

    totals: dict[Total, list[int]] = field(default_factory=_pairs)
    categories: dict[Category, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[Day, int] = field(default_factory=lambda: defaultdict(int))
    waits: dict[Wait, int] = field(default_factory=lambda: defaultdict(int))
    persons: dict[Person, int] = field(default_factory=lambda: defaultdict(int))
    facts: dict[tuple[str, str, int], Facts] = field(default_factory=dict)
    figures: dict[tuple[str, int, str], Facts] = field(default_factory=dict)

    def touched(self) -> set[tuple[str, int]]:
        """The regions and years in which anything changed."""
        found = {(key.region, key.year) for key in self.totals}
        found |= {(region, year) for _, region, year in self.facts}
        found |= {(region, year) for region, year, _ in self.figures}
        return found


def fold(batch: Iterable[Effects]) -> Deltas:
    """The deltas of some events' effects, in the order of the events."""
    lowest = Deltas()
    totals, persons, waits = lowest.totals, lowest.persons, lowest.waits
    for effects in batch:
        for total, value, reports in effects.totals:
            pair = totals[total]
            pair[0] += value
            pair[1] += reports
        for person, count in effects.persons:
            persons[person] += count
        for wait, count in effects.waits:
            waits[wait] += count
        for kind, region, year, facts in effects.facts:
            lowest.facts[kind, region, year] = facts
        for region, year, key, facts in effects.figures:
            lowest.figures[region, year, key] = facts
    return _at_every_level(lowest)


def _at_every_level(lowest: Deltas) -> Deltas:
    lineage = registry().lineage
    deltas = Deltas(persons=lowest.persons, facts=lowest.facts, figures=lowest.figures)
    for total, (value, reports) in lowest.totals.items():
        for region in _climb(total):
            pair = deltas.totals[total._replace(region=region)]
            pair[0] += value
            pair[1] += reports
    by_category, by_day = _margins(lowest.persons)
    for category, count in by_category.items():
        for region in lineage(category.region):
            deltas.categories[category._replace(region=region)] += count
    for day, count in by_day.items():
        for region in lineage(day.region):
            deltas.days[day._replace(region=region)] += count
    for wait, count in lowest.waits.items():
        for region in lineage(wait.region):
            deltas.waits[wait._replace(region=region)] += count
    return deltas


def _climb(total: Total) -> tuple[str, ...]:
    lineage = registry().lineage(total.region)
    if total.measure in PERSON_MEASURES or len(total.region) != len("030101"):
        return lineage
    return lineage[:1]


def _margins(persons: dict[Person, int]) -> tuple[dict[Category, int], dict[Day, int]]:
    """Counts by one dimension at a time and by day, still at the finest regions."""
    by_category: dict[Category, int] = defaultdict(int)
    by_day: dict[Day, int] = defaultdict(int)
    for person, count in persons.items():
        region, year, origin = person.region, person.year, person.origin
        for dimension in DIMENSIONS:
            key = Category(region, year, dimension, getattr(person, dimension), origin)
            by_category[key] += count
        by_day[Day(region, year, person.day)] += count
    return by_category, by_day
