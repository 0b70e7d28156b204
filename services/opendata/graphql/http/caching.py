"""How long an answer may be kept by whoever gets it."""

from datetime import datetime, timedelta

from flask import Response

from services.opendata.release.answers import Release

LONGEST = timedelta(days=1)


def tell_how_long(response: Response, release: Release, now: datetime) -> None:
    """Say when the numbers were published, and until when nobody needs to ask whether there are newer ones.

    Without a timetable that is never: the tag says then whether an answer kept is still the answer.
    """
    response.cache_control.public = True
    if release.next_at is not None and release.next_at > now:
        response.cache_control.max_age = int(min(release.next_at - now, LONGEST).total_seconds())
    else:
        response.cache_control.no_cache = True
    # It tells whole seconds: while one lasts, another release may bear the same.
    if release.published_at.replace(microsecond=0) < now.replace(microsecond=0):
        response.last_modified = release.published_at
