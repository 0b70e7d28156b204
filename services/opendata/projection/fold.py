"""Fold the effects of a batch to deltas at every level: pure, in memory, order within a stream kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from services.contract.facts import Facts
from services.contract.regions import Level, registry
from services.opendata.projection.effects import Effects, Person

PERSON_MEASURES = frozenset(("allocated", "awaiting", "allocated_minors", "settled", "settled_minors"))
"""Measures that count persons where they are. The others are a municipality's decisions: a
district's share is part of its municipality's quota already and is not added to it again."""

SETTLED_FIGURE = "settled//"
"""The key of the official figure of all persons settled, which the sums above take heed of."""

Key = tuple[Any, ...]
"""What tells counts of one region apart; its year comes first."""

Counts = dict[str, Counter[Key]]
"""Counts by region and by key. Regions stand outside, so that a level is summed to the next one
without making keys anew."""


def _counts() -> Counts:
    return defaultdict(Counter)


@dataclass(slots=True)
class Deltas:
    """What a batch adds to the stored totals of one partition, at every level of region.

    ``values`` and ``reports`` have the same keys ``(year, measure, origin)``, ``waits`` have
    ``(year, days)``. ``persons`` stay at their own region, the finest. What nets to nothing stands
    there with 0: which rows there are depends on the events alone, not on how they fell into batches.

    ``touched`` holds the regions and years in which anything was touched, and ``told`` the cells of
    persons, each with the sequence of the last event that did.
    """

    values: Counts = field(default_factory=_counts)
    reports: Counts = field(default_factory=_counts)
    waits: Counts = field(default_factory=_counts)
    persons: dict[Person, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[Person, int] = field(default_factory=dict)
    facts: dict[tuple[str, str, int], Facts] = field(default_factory=dict)
    figures: dict[tuple[str, int, str], Facts] = field(default_factory=dict)
    touched: dict[tuple[str, int], int] = field(default_factory=dict)


def fold(batch: Iterable[tuple[int, Effects]]) -> Deltas:
    """The deltas of some events, each given by its sequence and effects, in rising order."""
    deltas = Deltas()
    values, reported, touched = deltas.values, deltas.reports, deltas.touched
    persons, told = deltas.persons, deltas.told
    counted: dict[str, dict[int, int]] = defaultdict(dict)
    for sequence, effects in batch:
        for total, value, reports in effects.totals:
            region, key = total.region, total[1:]
            values[region][key] += value
            reported[region][key] += reports
            counted[region][total.year] = sequence
        for person, count in effects.persons:
            persons[person] += count
            told[person] = sequence
        for wait, count in effects.waits:
            deltas.waits[wait.region][wait.year, wait.days] += count
        for kind, region, year, facts in effects.facts:
            deltas.facts[kind, region, year] = facts
            touched[region, year] = sequence
        for region, year, name, facts in effects.figures:
            deltas.figures[region, year, name] = facts
            for above in registry().lineage(region) if name == SETTLED_FIGURE else (region,):
                touched[above, year] = sequence
    _touch_above(counted, touched)
    for counts in (deltas.values, deltas.reports):
        _sum_up(counts, _counts_persons)
    _sum_up(deltas.waits)
    return deltas


def _touch_above(counted: dict[str, dict[int, int]], touched: dict[tuple[str, int], int]) -> None:
    """Where anything was counted, and in all regions above, the last event to do so has touched them."""
    for region, years in counted.items():
        for above in registry().lineage(region):
            for year, sequence in years.items():
                if sequence > touched.get((above, year), 0):
                    touched[above, year] = sequence


def _counts_persons(key: Key) -> bool:
    return key[1] in PERSON_MEASURES


def _sum_up(counts: Counts, above_district: Callable[[Key], bool] | None = None) -> None:
    """Add each region's counts to its parent's, level by level.

    ``above_district`` tells which of a district's keys go up to its municipality; all where None.
    """
    regions = registry()
    for level in (Level.DISTRICT, Level.MUNICIPALITY, Level.COUNTY):
        for code in list(counts):
            region = regions.find(code)
            if region is None or region.level is not level or region.parent is None:
                continue
            above = counts[region.parent]
            for key, count in counts[code].items():
                if level is not Level.DISTRICT or above_district is None or above_district(key):
                    above[key] += count
