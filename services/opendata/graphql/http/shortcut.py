"""Requests that are put as most are, or come again as they came before, answered without a detour.

Most requests for open data ask what was asked before, perhaps with other variables: pages, dashboards,
readers who ask all the same. These are not routed and taken apart by the app, which costs several times
what looking for an answer does. Who asks is counted here as there, and the answer is the same; whatever
is out of the way, or the matter, is left to the app.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import orjson
from graphql import ExecutionResult, OperationType
from graphql_server.exceptions import GraphQLValidationError, InvalidOperationTypeError

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.database import UNAVAILABLE
from services.chassis.http.app_factory import measure
from services.chassis.http.at_once import Answer
from services.chassis.http.bridging import WSGI
from services.chassis.lately_used import LatelyUsed
from services.chassis.problems import Problem
from services.contract.partial_date import today_in_oslo
from services.opendata.graphql.executing.answering import Answering, Take
from services.opendata.graphql.executing.kept_answers import Question
from services.opendata.graphql.http.plain_requests import PATH, Request, Understood, plainly, taken
from services.opendata.graphql.http.sending import READABLE_FROM_EVERYWHERE, sending
from services.opendata.graphql.limits.allowance import FROM_MEMORY, Account, Accounts
from services.opendata.graphql.limits.clients import client_of
from services.opendata.release.reader import NothingReleased

MOST_REQUESTS = 2_000
MOST_BYTES = 8 * 1024 * 1024
"""Of all requests remembered."""

_UNDERSTOOD = "bosatt.understood"
_NOT_MODIFIED = 304


def understand(environ: dict[str, Any], asked: Question, form: str) -> None:
    """Say what the request in hand came to, should it come again."""
    environ[_UNDERSTOOD] = Understood(asked, form)


class Shortcut:
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
        self._understood: LatelyUsed[Request, Understood] = LatelyUsed(
            MOST_REQUESTS, MOST_BYTES, lambda request, _: sum(map(len, request))
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = taken(environ)
        if request is None:
            return self._app(environ, start_response)
        understood = self._understand(request)
        if understood is not None:
            answer = self._answer(understood, environ, self._look if self._waits else self._work_out)
            if answer is not None:
                start_response(_status_line(answer.status), answer.headers)
                return [answer.body]
        response = self._app(environ, start_response)
        if _UNDERSTOOD in environ:
            self._understood.keep(request, environ[_UNDERSTOOD])
        return response

    def at_once(self, environ: dict[str, Any]) -> Answer | None:
        """The response where it is in memory, or worked out sooner than handed to a thread."""
        request = None if self._waits else taken(environ)
        understood = None if request is None else self._understand(request)
        return None if understood is None else self._answer(understood, environ, self._look_at_once)

    def _understand(self, request: Request) -> Understood | None:
        """What a request comes to, if it came before, or is plain and asks what was asked before."""
        understood = self._understood.find(request)
        if understood is None:
            understood = plainly(request, today_in_oslo(self._clock()))
            if understood is not None and not self._answering.knows(understood.asked.text):
                return None
        return understood

    def _look(self, asked: Question, take: Take) -> ExecutionResult:
        return self._answering.kept(asked, take) or self._work_out(asked, take)

    def _look_at_once(self, asked: Question, take: Take) -> ExecutionResult | None:
        return self._answering.kept(asked, take) or self._answering.quickly(asked, take)

    def _work_out(self, asked: Question, take: Take) -> ExecutionResult:
        """What comes of a question whose text is known to be right."""
        variables = orjson.loads(asked.variables)
        try:
            return self._answering.answer(asked.text, variables, asked.operation, {OperationType.QUERY}, take)
        except GraphQLValidationError as error:
            return ExecutionResult(data=None, errors=error.errors)

    def _answer(
        self,
        understood: Understood,
        environ: dict[str, Any],
        look: Callable[[Question, Take], ExecutionResult | None],
    ) -> Answer | None:
        """The response; None where the app has to see to it, as where something is the matter."""
        began = time.perf_counter()
        try:
            account = Account(self._accounts, client_of(environ, self._trusted_proxies))
            with metrics.HTTP_IN_FLIGHT.track_inprogress():
                result = look(understood.asked, account.take) if account.has(FROM_MEMORY) else None
        except (Problem, NothingReleased, InvalidOperationTypeError, *UNAVAILABLE):
            return None
        if result is None:
            return None
        method = environ["REQUEST_METHOD"]
        status, told, body = sending(result, understood.form, environ, self._clock())
        account.close(refused=True)
        headers = [*told.items(), *READABLE_FROM_EVERYWHERE, *account.headers]
        if status != _NOT_MODIFIED:
            headers.append(("Content-Length", str(len(body))))
        measure("opendata", PATH, method, status, began)
        return Answer(status, headers, b"" if method == "HEAD" else body)


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
