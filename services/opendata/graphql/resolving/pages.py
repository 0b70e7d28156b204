"""What all lists that come by pages have in common: cursors, how many, where a page stands."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from services.opendata.graphql.errors import bad_input


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Edge(Protocol):
    """Something in a list, with the cursor from which to go on after it."""

    @property
    def cursor(self) -> str: ...


def page_info_of(edges: Sequence[Edge], *, follows_others: bool, more_follow: bool) -> PageInfo:
    """Where a page with these edges stands in its list."""
    return PageInfo(
        has_next_page=more_follow,
        has_previous_page=follows_others,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )


def count_of(first: int | None, usual: int, most: int) -> int:
    """How many are asked for; raises an error for more than there are on a page."""
    count = usual if first is None else first
    if not 0 <= count <= most:
        raise bad_input(f"first is a number from 0 to {most}; ask for more with after.")
    return count


def cursor_of(place: Sequence[Any]) -> str:
    """A place in an order as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(tuple(place))).decode()


def place_in(cursor: str) -> Any:
    """What a cursor was made of, or whatever somebody made up; raises ``ValueError`` for no such text."""
    return orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
