"""Ours beside official figures: how many agree, and of each that differs what may explain it."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from services.chassis.database import Database
from services.contract.codes import Dimension, FigureStatus, Measure, Origin
from services.contract.regions import COUNTRY, Region, registry
from services.opendata.projection.fold import SETTLED_FIGURE
from services.opendata.release import tables
from services.opendata.release.answers import PublishedFigure, ReleasedNumbers, Totals
from services.opendata.release.reader import NothingReleased, Published
from services.running.checking.outcome import Check, Difference, Outcome, Progress
from services.running.checking.sources import Sources

NOTHING_REPORTED = "nothing is reported to us"
NO_SUCH_REGION = "the region does not exist in that year"
HIDDEN_BELOW = "the source hides numbers inside"
INCOMPLETE = "not every municipality has reported"
NOT_STATED = "persons are counted whose municipality is not stated"
EARLY = "it was published before the year was over"
SYNTHETIC = "our persons are made up to fit published sums"
"""What may explain a difference."""


_OF_PERSONS = (Measure.SETTLED, Measure.SETTLED_PER_THOUSAND)
_OF_REQUESTS = (Measure.REQUESTED, Measure.REQUESTED_ORIGINALLY)
_OF_DECISIONS = (Measure.DECIDED, Measure.QUOTA, Measure.EXTRA_CAPACITY, Measure.SPARE_CAPACITY)

Shares = dict[Dimension, dict[str, tuple[int | None, float | None]]]
"""By dimension and category, persons and their share."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known of a region beside a figure: our totals, and what may be missing in them."""

    totals: Totals | None
    above_hidden: bool
    not_stated: int


def check_published(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Compare year by year. Yields after each, outside transactions."""
    if sources.releases is None:
        outcome.skip("Not compared: what is released can't be reached from here.")
        return
    with sources.releases.read() as connection:
        figures = tables.figures.c
        years = connection.scalars(select(figures.year).distinct().order_by(figures.year)).all()
    published = Published(sources.releases)
    for done, year in enumerate(years, 1):
        try:
            with published.open() as numbers:
                _compare_year(outcome, numbers, year, _figured(sources.releases, year))
        except NothingReleased:
            return
        yield Progress(Check.PUBLISHED, done, len(years))


def _figured(releases: Database, year: int) -> dict[str, bool]:
    """The regions with official figures, and whether the source hides how many were settled there."""
    figures = tables.figures.c
    found: dict[str, bool] = {}
    with releases.read() as connection:
        rows = connection.execute(
            select(figures.region, figures.key, figures.figure).where(figures.year == year)
        )
        for region, key, text in rows:
            hides = key == SETTLED_FIGURE and orjson.loads(text)["status"] == FigureStatus.SUPPRESSED
            found[region] = found.get(region, False) or hides
    return found


def _compare_year(outcome: Outcome, numbers: ReleasedNumbers, year: int, figured: dict[str, bool]) -> None:
    above_hidden = {above for code, hides in figured.items() if hides for above in registry().lineage(code)}
    country = registry().find(COUNTRY)
    assert country is not None
    whole = numbers.totals(country, year)
    not_stated = 0 if whole is None else whole.coverage.not_stated
    for code in sorted(figured):
        region = registry().find(code)
        if region is not None:
            beside = _Beside(numbers.totals(region, year), code in above_hidden, not_stated)
            _compare_region(outcome, numbers, region, year, beside)


def _compare_region(
    outcome: Outcome, numbers: ReleasedNumbers, region: Region, year: int, beside: _Beside
) -> None:
    shares: Shares = {}
    for figure in numbers.published(region, year):
        if figure.status == FigureStatus.SUPPRESSED:
            outcome.hidden += 1
            continue
        dimension = figure.dimension
        if dimension is not None and dimension not in shares:
            shares[dimension] = {
                cell.categories[0]: (cell.persons, cell.share)
                for cell in numbers.breakdown(region, year, (dimension,))
            }
        for unit, ours, theirs in _pairs(figure, beside.totals, shares):
            outcome.compared += 1
            if not _agree(ours, theirs):
                where = _where(region.code, year, figure)
                why = tuple(_why(figure, ours, theirs, beside))
                outcome.differ(Difference(unit, where, ours, theirs, figure.source_name, why))


def _pairs(
    figure: PublishedFigure,
    totals: Totals | None,
    shares: Shares,
) -> Iterator[tuple[str, int | float | None, int | float]]:
    """Ours and theirs in persons and in percent, as far as they are published, each with its unit."""
    persons: int | float | None
    share: float | None
    if figure.dimension is None or figure.category is None:
        persons = None if totals is None else totals.measure(figure.measure)
        share = persons if figure.measure is Measure.FULFILMENT else None
    elif figure.measure is Measure.SETTLED:
        nobody = (0, 0.0) if totals is not None and totals.settled is not None else (None, None)
        persons, share = shares[figure.dimension].get(figure.category, nobody)
    else:
        return
    if figure.persons is not None:
        yield "persons", persons, figure.persons
    if figure.percent is not None and (figure.dimension is not None or figure.measure is Measure.FULFILMENT):
        yield "percent", None if share is None else round(100 * share, 4), figure.percent


def _agree(ours: int | float | None, theirs: int | float) -> bool:
    """Whether ours is what was published, which is rounded as far as it shows."""
    if ours is None or isinstance(ours, int):
        return ours == theirs
    decimals = len(f"{theirs:g}".partition(".")[2])
    return abs(ours - theirs) <= 0.5 / 10.0**decimals + 1e-4


def _where(code: str, year: int, figure: PublishedFigure) -> dict[str, str | int]:
    where: dict[str, str | int] = {"region": code, "year": year, "measure": figure.measure.value}
    if figure.dimension is not None:
        where |= {"dimension": figure.dimension.value, "category": figure.category or ""}
    return where


def _why(
    figure: PublishedFigure, ours: int | float | None, theirs: int | float, beside: _Beside
) -> Iterator[str]:
    totals = beside.totals
    if totals is None:
        yield NO_SUCH_REGION
        return
    if ours is None:
        yield HIDDEN_BELOW if beside.above_hidden else NOTHING_REPORTED
        return
    if Origin.SYNTHETIC in totals.origins and figure.measure in _OF_PERSONS:
        yield SYNTHETIC
    if figure.published_on[:4] <= str(totals.year):
        yield EARLY
    if ours > theirs:
        return
    known = totals.coverage.municipalities
    if figure.measure in _OF_PERSONS:
        if beside.above_hidden:
            yield HIDDEN_BELOW
        known = totals.coverage.reporting
        if totals.region.code != COUNTRY and beside.not_stated:
            yield NOT_STATED
    elif figure.measure in _OF_REQUESTS:
        known = totals.coverage.asked
    elif figure.measure in _OF_DECISIONS:
        known = totals.coverage.decided
    if known < totals.coverage.municipalities:
        yield INCOMPLETE
