"""Fold the effects of a batch to deltas at every level: pure, in memory, order within a stream kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from services.contract.codes import UNKNOWN, Measure
from services.contract.facts import Facts
from services.contract.regions import Level, registry
from services.opendata.projection.cells import minor_of
from services.opendata.projection.effects import Effects, Person

PERSON_MEASURES = frozenset(("allocated", "awaiting", "allocated_minors", "settled", "settled_minors"))
"""Measures that count persons where they are. The others are a municipality's decisions: a
district's share is part of its municipality's quota already and is not added to it again."""

SETTLED_FIGURE = "settled//"
"""The key of the official figure of all persons settled, which the sums above take heed of."""

DECISION_FIGURES = {
    "requested//": Measure.REQUESTED,
    "requested_originally//": Measure.REQUESTED_ORIGINALLY,
    "decided//": Measure.DECIDED,
}
"""Official figures of public decisions, which matter where the source hides a number."""

TELL_ABOVE = frozenset((SETTLED_FIGURE, *DECISION_FIGURES))
"""Official figures by which answers change for all regions above."""

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
    persons: Counter[Person] = field(default_factory=Counter)
    told: dict[Person, int] = field(default_factory=dict)
    facts: dict[tuple[str, str, int], Facts] = field(default_factory=dict)
    figures: dict[tuple[str, int, str], Facts] = field(default_factory=dict)
    touched: dict[tuple[str, int], int] = field(default_factory=dict)


def fold(batch: Iterable[tuple[int, Effects | Person]]) -> Deltas:
    """The deltas of some events, each given by its sequence and what is counted, in rising order."""
    deltas = Deltas()
    counted: dict[str, dict[int, int]] = defaultdict(dict)
    newcomers: list[Person] = []
    told_at: list[int] = []
    for sequence, effects in batch:
        if type(effects) is Person:
            newcomers.append(effects)
            told_at.append(sequence)
        else:
            assert isinstance(effects, Effects)
            _add(deltas, counted, sequence, effects)
    if newcomers:
        _add_newcomers(deltas, counted, newcomers, told_at)
    _touch_above(counted, deltas.touched)
    for counts in (deltas.values, deltas.reports):
        _sum_up(counts, _counts_persons)
    _sum_up(deltas.waits)
    return deltas


def _add(deltas: Deltas, counted: dict[str, dict[int, int]], sequence: int, effects: Effects) -> None:
    """Add one event's effects, in the regions that they name."""
    values, reported, touched = deltas.values, deltas.reports, deltas.touched
    for total, value, reports in effects.totals:
        region, key = total.region, total[1:]
        values[region][key] += value
        reported[region][key] += reports
        counted[region][total.year] = sequence
    for person, count in effects.persons:
        deltas.persons[person] += count
        deltas.told[person] = sequence
    for wait, count in effects.waits:
        deltas.waits[wait.region][wait.year, wait.days] += count
    for kind, region, year, facts in effects.facts:
        deltas.facts[kind, region, year] = facts
        touched[region, year] = sequence
    for region, year, name, facts in effects.figures:
        deltas.figures[region, year, name] = facts
        for above in registry().lineage(region) if name in TELL_ABOVE else (region,):
            touched[above, year] = sequence


def _add_newcomers(
    deltas: Deltas, counted: dict[str, dict[int, int]], newcomers: list[Person], told_at: list[int]
) -> None:
    """Add persons of whom nothing was told before: what `effects_of` comes to for each, for all at once.

    By far the most events are such, so each step of ours for each of them would show.
    """
    regions, years, _, categories, origins = zip(*newcomers, strict=True)
    deltas.persons.update(newcomers)
    told = dict(zip(newcomers, told_at, strict=True))
    for person in deltas.told.keys() & told:
        told[person] = max(told[person], deltas.told[person])
    deltas.told.update(told)
    minors = map(minor_of, categories)
    for (region, year, origin, minor), count in Counter(
        zip(regions, years, origins, minors, strict=True)
    ).items():
        values, reports = deltas.values[region], deltas.reports[region]
        values[year, "settled", origin] += count
        reports[year, "settled", origin] += count
        if minor != UNKNOWN:
            values[year, "settled_minors", origin] += count if minor == "true" else 0
            reports[year, "settled_minors", origin] += count
    for (region, year), sequence in dict(zip(zip(regions, years, strict=True), told_at, strict=True)).items():
        counted[region][year] = max(sequence, counted[region].get(year, 0))


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
