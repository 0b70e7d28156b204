"""A request that comes again as it came before is answered without being taken apart again.

Most requests for open data are such: pages, dashboards and readers who ask all the same. What a request
came to is remembered by its bytes; who asks is still counted, and the answer is still that of the
newest release.
"""

import io
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from graphql_server.exceptions import GraphQLValidationError

from services.chassis.clock import Clock
from services.chassis.database import UNAVAILABLE
from services.chassis.http.app_factory import measure
from services.chassis.http.at_once import Answer
from services.chassis.http.bridging import WSGI
from services.chassis.problems import Problem
from services.opendata.graphql.executing.answering import Answering, Take, Whole
from services.opendata.graphql.executing.kept_answers import Question
from services.opendata.graphql.http.sending import READABLE_FROM_EVERYWHERE, sending
from services.opendata.graphql.lately_used import LatelyUsed
from services.opendata.graphql.limits.allowance import FROM_MEMORY, Account, Accounts
from services.opendata.graphql.limits.clients import client_of
from services.opendata.graphql.limits.size import MOST_BODY_BYTES
from services.opendata.release.reader import NothingReleased

PATH = "/graphql"
MOST_REQUESTS = 2_000
MOST_BYTES = 8 * 1024 * 1024
"""Of all requests remembered."""

_UNDERSTOOD = "bosatt.understood"
_METHODS = frozenset(("GET", "HEAD", "POST"))
_NOT_MODIFIED = 304
_PHRASES = {200: "200 OK", 304: "304 Not Modified", 412: "412 Precondition Failed"}


class Understood(NamedTuple):
    """What a request came to: the question, and in which form it wants to be answered."""

    asked: Question
    form: str


class _Request(NamedTuple):
    """All of a request that has to do with what it comes to."""

    method: str
    query: str
    content_type: str
    content_encoding: str
    accept: str
    body: bytes


def understand(environ: dict[str, Any], asked: Question, form: str) -> None:
    """Say what the request in hand came to, should it come again."""
    environ[_UNDERSTOOD] = Understood(asked, form)


class Again:
    """Stands before the app. Safe to share between threads."""

    def __init__(
        self,
        app: WSGI,
        answering: Answering,
        accounts: Accounts,
        clock: Clock,
        trusted_proxies: int,
        *,
        waits: bool,
    ) -> None:
        """``waits``: to find out which release is the newest takes more than a look into a file."""
        self._app = app
        self._answering = answering
        self._accounts = accounts
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._waits = waits
        self._understood: LatelyUsed[_Request, Understood] = LatelyUsed(
            MOST_REQUESTS, MOST_BYTES, lambda request, _: len(request.body) + len(request.query)
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = _taken(environ)
        if request is None:
            return self._app(environ, start_response)
        understood = self._understood.find(request)
        if understood is not None:
            answer = self._answer(understood, environ, self._answering.answer_again)
            if answer is not None:
                start_response(_PHRASES[answer.status], answer.headers)
                return [answer.body]
        response = self._app(environ, start_response)
        if understood is None and _UNDERSTOOD in environ:
            self._understood.keep(request, environ[_UNDERSTOOD])
        return response

    def at_once(self, environ: dict[str, Any]) -> Answer | None:
        """The response where it is in memory."""
        request = None if self._waits else _taken(environ)
        understood = None if request is None else self._understood.find(request)
        return None if understood is None else self._answer(understood, environ, self._answering.kept)

    def _answer(
        self,
        understood: Understood,
        environ: dict[str, Any],
        look: Callable[[Question, Take], Whole | None],
    ) -> Answer | None:
        """The response; None where the app has to see to it, as where something is the matter."""
        began = time.perf_counter()
        try:
            account = Account(self._accounts, client_of(environ, self._trusted_proxies))
            whole = look(understood.asked, account.take) if account.has(FROM_MEMORY) else None
        except (Problem, NothingReleased, GraphQLValidationError, *UNAVAILABLE):
            return None
        if whole is None:
            return None
        method = environ["REQUEST_METHOD"]
        status, told, body = sending(whole.answer, understood.form, environ, self._clock())
        headers = [*told.items(), *READABLE_FROM_EVERYWHERE, *account.headers]
        if status != _NOT_MODIFIED:
            headers.append(("Content-Length", str(len(body))))
        measure("opendata", PATH, method, status, began)
        return Answer(status, headers, b"" if method == "HEAD" else body)


def _taken(environ: dict[str, Any]) -> _Request | None:
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
    return _Request(
        method,
        environ.get("QUERY_STRING", ""),
        environ.get("CONTENT_TYPE", ""),
        environ.get("HTTP_CONTENT_ENCODING", ""),
        environ.get("HTTP_ACCEPT", ""),
        body,
    )
