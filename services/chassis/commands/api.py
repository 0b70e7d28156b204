"""The HTTP face of a command service: events posted one by one or many at once."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Request, Response, g, request
from flask_smorest import Blueprint

from services.chassis.commands import batches
from services.chassis.commands.batches import MOST_BATCH_BYTES
from services.chassis.commands.binary_mode import event_of, is_binary
from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.json_bodies import parse_json
from services.chassis.commands.preconditions import read_if_match
from services.chassis.commands.receipts import Outcome
from services.chassis.documents import operations
from services.chassis.http.bodies import body_chunks, read_body
from services.chassis.http.callers import for_callers_with
from services.chassis.http.rates import charge
from services.chassis.problems import Problem
from services.contract.entitlements import write_scope
from services.contract.media_types import BATCH, BINARY, LINES, STRUCTURED

ACCEPTED = ", ".join((STRUCTURED, BATCH, LINES, BINARY))
MOST_BYTES = 256 * 1024
"""Of one event."""


def command_blueprint(handler: CommandHandler) -> Blueprint:
    """``POST /SERVICE/v1/events`` for one service."""
    service = handler.service
    blueprint = Blueprint(
        service, f"services.{service}", url_prefix=f"/{service}/v1", description=f"Events: {service}"
    )

    @blueprint.post("/events")
    @blueprint.doc(**operations.posting(service))
    @for_callers_with(write_scope(service))
    def post_events() -> Response:
        """Post one CloudEvent, structured or binary, or many as a JSON array or as lines."""
        media_type = _media_type(request)
        dry_run = _dry_run(request.args)
        if media_type in (BATCH, LINES):
            return _post_many(handler, media_type, dry_run=dry_run)
        document = parse_json(read_body(request, MOST_BYTES))
        if media_type == BINARY:
            document = event_of(request.headers.items(), document)
        if_match = read_if_match(request.headers.get("If-Match"))
        receipt = handler.handle(document, g.caller, dry_run=dry_run, if_match=if_match)
        return Response(
            orjson.dumps(receipt.as_document()),
            status=201 if receipt.status is Outcome.ACCEPTED else 200,
            headers={"ETag": receipt.etag},
            content_type="application/json",
        )

    return blueprint


def _post_many(handler: CommandHandler, media_type: str, *, dry_run: bool) -> Response:
    if "If-Match" in request.headers:
        raise Problem(
            400,
            "bad-if-match",
            "If-Match is for one event",
            "Post the event that depends on a version by itself, or leave If-Match out.",
        )
    handling = _handling(request.headers.get_all("Prefer"))
    if media_type == BATCH:
        documents = batches.array_in(read_body(request, MOST_BATCH_BYTES))
    else:
        documents = batches.lines_in(body_chunks(request, MOST_BATCH_BYTES), MOST_BYTES)
    # The request itself has been counted as one.
    charge(max(0, len(documents) - 1), counted=1)
    headers = {} if handling is None else {"Preference-Applied": f"handling={handling}"}
    if handling == "lenient":
        answers = handler.handle_each(documents, g.caller, dry_run=dry_run)
        told = [
            batches.result_of(index, document, answer)
            for index, (document, answer) in enumerate(zip(documents, answers, strict=True))
        ]
        return Response(orjson.dumps(told), 207, headers, content_type="application/json")
    answers = handler.handle_all(documents, g.caller, dry_run=dry_run)
    refused = batches.refused_whole(documents, answers)
    if refused is not None:
        refused.headers.update(headers)
        raise refused
    receipts = [answer for answer in answers if not isinstance(answer, Problem)]
    is_any_new = any(receipt.status is Outcome.ACCEPTED for receipt in receipts)
    return Response(
        orjson.dumps([receipt.as_document() for receipt in receipts]),
        201 if is_any_new else 200,
        headers,
        content_type="application/json",
    )


def _media_type(asked: Request) -> str:
    charset = asked.mimetype_params.get("charset", "utf-8")
    known = asked.mimetype in (STRUCTURED, BATCH, LINES) or (
        asked.mimetype == BINARY and is_binary(asked.headers.items())
    )
    if not known or charset.lower() not in ("utf-8", "utf8"):
        raise Problem(
            415,
            "media-type",
            "Not a CloudEvent",
            f"Send one CloudEvent as {STRUCTURED}, or as {BINARY} with its attributes in ce- headers; "
            f"many as {BATCH} or {LINES}. In UTF-8.",
            headers={"Accept-Post": ACCEPTED},
        )
    return asked.mimetype


def _handling(preferences: list[str]) -> str | None:
    """``lenient`` or ``strict`` where the client prefers one of them (RFC 7240), else None."""
    for preference in ",".join(preferences).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling" and value.strip().strip('"').lower() in ("lenient", "strict"):
            return value.strip().strip('"').lower()
    return None


def _dry_run(parameters: Mapping[str, Any]) -> bool:
    # A misspelt dryRun must not store for real what was meant as a rehearsal.
    unknown = sorted(set(parameters) - {"dryRun"})
    if unknown or parameters.get("dryRun", "false") not in ("true", "false"):
        raise Problem(
            400, "bad-parameter", "Bad parameter", "The one parameter is dryRun, and it is true or false."
        )
    return parameters.get("dryRun") == "true"
