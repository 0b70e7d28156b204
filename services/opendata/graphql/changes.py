"""A page of what has changed since a release, and the cursors between pages."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from services.opendata.graphql.errors import bad_input
from services.opendata.graphql.paging import PageInfo
from services.opendata.release.answers import Change, ReleasedNumbers, UnknownRelease

MOST_CHANGES = 500
USUAL_CHANGES = 50

_BEGINNING = (0, 0, "")


@dataclass(frozen=True, slots=True)
class ChangeEdge:
    """A change and its place in the order."""

    node: Change

    @property
    def cursor(self) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(self.node.spot)).decode()


@dataclass(frozen=True, slots=True)
class ChangePage:
    edges: Sequence[ChangeEdge]
    follows_others: bool
    more_follow: bool

    @property
    def nodes(self) -> list[Change]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.more_follow,
            has_previous_page=self.follows_others,
            start_cursor=self.edges[0].cursor if self.edges else None,
            end_cursor=self.edges[-1].cursor if self.edges else None,
        )


NO_CHANGES = ChangePage((), follows_others=False, more_follow=False)


def changes_of(
    numbers: ReleasedNumbers,
    since: str,
    region: str | None,
    year: int | None,
    first: int | None,
    after: str | None,
) -> ChangePage:
    """The ``first`` changes since a release that come after a cursor."""
    count = USUAL_CHANGES if first is None else first
    if not 0 <= count <= MOST_CHANGES:
        raise bad_input(f"first is a number from 0 to {MOST_CHANGES}; ask for more with after.")
    begin = _BEGINNING if after is None else _spot_of(after)
    # One more than asked for tells whether any follow.
    try:
        found = numbers.changes(since, begin, region, year, count + 1)
    except UnknownRelease:
        raise bad_input(
            "sinceRelease is the id of a release that there has been: take it from release.id of an earlier "
            "answer, or give 0 to get everything."
        ) from None
    edges = [ChangeEdge(change) for change in found[:count]]
    return ChangePage(edges, follows_others=after is not None, more_follow=len(found) > count)


def _spot_of(cursor: str) -> tuple[int, int, str]:
    try:
        release, year, region = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        raise _no_cursor() from None
    if type(release) is not int or type(year) is not int or type(region) is not str:
        raise _no_cursor()
    return release, year, region


def _no_cursor() -> Exception:
    return bad_input("after is not a cursor of changes. Take it from pageInfo of an earlier answer.")
