"""For operators: ``/metrics``, ``/health/live`` and ``/health/ready``."""

from collections.abc import Callable, Mapping, Sequence

import orjson
from flask import Blueprint, Response, request
from prometheus_client.exposition import choose_encoder

from services.chassis.http.callers import open_to_all
from services.chassis.metrics import REGISTRY

Check = Callable[[], str | None]
"""Says why its owner is not ready, in one word or a short sentence; None where it is."""


Notes = Callable[[], Mapping[str, str]]
"""What else is to be told with readiness, by what it is about."""


def operators_blueprint(checks: Sequence[Check], notes: Notes = dict) -> Blueprint:
    """The operators' routes; ready when no check objects."""
    blueprint = Blueprint("operators", __name__)

    @blueprint.get("/metrics")
    @open_to_all
    def scrape() -> Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(encode(REGISTRY), content_type=content_type)

    @blueprint.get("/health/live")
    @open_to_all
    def live() -> Response:
        return _answer(200, {"status": "live"})

    @blueprint.get("/health/ready")
    @open_to_all
    def ready() -> Response:
        reasons = [reason for reason in (check() for check in checks) if reason is not None]
        told = notes()
        also = {"waiting": dict(told)} if told else {}
        if reasons:
            return _answer(503, {"status": "not ready", "reason": reasons[0], "reasons": reasons, **also})
        return _answer(200, {"status": "ready", **also})

    return blueprint


def _answer(status: int, document: dict[str, object]) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "1"
    return Response(orjson.dumps(document), status, headers, content_type="application/json")
