"""Persons settled by day, summed to longer periods. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby

from services.opendata.graphql.enums import Interval
from services.opendata.release.answers import Days, WithheldReason


@dataclass(frozen=True, slots=True)
class Point:
    """Persons settled in one period, and up to its end within the year."""

    period: str
    settled: int | None
    cumulative: int | None
    withheld: WithheldReason | None


@dataclass(frozen=True, slots=True)
class Series:
    """Periods with somebody in them, in order, and the persons of whom no day is stated."""

    points: tuple[Point, ...]
    undated: int | None


NO_SERIES = Series((), None)


def series_of(days: Days, interval: Interval) -> Series:
    """Sum days to periods. A period of which only a part lies in the year holds that part.

    Where the days' numbers are withheld, so are those of the periods.
    """
    period_of = _PERIODS[interval]
    by_period = groupby(days.dated, key=lambda count: period_of(count.day))
    periods = [(period, list(counts)) for period, counts in by_period]
    if days.withheld is not None:
        return Series(
            points=tuple(Point(period, None, None, days.withheld) for period, _ in periods),
            undated=days.undated,
        )
    sums = [(period, sum(count.persons or 0 for count in counts)) for period, counts in periods]
    cumulative = accumulate(persons for _, persons in sums)
    return Series(
        points=tuple(
            Point(period, persons, so_far, None)
            for (period, persons), so_far in zip(sums, cumulative, strict=True)
        ),
        undated=days.undated,
    )


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


_PERIODS: Mapping[Interval, Callable[[date], str]] = {
    Interval.DAY: date.isoformat,
    Interval.WEEK: _week,
    Interval.MONTH: lambda day: day.isoformat()[:7],
    Interval.QUARTER: lambda day: f"{day.year:04d}-Q{(day.month + 2) // 3}",
    Interval.YEAR: lambda day: f"{day.year:04d}",
}
