"""What can be asked of a release, and the answers' forms. Plain data, no I/O.

Names are those of the GraphQL schema. A value is None when there is none or it is withheld;
``withheld`` says which. A blank is never a zero.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from services.contract.codes import Dimension, Measure, Origin
from services.contract.regions import Region


class DecisionStatus(StrEnum):
    """Where a municipality stands with its answer for a year."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    DELAYED = "delayed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class WithheldReason(StrEnum):
    """Why a number is not shown."""

    SMALL_NUMBERS = "small_numbers"
    NOT_YET_RELEASED = "not_yet_released"
    HIDDEN_BY_SOURCE = "hidden_by_source"
    INCOMPLETE = "incomplete"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Release:
    """A state of all public numbers. ``data_through``: everything recorded up to then is in it."""

    id: str
    published_at: datetime
    data_through: datetime | None
    policy: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Extent:
    """Of how many regions and years a release made anything another than it was before it."""

    regions: int
    years: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class PastRelease:
    """A release as it was made. ``before`` is the id of the one before it, "0" for none.

    ``changed`` is None where it was not counted.
    """

    release: Release
    before: str
    changed: Extent | None


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """Releases one after the other, the newest first.

    ``number`` is that of a page of the archive, from 1 for the oldest, or None for the newest releases.
    The archive has ``archived`` pages; it and the newest hold all releases, each once. ``began_at`` is
    when the first of all was published.
    """

    releases: tuple[PastRelease, ...]
    number: int | None
    archived: int
    began_at: datetime

    @property
    def is_last(self) -> bool:
        """Whether it is the newest page of the archive."""
        return self.number == self.archived


@dataclass(frozen=True, slots=True)
class UnaccompaniedMinors:
    """The part of each number that is unaccompanied minors."""

    announced: int | None
    requested: int | None
    decided: int | None
    quota: int | None
    extra_capacity: int | None
    allocated: int | None
    settled: int | None
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """What the country announced that it needs to settle in a year."""

    persons: int | None
    unaccompanied_minors: int | None
    resettlement: int | None
    municipalities_asked: int | None
    status: str
    announced_on: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete a total is: of how many municipalities something is known.

    ``not_stated`` counts persons settled in a municipality that is not stated.
    """

    municipalities: int
    asked: int
    decided: int
    reporting: int
    not_stated: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """How a region's count goes over into others when borders change."""

    source: Region
    targets: tuple[Region, ...]
    persons: int | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A measure that is not shown, and why."""

    measure: Measure
    reason: WithheldReason


@dataclass(frozen=True, slots=True)
class Totals:
    """All measures of one region and year at one release."""

    region: Region
    year: int
    release: Release
    announced: int | None
    announced_originally: int | None
    requested: int | None
    requested_originally: int | None
    decided: int | None
    quota: int | None
    extra_capacity: int | None
    spare_capacity: int | None
    answer_by: date | None
    answer_expected_on: date | None
    accepts_unaccompanied_minors: bool | None
    decision_status: DecisionStatus | None
    allocated: int | None
    awaiting: int | None
    median_wait_days: float | None
    settled: int | None
    remaining: int | None
    fulfilment: float | None
    settled_per_thousand: float | None
    not_placed_in_district: int | None
    unaccompanied_minors: UnaccompaniedMinors
    need: Need | None
    not_placed_by_borders: int | None
    coverage: Coverage
    origins: tuple[Origin, ...]
    comparable: bool
    flows: tuple[Flow, ...]
    withheld: tuple[Withheld, ...]

    def measure(self, measure: Measure) -> int | float | None:
        """The value of a measure by its name."""
        value: int | float | None = getattr(self, measure.value)
        return value


@dataclass(frozen=True, slots=True)
class BreakdownCell:
    """Persons settled that share one category in each of some dimensions."""

    categories: tuple[str, ...]
    persons: int | None
    share: float | None
    withheld: WithheldReason | None
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class DayCount:
    """Persons settled on one day; None where withheld."""

    day: date
    persons: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Persons settled by day, in order, and those of whom the day is not stated.

    ``undated`` is None where nothing is known of the region and year, or it is withheld.
    """

    dated: tuple[DayCount, ...]
    undated: int | None
    withheld: WithheldReason | None = None


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """An official figure, shown beside ours."""

    measure: Measure
    status: str
    persons: int | None
    percent: float | None
    dimension: Dimension | None
    category: str | None
    published_on: str
    source_name: str
    source_url: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """One category of one dimension, as in the event."""

    dimension: Dimension
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """What differs about a region and year from a release; ``release`` is the one that changed it last.

    Where no measure, category or day is named, something else does: a deadline, a status, an official
    figure.
    """

    region: Region
    year: int
    release: str
    measures: tuple[Measure, ...]
    categories: tuple[Category, ...]
    days: tuple[date, ...]

    @property
    def spot(self) -> tuple[int, int, str]:
        """Where it stands in the order of changes."""
        return (int(self.release), self.year, self.region.code)


class UnknownRelease(Exception):
    """There has been no release with that id."""


class NoSuchPage(Exception):
    """The archive of releases has no page with that number (yet)."""


class ReleasedNumbers(Protocol):
    """One release, as one request sees it: every answer is from the same state.

    Numbers of a year are on the map of that year, or of ``map_year`` where one is given.
    """

    @property
    def release(self) -> Release: ...

    def anew(self) -> "ReleasedNumbers":
        """The same release in the same state, with nothing kept of what was asked so far."""

    def totals(self, region: Region, year: int, map_year: int | None = None) -> Totals | None:
        """None where the region is not on the map, or nothing of the year is known to be in it."""

    def years(self, region: Region, map_year: int | None = None) -> Sequence[int]:
        """The years of which something is known about a region, in order.

        On another map: about any region of those years that is in it, whole or in part.
        """

    def known_years(self) -> Sequence[int]:
        """The years of which something is known about any region, in order."""

    def breakdown(
        self, region: Region, year: int, by: Sequence[Dimension], map_year: int | None = None
    ) -> Sequence[BreakdownCell]:
        """Cells with somebody in them, by category; their categories in the order of ``by``."""

    def days(self, region: Region, year: int, map_year: int | None = None) -> Days: ...

    def published(self, region: Region, year: int) -> Sequence[PublishedFigure]: ...

    def changes(
        self, since: str, after: tuple[int, int, str], region: str | None, year: int | None, most: int
    ) -> Sequence[Change]:
        """What differs from a release, ``most`` at most, in the order in which it changed, after a spot.

        ``since`` is a release's id, "0" for before the first. Raises `UnknownRelease`.
        """

    def releases(self, page: int | None) -> ReleasePage:
        """The newest releases, or a page of the archive. Raises `NoSuchPage`."""


OpenNumbers = Callable[[], AbstractContextManager[ReleasedNumbers]]
"""Opens the newest release for one request."""
