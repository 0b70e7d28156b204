"""``GET /SERVICE/v1/events/ID``: what has become of an event."""

import orjson
from flask import Response, g, request
from flask_smorest import Blueprint

from services.chassis.commands import paging
from services.chassis.commands.way import ways_of
from services.chassis.database import Database
from services.chassis.documents import operations
from services.chassis.http.callers import for_callers_with
from services.chassis.problems import Problem
from services.contract.entitlements import read_scope
from services.contract.topics import TopicGeneration


def events_blueprint(service: str, topic: TopicGeneration, database: Database) -> Blueprint:
    """What a caller may ask of the events that it has posted to one service."""
    blueprint = Blueprint(
        f"{service}-events", f"services.{service}", url_prefix=f"/{service}/v1", description="Events posted"
    )

    # An id is taken as it is, whatever stands in it.
    @blueprint.route("/events/<path:event_id>", methods=["GET"], merge_slashes=False)
    @blueprint.doc(**operations.event(service, "settlement/2024/17"))
    @for_callers_with(read_scope(service))
    def read_event(event_id: str) -> Response:
        """How far the events have come that the caller posted under an id, one per source."""
        paging.check_known(request.args, ("source",))
        if "\x00" in event_id or "\x00" in request.args.get("source", ""):
            raise _unknown()
        with database.read() as connection:
            ways = ways_of(connection, topic, g.caller, event_id, request.args.get("source"))
        if not ways:
            raise _unknown()
        return Response(
            orjson.dumps({"events": [way.as_document() for way in ways]}),
            headers={"Cache-Control": "private, no-store"},
            content_type="application/json",
        )

    return blueprint


def _unknown() -> Problem:
    return Problem(
        404,
        "not-found",
        "You have stored no such event",
        "Nothing of yours is stored under this id (and source, if you named one): what was sent was refused "
        "or never arrived. Send it again: however often it is sent, it is stored once.",
    )
