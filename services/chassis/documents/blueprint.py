"""Documents for everybody: as JSON, and as a page that needs nothing from elsewhere."""

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request

from services.chassis.documents.asyncapi import asyncapi
from services.chassis.documents.describing import document_of
from services.chassis.documents.page import page_of
from services.chassis.http.callers import open_to_all

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def openapi_blueprint(service: str) -> Blueprint:
    """``/SERVICE/openapi.json`` and ``/SERVICE/docs``."""
    blueprint = Blueprint(f"{service}-documents", __name__, url_prefix=f"/{service}")

    @cache
    def document() -> bytes:
        return orjson.dumps(document_of(current_app))

    @cache
    def page() -> bytes:
        return page_of(service, document_of(current_app)).encode()

    @blueprint.get("/openapi.json")
    @open_to_all
    def openapi_json() -> Response:
        return _sent(document, "application/json")

    @blueprint.get("/docs")
    @open_to_all
    def docs() -> Response:
        response = _sent(page, "text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    return blueprint


def asyncapi_blueprint() -> Blueprint:
    """``/asyncapi.json``."""
    blueprint = Blueprint("asyncapi", __name__)

    @cache
    def document() -> bytes:
        return orjson.dumps(asyncapi())

    @blueprint.get("/asyncapi.json")
    @open_to_all
    def asyncapi_json() -> Response:
        return _sent(document, "application/json")

    return blueprint


def written(document: dict[str, Any]) -> bytes:
    """A document as it is checked in: lines that can be compared."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _sent(made: Callable[[], bytes], content_type: str) -> Response:
    response = Response(made(), content_type=content_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response
