"""The opendata service's HTTP face: GraphQL and pages."""

from flask import Flask

from services.chassis.auth.port import Authenticator
from services.chassis.http.app_factory import create_app
from services.opendata.graphql.blueprint import graphql_blueprint
from services.opendata.release.reader import Published
from services.opendata.web.start_page import start_page_blueprint


def opendata_app(published: Published, authenticator: Authenticator) -> Flask:
    """The app that answers questions about what has been released."""
    blueprints = [graphql_blueprint(published.open), start_page_blueprint(published.open)]
    return create_app("opendata", blueprints, authenticator)
