"""Pages of a list of regions, and the cursors between them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.regions import Region
from services.opendata.graphql.errors import bad_input
from services.opendata.graphql.resolving.pages import PageInfo, count_of, cursor_of, page_info_of, place_in
from services.opendata.graphql.resolving.region_order import MapOrder, Place, RegionOrder
from services.opendata.release.answers import ReleasedNumbers

MOST_REGIONS = 500
"""The most regions on one page. More is refused, so that nobody takes a part for the whole."""

USUAL_REGIONS = 50


@dataclass(frozen=True, slots=True)
class Spot:
    """A region in an ordered list."""

    node: Region
    order: str
    place: Place

    @property
    def cursor(self) -> str:
        return cursor_of((self.order, *self.place))


@dataclass(frozen=True, slots=True)
class RegionPage:
    """A part of an ordered list. Cursors are written only where they are asked for."""

    nodes: Sequence[Region]
    total_count: int
    follows_others: bool
    more_follow: bool
    order: RegionOrder | MapOrder
    numbers: ReleasedNumbers | None

    @property
    def edges(self) -> Sequence[Spot]:
        return [self._spot(region) for region in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        ends = [self._spot(region) for region in (*self.nodes[:1], *self.nodes[-1:])]
        return page_info_of(ends, follows_others=self.follows_others, more_follow=self.more_follow)

    def _spot(self, region: Region) -> Spot:
        assert self.numbers is not None
        return Spot(region, self.order.name, self.order.place(self.numbers, region))


NO_REGIONS = RegionPage((), 0, follows_others=False, more_follow=False, order=MapOrder(), numbers=None)


def page_of(
    regions: Sequence[Region],
    order: RegionOrder | MapOrder,
    numbers: ReleasedNumbers,
    first: int | None,
    after: str | None,
) -> RegionPage:
    """The ``first`` regions in an order that come after a cursor. They are given in the map's order."""
    count = count_of(first, USUAL_REGIONS, MOST_REGIONS)
    last_seen = None if after is None else _place_of(after, order.name)
    there = order.sort(numbers, regions)
    # The place, not the region, is looked for: a cursor goes on holding when its region has left the list.
    begin = (
        0
        if last_seen is None
        else bisect_right(there, last_seen, key=lambda region: order.place(numbers, region))
    )
    return RegionPage(
        nodes=there[begin : begin + count],
        total_count=len(there),
        follows_others=begin > 0,
        more_follow=begin + count < len(there),
        order=order,
        numbers=numbers,
    )


def _place_of(cursor: str, order: str) -> Place:
    try:
        name, rank, value, code = place_in(cursor)
    except (ValueError, TypeError):
        raise _no_cursor() from None
    if type(rank) is not int or type(value) not in (int, float) or not isinstance(code, str):
        raise _no_cursor()
    if name != order:
        raise bad_input("after is a cursor of a list in another order. Begin that list anew without after.")
    return (rank, value, code)


def _no_cursor() -> Exception:
    return bad_input("after is not a cursor. Take it from an edge or from pageInfo of an earlier answer.")
