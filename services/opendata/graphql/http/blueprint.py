"""The routes of the GraphQL face."""

from collections.abc import Callable
from typing import cast

import orjson
from flask import Blueprint, Flask, Request, Response, g, request
from flask.blueprints import BlueprintSetupState

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.http.callers import open_to_all
from services.opendata.graphql.executing.answering import Answering, Newest
from services.opendata.graphql.executing.kept_answers import MOST_ANSWERS
from services.opendata.graphql.http.limits_document import limits_document
from services.opendata.graphql.http.negotiation import wants_page
from services.opendata.graphql.http.sending import READABLE_FROM_EVERYWHERE
from services.opendata.graphql.http.shortcut import Shortcut
from services.opendata.graphql.http.view import OpenDataView
from services.opendata.graphql.limits.allowance import FROM_MEMORY, USUAL, Account, Accounts, Allowance
from services.opendata.graphql.limits.clients import client_of
from services.opendata.release.answers import OpenNumbers

_ASKABLE_FROM_EVERYWHERE = [
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, Content-Encoding, Accept, Client-Name, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
]
"""For a browser that asks first whether it may."""

TOO_MANY = 429


def graphql_blueprint(
    open_numbers: OpenNumbers,
    clock: Clock = utc_now,
    allowance: Allowance = USUAL,
    trusted_proxies: int = 0,
    page: Callable[[], Response] | None = None,
    newest: Newest | None = None,
    newest_waits: bool = True,
    most_answers: int = MOST_ANSWERS,
) -> Blueprint:
    """``/graphql`` for everybody; each request reads the one release that ``open_numbers`` gives it.

    ``allowance`` is what each client may ask for, ``trusted_proxies`` through how many proxies of our
    own its requests come. ``page`` is what people with a browser get who bring no question. ``newest``
    is a short way to the newest release's id, on which one has to wait for a server or not; so many
    answers of it are kept.
    """
    blueprint = Blueprint("graphql", __name__)
    accounts = Accounts(allowance)
    answering = Answering(open_numbers, clock, newest, most_answers)
    view = OpenDataView(answering, clock)

    @blueprint.record_once
    def take_the_shortcut(state: BlueprintSetupState) -> None:
        app = cast("Flask", state.app)
        shortcut = Shortcut(app.wsgi_app, answering, accounts, clock, trusted_proxies, waits=newest_waits)
        app.wsgi_app = shortcut  # type: ignore[method-assign]

    @blueprint.route("/graphql", methods=["GET", "POST"])
    @open_to_all
    def graphql() -> Response:
        if (
            page is not None
            and _brings_nothing(request)
            and wants_page(request.environ.get("HTTP_ACCEPT", ""))
        ):
            return page()
        g.account = Account(accounts, client_of(request.environ, trusted_proxies))
        g.account.check(FROM_MEMORY)
        return view.dispatch_request()

    @blueprint.route("/graphql/limits")
    @open_to_all
    def limits() -> Response:
        return Response(orjson.dumps(limits_document(allowance)), content_type="application/json")

    @blueprint.after_request
    def let_every_page_read(response: Response) -> Response:
        response.headers.extend(READABLE_FROM_EVERYWHERE)
        if request.method == "OPTIONS":
            response.headers.extend(_ASKABLE_FROM_EVERYWHERE)
        account: Account | None = g.get("account")
        if response.status_code == TOO_MANY:
            metrics.RATE_LIMITED.labels("opendata").inc()
        if account is not None:
            account.close(refused=response.status_code < 500)
            response.headers.extend(account.headers)
        return response

    return blueprint


def _brings_nothing(asked: Request) -> bool:
    return asked.method != "POST" and not {"query", "extensions"} & asked.args.keys()
