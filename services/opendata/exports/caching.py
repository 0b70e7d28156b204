"""What lets clients and proxies keep an answer: named by its release, checked before any work is done."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from flask import Request
from werkzeug.http import http_date, is_resource_modified

from services.contract.partial_date import OSLO
from services.opendata.graphql.http.caching import LONGEST
from services.opendata.release.answers import Release


@dataclass(frozen=True, slots=True)
class Validity:
    """By what an answer is known again, and for how long it holds for certain."""

    etag: str
    modified: datetime | None
    """None while another release may bear the same, as it tells whole seconds."""
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        # Without a timetable the next release may come at any moment: ask, and mostly get a 304.
        hold = f"public, max-age={self.seconds}" if self.seconds else "public, no-cache"
        return {
            "ETag": f'"{self.etag}"',
            **({} if self.modified is None else {"Last-Modified": http_date(self.modified)}),
            "Cache-Control": hold,
            "Vary": "Accept-Encoding",
        }

    def refused(self, asked: Request) -> int | None:
        """304 where the client has this very answer, 412 where it wants only another; else None."""
        if is_resource_modified(asked.environ, etag=self.etag, last_modified=self.modified):
            return None
        return 412 if "HTTP_IF_MATCH" in asked.environ else 304


def validity_of(release: Release, parts: Iterable[str], map_year: int | None, now: datetime) -> Validity:
    """Of an answer at a release. ``parts`` tell it from others; ``map_year`` is of today's map."""
    told = [_VERSION, release.id, release.published_at.isoformat(), str(map_year), *parts]
    digest = hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]
    modified = release.published_at
    if map_year is not None:
        # On 1 January today's map changes though nothing is released.
        modified = max(modified, datetime(map_year, 1, 1, tzinfo=OSLO).astimezone(UTC))
    left = 0.0 if release.next_at is None else (release.next_at - now).total_seconds()
    return Validity(
        etag=f"{release.id}-{digest}",
        modified=modified if modified.replace(microsecond=0) < now.replace(microsecond=0) else None,
        seconds=max(0, int(min(left, LONGEST.total_seconds()))),
    )


_VERSION = version("bosatt")
"""Of the product: another may write the same release otherwise."""
