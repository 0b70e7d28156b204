"""The opendata service's HTTP face: GraphQL and pages."""

from flask import Flask, Response

from services.chassis.auth.port import Authenticator
from services.chassis.database import UNAVAILABLE
from services.chassis.documents.blueprint import asyncapi_blueprint
from services.chassis.http.app_factory import create_app
from services.chassis.problems import Problem
from services.opendata.graphql.blueprint import graphql_blueprint
from services.opendata.release.reader import NothingReleased, Published
from services.opendata.web.console.blueprint import console_blueprint, console_page
from services.opendata.web.start_page import start_page_blueprint


def opendata_app(published: Published, authenticator: Authenticator) -> Flask:
    """The app that answers questions about what has been released."""
    blueprints = [
        graphql_blueprint(published.open, page=console_page),
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
