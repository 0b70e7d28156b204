"""What a request to ``/graphql`` comes to, where it is put as most are."""

import io
from datetime import date
from typing import Any, NamedTuple

import orjson
from graphql_server.exceptions import GraphQLValidationError

from services.opendata.graphql.executing.kept_answers import Question, question
from services.opendata.graphql.http.negotiation import JSON, answer_form
from services.opendata.graphql.limits.size import MOST_BODY_BYTES, check_variables

PATH = "/graphql"
_METHODS = frozenset(("GET", "HEAD", "POST"))


class Understood(NamedTuple):
    """What a request came to: the question, and in which form it wants to be answered."""

    asked: Question
    form: str


class Request(NamedTuple):
    """All of a request that has to do with what it comes to."""

    method: str
    query: str
    content_type: str
    content_encoding: str
    accept: str
    body: bytes


def taken(environ: dict[str, Any]) -> Request | None:
    """The request, its body read and put back; None where it is no small question of nobody in particular."""
    method = environ["REQUEST_METHOD"]
    if environ["PATH_INFO"] != PATH or method not in _METHODS or "HTTP_AUTHORIZATION" in environ:
        return None
    body = b""
    if method == "POST":
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
    return Request(
        method,
        environ.get("QUERY_STRING", ""),
        environ.get("CONTENT_TYPE", ""),
        environ.get("HTTP_CONTENT_ENCODING", ""),
        environ.get("HTTP_ACCEPT", ""),
        body,
    )


def plainly(request: Request, today: date) -> Understood | None:
    """What a request comes to that is put as most are; None for any other, right or wrong."""
    form = answer_form(request.accept)
    if request.method != "POST" or request.content_type != JSON or request.content_encoding or form is None:
        return None
    try:
        asked = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(asked, dict) or request.query or not asked.keys() <= _PLAIN:
        return None
    text, variables, operation = asked.get("query"), asked.get("variables"), asked.get("operationName")
    if not isinstance(text, str) or not isinstance(variables, _OBJECT) or not isinstance(operation, _TEXT):
        return None
    try:
        check_variables(variables)
    except GraphQLValidationError:
        return None
    return Understood(question(text, operation, variables, today), form)


_PLAIN = frozenset(("query", "variables", "operationName"))
_OBJECT, _TEXT = (dict, type(None)), (str, type(None))
