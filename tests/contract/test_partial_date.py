"""Dates of which the day, or the day and the month, may not be known."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.partial_date import OSLO, PartialDate, today_in_oslo


@pytest.mark.parametrize(
    "text", ["2016", "2016-05", "2016-05-17", "2024-02-29", "2000-02-29", "0001", "9999"]
)
def test_a_partial_date_is_written_as_it_was_read(text):
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "20165",
        "2016-5",
        "2016-13",
        "2016-00",
        "2016-05-00",
        "2016-00-00",
        "2016-05-32",
        "2016-05-17T00:00",
        "2016-05-17\n",
        " 2016",
        "2016-W20",
        "2016-W20-2",
        "201605",
        "20160517",
        "2023-02-29",
        "1900-02-29",
        "0000",
        "٢٠١٦",
        "-2016",
    ],
)
def test_anything_else_is_no_partial_date(text):
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "full"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), False),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), False),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), False),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29), True),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31), False),
    ],
)
def test_a_partial_date_spans_its_period(text, first, last, full):
    when = PartialDate.parse(text)

    assert (when.first_day, when.last_day, when.is_full) == (first, last, full)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023", "2023-12-31T22:59:59+00:00"),
        ("2024-01", "2024-01-31T22:59:59+00:00"),
        ("2024-06", "2024-06-30T21:59:59+00:00"),
        ("2024-03-30", "2024-03-30T22:59:59+00:00"),
        ("2024-03-31", "2024-03-31T21:59:59+00:00"),
        ("2024-10-26", "2024-10-26T21:59:59+00:00"),
        ("2024-10-27", "2024-10-27T22:59:59+00:00"),
        ("2024-10", "2024-10-31T22:59:59+00:00"),
    ],
)
def test_the_last_moment_is_the_last_second_in_norway_in_summer_and_in_winter(text, moment):
    last = PartialDate.parse(text).last_moment

    assert last.isoformat() == moment
    assert last.tzinfo is UTC


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_the_last_moment_of_a_day_is_still_that_day_in_norway_and_a_second_later_no_longer(day):
    last = PartialDate.parse(day.isoformat()).last_moment

    assert last.astimezone(OSLO).date() == day
    assert datetime.fromtimestamp(last.timestamp() + 1, OSLO).date() > day


@given(st.dates(date(1, 1, 1)))
def test_every_day_its_month_and_its_year_can_be_read(day):
    text = day.isoformat()

    for length in (4, 7, 10):
        when = PartialDate.parse(text[:length])
        assert str(when) == text[:length]
        assert when.first_day <= day <= when.last_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 6, 21, 21, 59, 59, tzinfo=UTC), date(2024, 6, 21)),
        (datetime(2024, 6, 21, 22, 0, tzinfo=UTC), date(2024, 6, 22)),
        (datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2024, 12, 31, 23, 0, tzinfo=UTC), date(2025, 1, 1)),
    ],
)
def test_today_is_the_day_that_people_in_norway_have(moment, day):
    assert today_in_oslo(moment) == day
