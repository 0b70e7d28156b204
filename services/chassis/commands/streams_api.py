"""``GET /SERVICE/v1/streams`` and ``…/streams/SUBJECT``: what a caller has to do, and what it has done."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response, g, request
from flask_smorest import Blueprint

from services.chassis.clock import Clock
from services.chassis.commands import paging, refusals
from services.chassis.commands.domain import Domain
from services.chassis.commands.showing import erased_before, shown
from services.chassis.commands.streams import (
    Page,
    Place,
    Stream,
    Wanted,
    events_of,
    every_event_of,
    find,
    page_of,
    states_in,
)
from services.chassis.commands.worklist import WorkList
from services.chassis.database import Database
from services.chassis.documents import operations
from services.chassis.http.callers import for_callers_with
from services.chassis.problems import Problem
from services.contract.entitlements import extent_of, owns_stream, owns_subject, read_scope
from services.contract.envelope import settlement_id
from services.contract.examples import PERSON
from services.contract.partial_date import today_in_oslo
from services.contract.schemas.fields import FIRST_DATED_YEAR, LAST_YEAR

FILTERS = ("municipality", "year", "state", "first", "after")


def streams_blueprint(service: str, domain: Domain, database: Database, clock: Clock) -> Blueprint:
    """The lists of one service."""
    blueprint = Blueprint(
        f"{service}-streams", f"services.{service}", url_prefix=f"/{service}/v1", description="Streams"
    )
    worklist = domain.worklist
    allowed = read_scope(service)
    example = PERSON if service == "settlements" else "0301/2024"

    @blueprint.get("/streams")
    @blueprint.doc(**operations.listing(service, states_in(worklist), list(worklist.views)))
    @for_callers_with(allowed)
    def list_streams() -> Response:
        """The caller's own streams, oldest first."""
        asked = request.args
        paging.check_known(asked, FILTERS, repeated=("state",))
        first = paging.page_size(asked.get("first"))
        wanted = _wanted(asked, worklist)
        scope = (*wanted.extent, wanted.year, *wanted.states)
        place = paging.place_in(asked.get("after"), scope, (int, str, str))
        today = today_in_oslo(clock())
        with database.read() as connection:
            page = page_of(
                connection, worklist, wanted, None if place is None else Place(*place), first, today
            )
        return _listed(page, scope)

    # An empty part of a subject is part of it: the path is not mended.
    @blueprint.route("/streams/<path:subject>", methods=["GET"], merge_slashes=False)
    @blueprint.doc(**operations.stream(service, example))
    @for_callers_with(allowed)
    def read_stream(subject: str) -> Response:
        """One stream: its facts in force and its events, by version."""
        asked = request.args
        paging.check_known(asked, ("first", "after"))
        first = paging.page_size(asked.get("first"))
        named = _canonical(worklist.kinds, subject)
        place = paging.place_in(asked.get("after"), (named,), (int,))
        after = 0 if place is None else place[0]
        with database.read() as connection:
            stream = None if "\x00" in named else find(connection, worklist.kinds, named)
            if stream is None or not owns_stream(g.caller, stream.facts, stream.partition_key):
                raise _missing(stream, named)
            etag = f'"{stream.version}"'
            if request.if_none_match.contains_weak(str(stream.version)):
                return Response(status=304, headers={"ETag": etag})
            stored = events_of(connection, stream, after, first)
            erased = erased_before(every_event_of(connection, stream)) if stream.kind == "settlements" else 0
        headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
        document: dict[str, Any] = {
            **stream.as_document(),
            "events": shown(stored, g.caller, erased, stream.partition_key),
            "after": None,
        }
        if stored and stored[-1][0] < stream.version:
            document["after"] = paging.cursor_of((named,), (stored[-1][0],))
            headers["Link"] = paging.next_link(request.path, _kept(("first",)), document["after"])
        return Response(orjson.dumps(document), headers=headers, content_type="application/json")

    return blueprint


def _wanted(asked: Mapping[str, str], worklist: WorkList) -> Wanted:
    names = (*states_in(worklist), *worklist.views)
    municipality = asked.get("municipality")
    extent = extent_of(g.caller, municipality, by_district=worklist.by_district)
    if extent is None:
        raise refusals.forbidden("You may read your own streams only.")
    if municipality is not None and not (municipality.isascii() and municipality.isalnum()):
        raise paging.bad_parameter("municipality is a region's code, such as 0301.")
    states = tuple(dict.fromkeys(request.args.getlist("state")))
    if any(state not in names for state in states):
        raise paging.bad_parameter(f"state is one of {', '.join(names)}; more than one may be given.")
    return Wanted(extent, _year(asked.get("year")), states)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and FIRST_DATED_YEAR <= int(text[:5]) <= LAST_YEAR):
        raise paging.bad_parameter(f"year is a year from {FIRST_DATED_YEAR} to {LAST_YEAR}.")
    return int(text)


def _listed(page: Page, scope: Sequence[Any]) -> Response:
    document: dict[str, Any] = {
        "streams": [{**_brief(stream), **told} for stream, told in page.rows],
        "after": None,
    }
    headers = {"Cache-Control": "private, no-store"}
    if page.after is not None:
        document["after"] = paging.cursor_of(scope, page.after)
        headers["Link"] = paging.next_link(request.path, _kept(FILTERS[:-1]), document["after"])
    return Response(orjson.dumps(document), headers=headers, content_type="application/json")


def _brief(stream: Stream) -> dict[str, Any]:
    """A row. A region's official figures may be hundreds: they are read with their stream."""
    document = stream.as_document()
    document["facts"].pop("figures", None)
    return document


def _kept(names: Sequence[str]) -> list[tuple[str, str]]:
    """The parameters that the next page is asked for with too."""
    return [(name, value) for name in names for value in request.args.getlist(name)]


def _canonical(kinds: Sequence[str], subject: str) -> str:
    """A subject as it is stored: a settlement id may be written in capitals."""
    if "settlements" not in kinds:
        return subject
    try:
        return settlement_id(subject)
    except ValueError:
        return subject


def _missing(stream: Stream | None, subject: str) -> Problem:
    """What is nobody's is answered like what is another's, unless the subject names the caller's own."""
    if stream is None and owns_subject(g.caller, subject):
        return Problem(
            404,
            "not-found",
            "There is no such stream",
            "Nothing has been posted to it. Streams are named NO/YEAR, figure/CODE/YEAR, CODE/YEAR or by a "
            "settlement id.",
        )
    return refusals.forbidden("You may read your own streams only.")
