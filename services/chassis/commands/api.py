"""The HTTP face of a command service."""

from collections.abc import Mapping

import orjson
from flask import Response, g, request
from flask_smorest import Blueprint

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.parsing import parse_json
from services.chassis.commands.receipts import Outcome
from services.chassis.http.bodies import read_body
from services.chassis.http.callers import for_callers_with
from services.chassis.problems import Problem
from services.contract.entitlements import write_scope

STRUCTURED = "application/cloudevents+json"
MOST_BYTES = 256 * 1024


def command_blueprint(handler: CommandHandler) -> Blueprint:
    """``POST /SERVICE/v1/events`` for one service."""
    service = handler.service
    blueprint = Blueprint(
        service, f"services.{service}", url_prefix=f"/{service}/v1", description=f"Events: {service}"
    )

    @blueprint.post("/events")
    @for_callers_with(write_scope(service))
    def post_event() -> Response:
        """Post one structured CloudEvent."""
        _check_media_type()
        body = read_body(request, MOST_BYTES)
        dry_run = _dry_run(request.args)
        document = parse_json(body)
        receipt = handler.handle(document, g.caller, dry_run=dry_run)
        return Response(
            orjson.dumps(receipt.as_document()),
            status=201 if receipt.status is Outcome.ACCEPTED else 200,
            headers={"ETag": receipt.etag},
            content_type="application/json",
        )

    return blueprint


def _check_media_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != STRUCTURED or charset.lower() != "utf-8":
        raise Problem(
            415,
            "media-type",
            "Not a structured CloudEvent",
            f"Send one CloudEvent as {STRUCTURED}, in UTF-8.",
            headers={"Accept-Post": STRUCTURED},
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(
            415,
            "media-type",
            "Encoded body",
            "Send the body without Content-Encoding.",
            headers={"Accept-Post": STRUCTURED, "Accept-Encoding": "identity"},
        )


def _dry_run(parameters: Mapping[str, str]) -> bool:
    # A misspelt dryRun must not store for real what was meant as a rehearsal.
    unknown = sorted(set(parameters) - {"dryRun"})
    if unknown or parameters.get("dryRun", "false") not in ("true", "false"):
        raise Problem(
            400, "bad-parameter", "Bad parameter", "The one parameter is dryRun, and it is true or false."
        )
    return parameters.get("dryRun") == "true"
