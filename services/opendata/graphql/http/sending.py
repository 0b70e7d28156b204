"""What came of a query as a response: status, headers, tag, and whether the client has it already."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult, GraphQLError

from services.chassis.http.conditions import unmet
from services.contract.partial_date import today_in_oslo
from services.opendata.graphql.errors import arose_in_execution, presented
from services.opendata.graphql.executing.answering import Whole
from services.opendata.graphql.executing.kept_answers import Answer
from services.opendata.graphql.http.negotiation import STRICT
from services.opendata.graphql.limits.cost import TooDear, told
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


def sending(result: ExecutionResult, form: str, environ: dict[str, Any], now: datetime) -> Sending:
    """What came of a query, in a form. ``environ`` is the request as WSGI has it."""
    if isinstance(result, Whole):
        return _whole(result.answer, form, environ, now)
    document = _document(result)
    # A query that was not executed is told by its status only to who says that it looks there.
    status = 400 if form == STRICT and "data" not in document else 200
    # What failed, or is not known yet by its hash, may be answered the next time.
    headers = {"Content-Type": f"{form}; charset=utf-8", "Cache-Control": "no-store"}
    return Sending(status, headers, orjson.dumps(document))


def _whole(answer: Answer, form: str, environ: dict[str, Any], now: datetime) -> Sending:
    """An answer, or that it is the one which the client has (304), or not the one it wants (412)."""
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


def _document(result: ExecutionResult) -> dict[str, Any]:
    """The answer to a query in which something failed."""
    errors = result.errors or []
    document: dict[str, Any] = {}
    # A query that never began has no data, not even null.
    if result.data is not None or any(map(arose_in_execution, errors)):
        document["data"] = result.data
    if errors:
        document["errors"] = [presented(error) for error in errors]
    document["extensions"] = result.extensions or told(_asked_for(errors))
    return document


def _asked_for(errors: Iterable[GraphQLError]) -> int:
    """The objects that a refused query asked for; 0 where that is not known."""
    return next((error.requested for error in errors if isinstance(error, TooDear)), 0)
