"""A release in memory: counts persons by walking over all of them."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from services.contract.codes import Dimension, Origin
from services.contract.regions import registry
from services.opendata.release.answers import (
    BreakdownCell,
    Coverage,
    DayCount,
    Days,
    Extent,
    NoSuchPage,
    PastRelease,
    Release,
    ReleasePage,
    Totals,
    UnaccompaniedMinors,
    UnknownRelease,
)

RELEASE = Release(
    id="2024-06-21.1",
    published_at=datetime(2024, 6, 21, 12, tzinfo=UTC),
    data_through=datetime(2024, 6, 21, 11, 59, 59, 999999, tzinfo=UTC),
    policy="immediate",
    next_at=None,
)

NO_MINORS = UnaccompaniedMinors(*[None] * 8)


@dataclass(frozen=True)
class Person:
    """Somebody settled in a municipality or district; ``day`` is None where it is not stated."""

    code: str
    year: int
    day: date | None = None
    categories: dict[Dimension, str] = field(default_factory=dict)

    def category(self, dimension):
        if dimension is Dimension.MONTH:
            return "unknown" if self.day is None else self.day.isoformat()[:7]
        return self.categories.get(dimension, "unknown")


class NumbersInMemory:
    """Counts ``persons``; everything else of a code and year stands in ``known``.

    Knows no other map than that of the year.
    """

    release = RELEASE

    def __init__(self, persons=(), known=None, published=None):
        self.persons = list(persons)
        self.known = dict(known or {})
        self.published_figures = dict(published or {})

    @contextmanager
    def opened(self):
        yield self

    def anew(self):
        return self

    def totals(self, region, year, map_year=None):
        assert map_year is None
        if not region.valid_in(year):
            return None
        settled = len(self._settled(region, year)) or None
        return replace(
            blank_totals(region, year),
            **{
                "settled": settled,
                "origins": () if settled is None else (Origin.REPORTED,),
                **self.known.get((region.code, year), {}),
            },
        )

    def years(self, region, map_year=None):
        assert map_year is None
        known = {year for code, year in self.known if code == region.code}
        return sorted(known | {person.year for person in self.persons if self._lies_in(person, region)})

    def known_years(self):
        return sorted({year for _, year in self.known} | {person.year for person in self.persons})

    def breakdown(self, region, year, by, map_year=None):
        assert map_year is None
        settled = self._settled(region, year)
        counts = Counter(tuple(person.category(dimension) for dimension in by) for person in settled)
        return [
            BreakdownCell(categories, persons, persons / len(settled), None, (Origin.REPORTED,))
            for categories, persons in sorted(counts.items())
        ]

    def days(self, region, year, map_year=None):
        assert map_year is None
        settled = self._settled(region, year)
        counts = Counter(person.day for person in settled if person.day is not None)
        return Days(
            dated=tuple(DayCount(day, persons) for day, persons in sorted(counts.items())),
            undated=sum(person.day is None for person in settled),
        )

    def published(self, region, year):
        return self.published_figures.get((region.code, year), ())

    def changes(self, since, after, region, year, most):
        if since not in ("0", self.release.id):
            raise UnknownRelease
        return []

    def releases(self, page):
        if page is not None:
            raise NoSuchPage
        past = PastRelease(self.release, "0", Extent(2, 1, 2024, 2024))
        return ReleasePage((past,), None, 0, self.release.published_at)

    def _settled(self, region, year):
        return [person for person in self.persons if person.year == year and self._lies_in(person, region)]

    def _lies_in(self, person, region):
        return registry().within(person.code, region.code)


def blank_totals(region, year):
    """Totals of which nothing is known."""
    return Totals(
        region=region,
        year=year,
        release=RELEASE,
        announced=None,
        announced_originally=None,
        requested=None,
        requested_originally=None,
        decided=None,
        quota=None,
        extra_capacity=None,
        spare_capacity=None,
        answer_by=None,
        answer_expected_on=None,
        accepts_unaccompanied_minors=None,
        decision_status=None,
        allocated=None,
        awaiting=None,
        median_wait_days=None,
        settled=None,
        remaining=None,
        fulfilment=None,
        settled_per_thousand=None,
        not_placed_in_district=None,
        unaccompanied_minors=NO_MINORS,
        need=None,
        not_placed_by_borders=None,
        coverage=Coverage(1, 0, 0, 0, 0, complete=False),
        origins=(),
        comparable=True,
        flows=(),
        withheld=(),
    )
