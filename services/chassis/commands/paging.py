"""Pages: how many on one, where it begins, and the link to the next."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from werkzeug.datastructures import MultiDict

from services.chassis.problems import Problem

USUAL = 50
MOST = 500
"""The most rows on one page. More is refused, so that nobody takes a part for the whole."""


def bad_parameter(detail: str) -> Problem:
    return Problem(400, "bad-parameter", "Bad parameter", detail)


def check_known(parameters: MultiDict[str, str], known: Sequence[str], repeated: Sequence[str] = ()) -> None:
    """Refuse parameters that are not known: a misspelt filter must not show what was to be left out."""
    if set(parameters) - set(known):
        raise bad_parameter(f"The parameters are {', '.join(known)}.")
    for name in set(known) - set(repeated):
        if len(parameters.getlist(name)) > 1:
            raise bad_parameter(f"{name} can be given once.")


def page_size(text: str | None) -> int:
    """How many rows are wanted."""
    if text is None:
        return USUAL
    # Not int() alone, which reads other scripts' digits and a million of them.
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST):
        raise bad_parameter(f"first is how many are wanted on a page, from 1 to {MOST}.")
    return int(text)


def cursor_of(scope: Sequence[Any], place: Sequence[Any]) -> str:
    """A cursor that means something together with the filters of its list only."""
    return base64.urlsafe_b64encode(orjson.dumps([list(scope), list(place)])).decode().rstrip("=")


def place_in(cursor: str | None, scope: Sequence[Any], form: Sequence[type]) -> list[Any] | None:
    """The place behind which a page begins, None for the first; ``form`` is the types of its parts."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, place = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if told == list(scope) and [type(one) for one in place] == list(form) and _is_small(place):
            return list(place)
    except (ValueError, TypeError, binascii.Error):
        pass
    raise bad_parameter(
        "after is not a cursor of this list: take it from the page before, with the same filters."
    )


def _is_small(place: Sequence[Any]) -> bool:
    """Whether a database's numbers and texts can hold it."""
    return all(
        abs(one) < 2**31 if isinstance(one, int) else len(one) <= 200 and "\x00" not in one for one in place
    )


def next_link(path: str, filters: Sequence[tuple[str, str]], cursor: str) -> str:
    """The header's value that leads to the next page."""
    return f'<{quote(path)}?{urlencode([*filters, ("after", cursor)])}>; rel="next"'
