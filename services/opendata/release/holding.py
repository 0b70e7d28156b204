"""How long an answer about a release may be kept by whoever gets it: one way for all faces. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from services.contract.partial_date import OSLO
from services.opendata.release.answers import Release

LONGEST = timedelta(days=1)


def holding_headers(release: Release, now: datetime, map_year: int | None = None) -> dict[str, str]:
    """Say when the numbers were published, and until when nobody needs to ask whether there are newer ones.

    Without a timetable that is never: the tag says then whether an answer kept is still the answer.
    ``map_year`` is the year of today's map, where the answer depends on it.
    """
    modified = release.published_at if map_year is None else max(release.published_at, _begin(map_year))
    told = {"Cache-Control": _held(release.next_at, now)}
    # It tells whole seconds: while one lasts, another release may bear the same.
    if modified < now.replace(microsecond=0):
        told["Last-Modified"] = _http_date(modified)
    return told


def _held(next_at: datetime | None, now: datetime) -> str:
    seconds = 0 if next_at is None else int(min(next_at - now, LONGEST).total_seconds())
    return f"public, max-age={seconds}" if seconds > 0 else "public, no-cache"


@lru_cache(maxsize=64)
def _begin(year: int) -> datetime:
    """The moment from which today's map is that of a year, though nothing is released then."""
    return datetime(year, 1, 1, tzinfo=OSLO).astimezone(UTC)


@lru_cache(maxsize=64)
def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
