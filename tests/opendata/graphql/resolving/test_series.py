"""Days summed to periods."""

from datetime import date, timedelta

import pytest

from services.opendata.graphql.enums import Interval
from services.opendata.graphql.resolving.series import series_of
from services.opendata.release.answers import DayCount, Days
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory, Person


def periods(interval, *days):
    counts = tuple(DayCount(date.fromisoformat(day), 1) for day in days)
    return [point.period for point in series_of(Days(counts, 0), interval).points]


@pytest.mark.parametrize(
    ("interval", "period"),
    [
        (Interval.DAY, "2024-05-17"),
        (Interval.WEEK, "2024-W20"),
        (Interval.MONTH, "2024-05"),
        (Interval.QUARTER, "2024-Q2"),
        (Interval.YEAR, "2024"),
    ],
)
def test_a_period_is_named_by_its_interval(interval, period):
    assert periods(interval, "2024-05-17") == [period]


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2020-12-31", "2020-W53"),
        ("2021-01-03", "2020-W53"),
        ("2021-01-04", "2021-W01"),
        ("2024-12-29", "2024-W52"),
        ("2024-12-30", "2025-W01"),
        ("2027-01-01", "2026-W53"),
    ],
)
def test_a_week_across_new_year_is_named_by_its_thursday(day, week):
    assert periods(Interval.WEEK, day) == [week]


def test_the_first_days_of_a_year_may_lie_in_the_last_week_of_the_one_before():
    assert periods(Interval.WEEK, "2021-01-01", "2021-01-04", "2021-12-31") == [
        "2020-W53",
        "2021-W01",
        "2021-W52",
    ]


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("2024-01-01", "2024-Q1"),
        ("2024-03-31", "2024-Q1"),
        ("2024-04-01", "2024-Q2"),
        ("2024-06-30", "2024-Q2"),
        ("2024-07-01", "2024-Q3"),
        ("2024-09-30", "2024-Q3"),
        ("2024-10-01", "2024-Q4"),
        ("2024-12-31", "2024-Q4"),
    ],
)
def test_a_quarter_begins_and_ends_with_its_months(day, quarter):
    assert periods(Interval.QUARTER, day) == [quarter]


def test_days_on_which_clocks_are_changed_stay_in_their_own_periods():
    spring, autumn = ("2024-03-30", "2024-03-31", "2024-04-01"), ("2024-10-26", "2024-10-27", "2024-10-28")

    assert periods(Interval.DAY, *spring, *autumn) == [*spring, *autumn]
    assert periods(Interval.MONTH, *spring, *autumn) == ["2024-03", "2024-04", "2024-10"]
    assert periods(Interval.WEEK, *spring, *autumn) == ["2024-W13", "2024-W14", "2024-W43", "2024-W44"]


@pytest.mark.parametrize("interval", Interval)
def test_every_interval_sums_to_the_same_year(interval):
    days = tuple(DayCount(date(2024, 1, 1) + timedelta(days=number), number + 1) for number in range(366))

    series = series_of(Days(days, 9), interval)

    assert sum(point.settled for point in series.points) == 366 * 367 // 2
    assert series.points[-1].cumulative == 366 * 367 // 2
    assert len({point.period for point in series.points}) == len(series.points)
    assert series.undated == 9


def test_what_is_cumulative_counts_all_dated_so_far():
    days = Days(
        (DayCount(date(2024, 1, 5), 2), DayCount(date(2024, 1, 6), 1), DayCount(date(2024, 3, 1), 4)), 7
    )

    points = series_of(days, Interval.MONTH).points

    assert [(point.period, point.settled, point.cumulative) for point in points] == [
        ("2024-01", 3, 3),
        ("2024-03", 4, 7),
    ]


NUMBERS = NumbersInMemory(
    [Person("0301", 2024, date(2024, 5, 17)), Person("0301", 2024, date(2024, 5, 18)), Person("0301", 2024)]
)


def test_a_region_has_a_series_by_month_unless_told():
    ask = Asking(NUMBERS)

    for interval in ("", ", interval: null", ", interval: MONTH"):
        answer = ask.data(
            f'{{ region(code: "0301") {{ series(year: 2024{interval}) '
            "{ points { period settled cumulative withheld } undated } } }"
        )
        assert answer["region"]["series"] == {
            "points": [{"period": "2024-05", "settled": 2, "cumulative": 2, "withheld": None}],
            "undated": 1,
        }


def test_a_region_has_a_series_by_day():
    answer = Asking(NUMBERS).data(
        '{ region(code: "0301") { series(year: 2024, interval: DAY) { points { period cumulative } } } }'
    )

    assert answer["region"]["series"]["points"] == [
        {"period": "2024-05-17", "cumulative": 1},
        {"period": "2024-05-18", "cumulative": 2},
    ]


def test_a_year_in_which_nobody_was_settled_has_no_periods():
    answer = Asking(NUMBERS).data(
        '{ region(code: "0301") { series(year: 2023) { points { period } undated } } }'
    )

    assert answer["region"]["series"] == {"points": [], "undated": 0}
