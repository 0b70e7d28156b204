"""``/graphql/console/…``: the parts of the console, all of them from this machine."""

from importlib import resources

import orjson
from flask import Blueprint, Response, abort, render_template, request

from services.chassis.http.callers import open_to_all
from services.opendata.web.console.examples import examples

_PACKAGE = "graphene_django_graphiql_static"
"""GraphiQL and what it stands on, as files of a package. Nothing of it is Python that is run here."""

_LENT = frozenset(
    (
        "graphiql.min.css",
        "graphiql.min.js",
        "graphiql-plugin-explorer.umd.js",
        "react-dom.production.min.js",
        "react.production.min.js",
    )
)
_OWN = frozenset(("console.css", "console.js"))
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    # The editor lays out its lines with styles of its own.
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser lets the console do: nothing that leaves this machine."""


def console_page() -> Response:
    """The page that puts the parts together."""
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    page = render_template("console.html", here=request.host_url)
    return Response(page, content_type="text/html; charset=utf-8", headers=headers)


def console_blueprint() -> Blueprint:
    blueprint = Blueprint("console", __name__, template_folder="templates")

    @blueprint.get("/graphql/console/<name>")
    @open_to_all
    def part(name: str) -> Response:
        """A script or a style."""
        if name in _LENT:
            found = resources.files(_PACKAGE).joinpath("static", _PACKAGE, name).read_bytes()
        elif name in _OWN:
            found = _own(name)
        else:
            abort(404)
        return _kept(found, _TYPES[name.rpartition(".")[2]])

    @blueprint.get("/graphql/console/examples.json")
    @open_to_all
    def examples_json() -> Response:
        """The questions to begin with."""
        told = [{"name": one.name, "en": one.en, "nb": one.nb, "query": one.query} for one in examples()]
        return _kept(orjson.dumps(told), "application/json")

    return blueprint


def _own(name: str) -> bytes:
    return resources.files(__package__).joinpath("static", name).read_bytes()


def _kept(content: bytes, content_type: str) -> Response:
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(content, content_type=content_type, headers=headers)
