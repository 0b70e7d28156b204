"""The routes of the GraphQL face."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from services.chassis.clock import Clock, utc_now
from services.chassis.http.callers import open_to_all
from services.opendata.graphql.answering import Answering, OpenNumbers
from services.opendata.graphql.negotiation import wants_page
from services.opendata.graphql.view import OpenDataView

_READABLE_FROM_EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept, Client-Name",
    "Access-Control-Max-Age": "86400",
}


def graphql_blueprint(
    open_numbers: OpenNumbers, clock: Clock = utc_now, page: Callable[[], Response] | None = None
) -> Blueprint:
    """``/graphql`` for everybody; each request reads the one release that ``open_numbers`` gives it.

    ``page`` is what people with a browser get who bring no question.
    """
    blueprint = Blueprint("graphql", __name__)
    view = OpenDataView(Answering(open_numbers, clock))

    @blueprint.route("/graphql", methods=["GET", "POST"])
    @open_to_all
    def graphql() -> Response:
        if page is not None and _brings_nothing() and wants_page(request):
            return page()
        return view.dispatch_request()

    @blueprint.after_request
    def let_every_page_read(response: Response) -> Response:
        response.headers.update(_READABLE_FROM_EVERYWHERE)
        response.vary.add("Accept")
        return response

    return blueprint


def _brings_nothing() -> bool:
    return request.method != "POST" and "query" not in request.args
