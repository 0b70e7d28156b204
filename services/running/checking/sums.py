"""Whether released numbers add up: what lies inside a region, and what could not be placed, is all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, desc, func, select

from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.contract.partial_date import today_in_oslo
from services.contract.regions import Level, Region, registry
from services.opendata.release import tables
from services.opendata.release.answers import ReleasedNumbers, Totals
from services.opendata.release.reader import NothingReleased, Published
from services.opendata.release.releaser import POLICY
from services.running.checking.outcome import Check, Difference, Outcome, Progress, Where
from services.running.checking.redrawn import map_of, municipalities
from services.running.checking.sources import Sources

MINORS = "unaccompanied minors"
MEASURES = (
    "requested",
    "requested_originally",
    "decided",
    "quota",
    "extra_capacity",
    "allocated",
    "awaiting",
    *(
        f"{measure}, {MINORS}"
        for measure in ("requested", "decided", "quota", "extra_capacity", "allocated", "settled")
    ),
)
"""Beside persons settled. Where the whole is known it is the sum of the parts that are. A district's
share of a quota is no part: what a municipality has decided need not be shared out."""


def check_sums(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Add up year by year, on the map of the year and on today's. Yields after each, outside transactions."""
    if sources.releases is None:
        outcome.skip("Not added up: what is released can't be reached from here.")
        return
    with sources.releases.read() as connection:
        years = connection.scalars(
            select(tables.places.c.year).distinct().order_by(tables.places.c.year)
        ).all()
    published = Published(sources.releases)
    today = today_in_oslo(utc_now()).year
    for done, year in enumerate(years, 1):
        try:
            with published.open() as numbers:
                _add_up(outcome, _View(numbers, year, year))
                if year < today:
                    now = _View(numbers, year, today)
                    _add_up(outcome, now)
                    _follow(outcome, now)
        except NothingReleased:
            return
        _add_up_margins(outcome, sources.releases, year)
        yield Progress(Check.SUMS, done, len(years))


@dataclass(frozen=True, slots=True)
class _View:
    """The numbers of a year on the map of that year, or of a later one."""

    numbers: ReleasedNumbers
    year: int
    map_year: int

    @property
    def is_redrawn(self) -> bool:
        return self.map_year != self.year

    def totals(self, region: Region) -> Totals | None:
        return self.numbers.totals(region, self.year, self.map_year)

    def inside(self, region: Region) -> list[Totals]:
        found = (self.totals(one) for one in registry().children(region, self.map_year))
        return [one for one in found if one is not None]

    def where(self, region: Region) -> Where:
        return {"region": region.code, "year": self.year, "borders": "NOW" if self.is_redrawn else "THEN"}


def _add_up(outcome: Outcome, view: _View) -> None:
    """What lies inside each region, and what could not be placed there, is all of it."""
    for region in registry():
        whole, parts = view.totals(region), view.inside(region)
        if whole is None or not parts or not whole.comparable:
            continue
        where = view.where(region)
        by_district, by_borders = whole.not_placed_in_district or 0, whole.not_placed_by_borders or 0
        values = [whole.settled, *(one.settled for one in parts), by_district, by_borders]
        _compare(outcome, "settled", where, values)
        for what, count in (("in a district", by_district), ("by borders", by_borders)):
            outcome.compared += 1
            if count < 0:
                outcome.differ(Difference(f"settled, not placed {what}", where, count, 0))
        if region.level is Level.MUNICIPALITY or view.is_redrawn:
            # Of decisions nobody says how many could not be placed on another map.
            continue
        for measure in MEASURES:
            _compare(outcome, measure, where, [_of(one, measure) for one in (whole, *parts)])


def _follow(outcome: Outcome, view: _View) -> None:
    """Each region of a later map has what its municipalities of the year had, followed one by one."""
    then = _View(view.numbers, view.year, view.year)
    borders = map_of(view.year, view.map_year)
    inside = [one for one in map(then.totals, municipalities(view.year)) if one is not None]
    expected = {
        measure: borders.summed({one.region.code: _of(one, measure) or 0 for one in inside})
        for measure in ("settled", *MEASURES)
    }
    for region in registry():
        totals = view.totals(region)
        if totals is None or region.level is Level.DISTRICT:
            continue
        where = view.where(region)
        outcome.compare("comparable", where, totals.comparable, region.code not in borders.divided)
        for measure, sums in expected.items():
            whole = 0 if region.code in borders.divided else sums[region.code]
            _compare(outcome, f"{measure}, of its municipalities then", where, [_of(totals, measure), whole])


def _of(totals: Totals, measure: str) -> int | None:
    name, _, part = measure.partition(", ")
    value: int | None = getattr(totals.unaccompanied_minors if part else totals, name)
    return value


def _compare(outcome: Outcome, measure: str, where: Where, values: list[int | None]) -> None:
    """Whether the first of some values is the sum of the others. One that is not known counts nothing."""
    whole, *parts = values
    outcome.compared += 1
    if (whole or 0) != sum(one or 0 for one in parts):
        outcome.differ(Difference(measure, where, whole, sum(one or 0 for one in parts)))


def _add_up_margins(outcome: Outcome, releases: Database, year: int) -> None:
    """By each dimension, and by day, as many persons as are settled."""
    total, category, day = tables.totals.c, tables.categories.c, tables.days.c
    with releases.read() as connection:
        policy = connection.scalar(
            select(tables.releases.c.policy).order_by(desc(tables.releases.c.number)).limit(1)
        )
        if policy != POLICY:
            outcome.note(f"Breakdowns were not added up: they follow the policy {policy}.")
            return
        settled = _sums(
            connection,
            select(total.region, func.sum(total.value))
            .where(total.year == year, total.measure == "settled")
            .group_by(total.region),
        )
        margins = {
            (region, dimension): int(persons)
            for region, dimension, persons in connection.execute(
                select(category.region, category.dimension, func.sum(category.persons))
                .where(category.year == year)
                .group_by(category.region, category.dimension)
            )
        }
        days = _sums(
            connection,
            select(day.region, func.sum(day.persons)).where(day.year == year).group_by(day.region),
        )
    dimensions = {dimension for _, dimension in margins}
    for region in settled.keys() | days.keys() | {region for region, _ in margins}:
        where = {"region": region, "year": year}
        persons = settled.get(region, 0)
        for dimension in dimensions:
            outcome.compare(f"settled by {dimension}", where, margins.get((region, dimension), 0), persons)
        outcome.compare("settled by day", where, days.get(region, 0), persons)


def _sums(connection: Connection, query: Select[Any]) -> dict[str, int]:
    """Persons by region, as whole numbers, which PostgreSQL makes decimal ones."""
    return {region: int(persons) for region, persons in connection.execute(query)}
