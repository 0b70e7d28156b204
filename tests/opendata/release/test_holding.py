"""How long whoever gets an answer may keep it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.opendata.release.answers import Release
from services.opendata.release.holding import holding_headers

PUBLISHED_AT = datetime(2026, 6, 21, 12, 0, 0, 400_000, tzinfo=UTC)


def release(next_at=None):
    return Release("7", PUBLISHED_AT, None, "exact", next_at)


@pytest.mark.parametrize(
    ("left", "held"),
    [
        (None, "public, no-cache"),
        (timedelta(minutes=10), "public, max-age=600"),
        (timedelta(seconds=600, microseconds=-1), "public, max-age=599"),
        (timedelta(days=20), "public, max-age=86400"),
        (timedelta(milliseconds=900), "public, no-cache"),
        (timedelta(0), "public, no-cache"),
        (timedelta(minutes=-10), "public, no-cache"),
        (timedelta(days=-4000), "public, no-cache"),
    ],
)
def test_it_holds_until_the_next_release_is_due_and_a_day_at_most(left, held):
    now = PUBLISHED_AT + timedelta(hours=1)

    told = holding_headers(release(None if left is None else now + left), now)

    assert told["Cache-Control"] == held


def test_a_date_is_told_only_when_its_second_is_over():
    within = holding_headers(release(), PUBLISHED_AT + timedelta(microseconds=599_999))
    after = holding_headers(release(), PUBLISHED_AT + timedelta(microseconds=600_000))

    assert "Last-Modified" not in within
    assert after["Last-Modified"] == "Sun, 21 Jun 2026 12:00:00 GMT"


def test_on_todays_map_nothing_is_older_than_the_map():
    now = datetime(2027, 1, 1, tzinfo=UTC)

    told = [holding_headers(release(), now, year)["Last-Modified"] for year in (None, 2026, 2027)]

    assert told == [
        "Sun, 21 Jun 2026 12:00:00 GMT",
        "Sun, 21 Jun 2026 12:00:00 GMT",
        "Thu, 31 Dec 2026 23:00:00 GMT",
    ]
