"""The opendata service's HTTP face: GraphQL and pages."""

from dataclasses import dataclass

from flask import Flask, Response

from services.chassis.auth.port import Authenticator
from services.chassis.database import UNAVAILABLE
from services.chassis.documents.blueprint import asyncapi_blueprint
from services.chassis.http.app_factory import create_app
from services.chassis.problems import Problem
from services.opendata.exports.about import UNNAMED, Publisher
from services.opendata.exports.blueprint import exports_blueprint
from services.opendata.graphql.executing.kept_answers import MOST_ANSWERS
from services.opendata.graphql.http.blueprint import graphql_blueprint
from services.opendata.graphql.limits.allowance import USUAL, Allowance
from services.opendata.release.reader import NothingReleased, Published
from services.opendata.web.console.blueprint import console_blueprint, console_page
from services.opendata.web.start_page import start_page_blueprint


@dataclass(frozen=True, slots=True)
class Face:
    """How the open data shows itself.

    ``allowance`` is what each client may ask for, ``trusted_proxies`` through how many proxies of our
    own its requests come. ``root`` is the address at which readers find the open data, with a slash at
    its end, if not where they ask; ``publisher`` answers for it. ``most_answers`` of the newest release
    are kept in memory.
    """

    allowance: Allowance = USUAL
    trusted_proxies: int = 0
    publisher: Publisher = UNNAMED
    root: str | None = None
    most_answers: int = MOST_ANSWERS


PLAIN = Face()


def opendata_app(published: Published, authenticator: Authenticator, face: Face = PLAIN) -> Flask:
    """The app that answers questions about what has been released, and lets it be downloaded."""
    blueprints = [
        graphql_blueprint(
            published.open,
            allowance=face.allowance,
            trusted_proxies=face.trusted_proxies,
            page=console_page,
            newest=published.newest,
            newest_waits=published.waits,
            most_answers=face.most_answers,
        ),
        exports_blueprint(published.open, face.publisher, root=face.root),
        console_blueprint(),
        start_page_blueprint(published.open),
        asyncapi_blueprint(),
    ]
    app = create_app("opendata", blueprints, authenticator)
    app.register_error_handler(NothingReleased, _nothing_released)
    for error in UNAVAILABLE:
        app.register_error_handler(error, _unavailable)
    return app


def _nothing_released(_error: Exception) -> Response:
    return Problem(
        503,
        "nothing-released",
        "Nothing is released yet",
        "The system has only just been started. Ask again in a moment.",
        headers={"Retry-After": "1"},
    ).as_response()


def _unavailable(_error: Exception) -> Response:
    return Problem(
        503,
        "busy",
        "What is released can't be read",
        "Its database does not answer at the moment. Ask again.",
        headers={"Retry-After": "1"},
    ).as_response()
