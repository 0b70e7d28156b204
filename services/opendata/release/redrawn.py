"""A year's sheet on the map of another year: sums of what flowed wholly into each region. Pure.

A count is never split. Where a part of an old region came into a region, the sums there are kept
whole all the same, to tell which measures something is known of; they are never given
(`Redrawing.divided`). The country is the same on every map.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import accumulate

from services.contract.regions import COUNTRY, Redrawing
from services.opendata.release.gathering import WAIT_MEASURE
from services.opendata.release.sheets import Count, Sheet

Waits = Mapping[str, Mapping[int, int]]
"""Persons by whole days of waiting, by municipality or district of the year."""


def redrawn(sheet: Sheet, borders: Redrawing, waits: Waits) -> Sheet:
    """A sheet of a year's own map as one of another map.

    ``waits`` has to hold the regions that `merged_waits` names: where it tells of fewer persons than
    have waited there, their median is not known.
    """
    # Facts stay with the regions of the year: they are asked for by those that came together.
    found = Sheet(borders, redrawn_from=sheet, facts=sheet.facts)
    _sum_counts(sheet, found)
    _sum_waits(sheet, found, waits)
    for code, origins in sheet.origins.items():
        for place in _places(borders, code):
            found.origins[place] |= origins
    _carry_official(sheet, found)
    return found


def merged_waits(sheet: Sheet, borders: Redrawing) -> set[str]:
    """The regions of the year whose waits have to be known one by one, because others came to them."""
    return {
        one
        for place in borders
        if len(borders.sources(place)) > 1
        for one in borders.touching(place)
        if (one, WAIT_MEASURE) in sheet.counts
    }


def _places(borders: Redrawing, code: str) -> tuple[str, ...]:
    """Where on the map a count of the year is a part. A county's is the sum of its municipalities'."""
    return (COUNTRY,) if code == COUNTRY else borders.places(code)


def _sum_counts(sheet: Sheet, found: Sheet) -> None:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (code, measure), count in sheet.counts.items():
        if measure != WAIT_MEASURE:
            for place in _places(found.borders, code):
                so_far = sums[place, measure]
                so_far[0] += count.value
                so_far[1] += count.reports
    found.counts.update({key: Count(value, reports) for key, (value, reports) in sums.items()})


def _sum_waits(sheet: Sheet, found: Sheet, waits: Waits) -> None:
    for place in (COUNTRY, *found.borders):
        sources = found.borders.sources(place)
        if len(sources) == 1:
            count = sheet.counts.get((sources[0], WAIT_MEASURE))
        else:
            count = _merged_wait(sheet, found.borders.touching(place), waits)
        if count is not None:
            found.counts[place, WAIT_MEASURE] = count


def _merged_wait(sheet: Sheet, codes: tuple[str, ...], waits: Waits) -> Count | None:
    """The median wait of all persons of several regions together, which no medians of theirs tell."""
    there = [sheet.counts[code, WAIT_MEASURE] for code in codes if (code, WAIT_MEASURE) in sheet.counts]
    persons = sum(count.reports for count in there)
    by_days: Counter[int] = Counter()
    for code in codes:
        by_days.update(waits.get(code, {}))
    if not persons or by_days.total() != persons:
        return None
    # Doubled, as it lies between two where the number is even.
    return Count(_waited(by_days, (persons + 1) // 2) + _waited(by_days, persons // 2 + 1), persons)


def _waited(by_days: Mapping[int, int], number: int) -> int:
    """The days that the one with a number waited, counted from the shortest wait, from 1."""
    days = sorted(by_days)
    upto = list(accumulate(by_days[one] for one in days))
    return days[bisect_left(upto, number)]


def _carry_official(sheet: Sheet, found: Sheet) -> None:
    """What the source says of regions of the year, where it counts on the map.

    As in sums above, one hidden number among several leaves them incomplete and does not hide them.
    """
    borders = found.borders
    for code in sheet.said_hidden:
        found.above_hidden.update((COUNTRY, *_touched(borders, code)))
    for code in sheet.said_noughts:
        found.noughts.update(_nought_at(borders, code))
    found.noughts |= sheet.noughts & {COUNTRY}
    for place in (COUNTRY, *borders):
        if found.known(place, "settled") is None and sheet.hidden.issuperset(borders.sources(place)):
            found.hidden.add(place)
    for measure, hidden in sheet.hidden_decisions.items():
        carried = found.hidden_decisions[measure]
        carried.above = {COUNTRY}.union(*(_touched(borders, code) for code in hidden.here))
        carried.here = {
            place
            for place in (COUNTRY, *borders)
            if found.known(place, measure) is None and hidden.here.issuperset(borders.sources(place))
        }


def _touched(borders: Redrawing, code: str) -> set[str]:
    """The regions of the map that hold anything of a region of the year."""
    return {above for target in borders.targets(code) for above in borders.regions.lineage(target)}


def _nought_at(borders: Redrawing, code: str) -> tuple[str, ...]:
    """Where on the map it is known that nobody was settled; of a county, where all of it is."""
    if borders.places(code):
        return borders.places(code)
    return tuple(place for place in borders.targets(code) if code in borders.sources(place))
