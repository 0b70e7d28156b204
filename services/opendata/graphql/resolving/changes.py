"""A page of what has changed since a release, and the cursors between pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.regions import registry
from services.opendata.graphql.errors import bad_input, no_such_region
from services.opendata.graphql.resolving.pages import PageInfo, count_of, cursor_of, page_info_of, place_in
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
        return cursor_of(self.node.spot)


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
        return page_info_of(self.edges, follows_others=self.follows_others, more_follow=self.more_follow)


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
    count = count_of(first, USUAL_CHANGES, MOST_CHANGES)
    begin = _BEGINNING if after is None else _spot_of(after)
    if region is not None and registry().find(region) is None:
        raise no_such_region(region)
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
        release, year, region = place_in(cursor)
    except (ValueError, TypeError):
        raise _no_cursor() from None
    if type(release) is not int or type(year) is not int or type(region) is not str:
        raise _no_cursor()
    return release, year, region


def _no_cursor() -> Exception:
    return bad_input("after is not a cursor of changes. Take it from pageInfo of an earlier answer.")
