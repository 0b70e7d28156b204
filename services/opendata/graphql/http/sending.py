"""A whole answer as a response: headers, tag, and whether the client has it already."""

from datetime import datetime
from typing import Any, NamedTuple

from services.chassis.http.conditions import unmet
from services.contract.partial_date import today_in_oslo
from services.opendata.graphql.executing.kept_answers import Answer
from services.opendata.release.holding import holding_headers

READABLE_FROM_EVERYWHERE = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "RateLimit, RateLimit-Policy, Retry-After, ETag, Last-Modified, Allow"),
    ("Vary", "Accept"),
]
"""Headers of every response: any web page may read it."""


class Sending(NamedTuple):
    """What goes to the client. The headers that every answer has are not among these."""

    status: int
    headers: dict[str, str]
    body: bytes


def sending(answer: Answer, form: str, environ: dict[str, Any], now: datetime) -> Sending:
    """An answer in a form, or that it is the one which the client has (304), or not the one it wants (412).

    ``environ`` is the request as WSGI has it.
    """
    # Both forms have the same bytes and are two representations, which may not share a tag.
    tag = f"{answer.tag}-{form.partition('/')[2][:1]}"
    headers = {"Content-Type": f"{form}; charset=utf-8", "ETag": f'"{tag}"'}
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return Sending(200, headers, answer.body)
    # Whatever is asked may depend on today's map, which is another one from 1 January.
    headers |= holding_headers(answer.release, now, today_in_oslo(now).year)
    status = unmet(environ, tag, headers.get("Last-Modified"))
    if status is None:
        return Sending(200, headers, answer.body)
    del headers["Content-Type"]
    return Sending(status, headers, b"")
