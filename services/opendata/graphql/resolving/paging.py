"""Pages of a list of regions, and the cursors between them."""

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

    edges: Sequence[Spot]
    total_count: int
    follows_others: bool
    more_follow: bool

    @property
    def nodes(self) -> list[Region]:
        return [spot.node for spot in self.edges]

    @property
    def page_info(self) -> PageInfo:
        return page_info_of(self.edges, follows_others=self.follows_others, more_follow=self.more_follow)


NO_REGIONS = RegionPage((), 0, follows_others=False, more_follow=False)


def page_of(
    regions: Sequence[Region],
    order: RegionOrder | MapOrder,
    numbers: ReleasedNumbers,
    first: int | None,
    after: str | None,
) -> RegionPage:
    """The ``first`` regions in an order that come after a cursor."""
    count = count_of(first, USUAL_REGIONS, MOST_REGIONS)
    last_seen = None if after is None else _place_of(after, order.name)
    name = order.name
    spots = sorted(
        (Spot(region, name, order.place(numbers, region)) for region in regions), key=lambda spot: spot.place
    )
    # The place, not the region, is looked for: a cursor goes on holding when its region has left the list.
    begin = 0 if last_seen is None else sum(spot.place <= last_seen for spot in spots)
    return RegionPage(
        edges=spots[begin : begin + count],
        total_count=len(spots),
        follows_others=begin > 0,
        more_follow=begin + count < len(spots),
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
