"""What has changed since a release: by region and year, in the order in which it changed last."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_

from services.contract.codes import Dimension, Measure
from services.contract.regions import registry
from services.opendata.release import tables
from services.opendata.release.answers import Category, Change
from services.opendata.release.gathering import WAIT_MEASURE


def changes_after(
    connection: Connection,
    since: int,
    after: tuple[int, int, str],
    region: str | None,
    year: int | None,
    most: int,
) -> list[Change]:
    """The regions and years of which anything differs from a release, ``most`` at most.

    ``after`` is where one before stood: its release, year and region. What changes again while
    somebody reads comes again at the end: nothing is missed.
    """
    places = tables.places.c
    in_order = (places.release, places.year, places.region)
    asked = select(*in_order).where(places.release > since, tuple_(*in_order) > tuple_(*after))
    if region is not None:
        asked = asked.where(places.region == region)
    if year is not None:
        asked = asked.where(places.year == year)
    found = connection.execute(asked.order_by(*in_order).limit(most)).all()
    changed = _Changed(connection, since, [(code, one_year) for _, one_year, code in found])
    return [changed.at(code, one_year, release) for release, one_year, code in found]


class _Changed:
    """The rows of some places that have changed since a release."""

    def __init__(self, connection: Connection, since: int, places: Sequence[tuple[str, int]]) -> None:
        by_year: dict[int, list[str]] = defaultdict(list)
        for region, year in places:
            by_year[year].append(region)

        def rows(table: Table, *names: str) -> Mapping[tuple[str, int], list[tuple[Any, ...]]]:
            found: dict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
            for year, regions in by_year.items():
                columns = (table.c[name] for name in names)
                asked = select(table.c.region, *columns).where(
                    table.c.year == year, table.c.region.in_(regions), table.c.release > since
                )
                for region, *values in connection.execute(asked):
                    found[region, year].append(tuple(values))
            return found

        self._totals = rows(tables.totals, "measure")
        self._categories = rows(tables.categories, "dimension", "category")
        self._days = rows(tables.days, "day")

    def at(self, region: str, year: int, release: int) -> Change:
        place = (region, year)
        days = {day for (day,) in self._days.get(place, ()) if day}
        return Change(
            region=registry().named(region),
            year=year,
            release=str(release),
            measures=_measures(name for (name,) in self._totals.get(place, ())),
            categories=tuple(
                Category(Dimension(dimension), category)
                for dimension, category in sorted(set(self._categories.get(place, ())))
            ),
            days=tuple(map(date.fromisoformat, sorted(days))),
        )


def _measures(names: Iterable[str]) -> tuple[Measure, ...]:
    """The measures that change with totals of some names, those that follow from them included."""
    found: set[Measure] = set()
    for name in names:
        plain = name.removesuffix("_minors")
        if name == WAIT_MEASURE:
            found.add(Measure.MEDIAN_WAIT_DAYS)
        elif plain in _BY_NAME:
            found |= {_BY_NAME[plain], *_FOLLOWING.get(_BY_NAME[plain], ())}
    return tuple(one for one in Measure if one in found)


_BY_NAME = {measure.value: measure for measure in Measure}
_FOLLOWING = {
    Measure.REQUESTED: (Measure.SPARE_CAPACITY,),
    Measure.QUOTA: (Measure.SPARE_CAPACITY, Measure.REMAINING, Measure.FULFILMENT),
    Measure.SETTLED: (
        Measure.REMAINING,
        Measure.FULFILMENT,
        Measure.SETTLED_PER_THOUSAND,
        Measure.NOT_PLACED_IN_DISTRICT,
    ),
}
