"""Whether released numbers add up: what lies inside a region, and what could not be placed, is all of it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, desc, func, select

from services.chassis.database import Database
from services.contract.regions import Level, registry
from services.opendata.release import tables
from services.opendata.release.answers import ReleasedNumbers, Totals
from services.opendata.release.reader import NothingReleased, Published
from services.opendata.release.releaser import POLICY
from services.running.checking.outcome import Check, Difference, Outcome, Progress, Where
from services.running.checking.sources import Sources

DECISIONS = ("requested", "requested_originally", "decided", "quota", "extra_capacity")
PERSONS = ("allocated", "awaiting")
MINORS = ("requested", "decided", "quota", "extra_capacity", "allocated")
"""Beside persons settled. Where the whole is known it is the sum of the parts that are. A district's
share of a quota is no part: what a municipality has decided need not be shared out."""


def check_sums(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Add up year by year. Yields after each, outside transactions."""
    if sources.releases is None:
        outcome.note("Not added up: what is released can't be reached from here.")
        return
    with sources.releases.read() as connection:
        years = connection.scalars(
            select(tables.places.c.year).distinct().order_by(tables.places.c.year)
        ).all()
    published = Published(sources.releases)
    for done, year in enumerate(years, 1):
        try:
            with published.open() as numbers:
                _add_up(outcome, numbers, year)
        except NothingReleased:
            return
        _add_up_margins(outcome, sources.releases, year)
        yield Progress(Check.SUMS, done, len(years))


def _add_up(outcome: Outcome, numbers: ReleasedNumbers, year: int) -> None:
    for region in registry():
        inside = registry().children(region, year)
        whole = numbers.totals(region, year) if inside else None
        if whole is None:
            continue
        parts = [found for found in (numbers.totals(one, year) for one in inside) if found is not None]
        where: Where = {"region": region.code, "year": year}
        _add_up_settled(outcome, whole, parts, where)
        if region.level is not Level.MUNICIPALITY:
            for measure in (*DECISIONS, *PERSONS):
                _compare(outcome, measure, where, [getattr(one, measure) for one in (whole, *parts)])
            for measure in MINORS:
                values = [getattr(one.unaccompanied_minors, measure) for one in (whole, *parts)]
                _compare(outcome, f"{measure}, unaccompanied minors", where, values)
            minors = [one.unaccompanied_minors.settled for one in (whole, *parts)]
            _compare(outcome, "settled, unaccompanied minors", where, minors)


def _add_up_settled(outcome: Outcome, whole: Totals, parts: list[Totals], where: Where) -> None:
    not_placed = (whole.not_placed_in_district or 0) + (whole.not_placed_by_borders or 0)
    _compare(outcome, "settled", where, [whole.settled, *(one.settled for one in parts), not_placed])
    outcome.compared += 1
    if not_placed < 0:
        outcome.differ(Difference("settled, not placed in a district", where, not_placed, 0))


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
