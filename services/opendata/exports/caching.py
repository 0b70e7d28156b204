"""What lets clients and proxies keep an answer: named by its release, checked before any work is done."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from flask import Request

from services.chassis.http.conditions import unmet
from services.opendata.release.answers import Release
from services.opendata.release.holding import holding_headers


@dataclass(frozen=True, slots=True)
class Validity:
    """By what an answer is known again, and for how long it holds for certain."""

    etag: str
    held: Mapping[str, str]

    @property
    def by_tag_only(self) -> "Validity":
        """The same where the answer may change at another time than that of its release."""
        return replace(self, held={name: self.held[name] for name in self.held if name != "Last-Modified"})

    @property
    def headers(self) -> dict[str, str]:
        return {"ETag": f'"{self.etag}"', **self.held, "Vary": "Accept-Encoding"}

    def refused(self, asked: Request) -> int | None:
        """304 where the client has this very answer, 412 where it wants only another; else None."""
        return unmet(asked.environ, self.etag, self.held.get("Last-Modified"))


def validity_of(release: Release, parts: Iterable[str], map_year: int | None, now: datetime) -> Validity:
    """Of an answer at a release. ``parts`` tell it from others; ``map_year`` is of today's map."""
    told = [_VERSION, release.id, release.published_at.isoformat(), str(map_year), *parts]
    digest = hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]
    return Validity(f"{release.id}-{digest}", holding_headers(release, now, map_year))


_VERSION = version("bosatt")
"""Of the product: another may write the same release otherwise."""
