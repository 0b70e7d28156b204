"""The releases there have been, by pages: the newest, and an archive of which no page ever changes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from services.contract.envelope import read_time
from services.opendata.release import tables
from services.opendata.release.answers import Extent, NoSuchPage, PastRelease, Release, ReleasePage

PAGE = 50
"""Releases of a page of the archive. With the newest there are as many, and up to twice as many less one."""


def release_page(connection: Connection, newest: int, page: int | None) -> ReleasePage:
    """The newest releases up to a number, or a page of the archive. Raises `NoSuchPage`."""
    # Releases are numbered one after the other from 1.
    archived = max(0, newest // PAGE - 1)
    if page is None:
        first, last = archived * PAGE + 1, newest
    elif 1 <= page <= archived:
        first, last = (page - 1) * PAGE + 1, page * PAGE
    else:
        raise NoSuchPage
    releases = tables.releases.c
    rows = connection.execute(
        select(*_COLUMNS).where(releases.number.between(first, last)).order_by(releases.number.desc())
    ).mappings()
    began_at = connection.scalars(
        select(releases.published_at).where(
            releases.number == select(func.min(releases.number)).scalar_subquery()
        )
    ).one()
    return ReleasePage(tuple(map(_past, rows)), page, archived, read_time(began_at))


def release_of(row: Mapping[str, Any]) -> Release:
    """A release from its row."""
    through = row["data_through"]
    return Release(
        id=str(row["number"]),
        published_at=read_time(row["published_at"]),
        data_through=None if through is None else read_time(through),
        policy=row["policy"],
        next_at=None,
    )


def _past(row: RowMapping) -> PastRelease:
    return PastRelease(release_of({**row}), str(row["number"] - 1), _extent(row))


def _extent(row: RowMapping) -> Extent | None:
    if row["changed_regions"] is None:
        return None
    return Extent(
        regions=row["changed_regions"],
        years=row["changed_years"],
        first_year=row["first_changed_year"],
        last_year=row["last_changed_year"],
    )


RELEASE_COLUMNS = tuple(
    tables.releases.c[name] for name in ("number", "published_at", "data_through", "policy")
)
"""What `release_of` reads."""

_COLUMNS = (
    *RELEASE_COLUMNS,
    *(
        tables.releases.c[name]
        for name in ("changed_regions", "changed_years", "first_changed_year", "last_changed_year")
    ),
)
