"""What is said of each route of a command service: parameters, bodies, answers, caps."""

from collections.abc import Sequence
from typing import Any

from services.chassis.commands.batches import MOST_BATCH_BYTES, MOST_EVENTS
from services.chassis.commands.paging import MOST, USUAL
from services.chassis.documents.json_schemas import name_of
from services.contract.entitlements import read_scope, write_scope
from services.contract.event_types import types_of
from services.contract.examples import example_of
from services.contract.media_types import BATCH, BINARY, LINES, STRUCTURED
from services.contract.schemas.fields import FIRST_DATED_YEAR, LAST_YEAR

PROBLEM = "application/problem+json"
MOST_BYTES = 256 * 1024

Doc = dict[str, Any]

_RATE = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}
_LINK = {"Link": {"$ref": "#/components/headers/Link"}}
_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}

HEADERS: dict[str, Doc] = {
    "RateLimit": {
        "description": 'What you have left: "default";r=EVENTS;t=SECONDS until you have everything again.',
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": 'How much you may ask for: "default";q=EVENTS;w=SECONDS. A request counts as one, '
        "each further event of a batch as one more.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to send it again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Link": {"description": 'The next page: <…>; rel="next".', "schema": {"type": "string"}},
    "ETag": {"description": "The stream's version.", "schema": {"type": "string", "pattern": '^"[0-9]+"$'}},
    "Preference-Applied": {"description": "handling=lenient or strict.", "schema": {"type": "string"}},
}
"""The headers of answers."""

_REFUSALS = {
    "400": "Something can't be read: a parameter, the JSON, the packing, a header.",
    "401": "No token, or one that is not good. It says why.",
    "403": "Not yours, whether it exists or not; or the token lacks the scope, which is named.",
    "404": "There is none.",
    "409": "The event can't follow in its stream's state, which is named with what can; or source and id "
    "were used for other content.",
    "412": "The stream is at another version than If-Match says.",
    "413": "The body, a line or the batch is above its cap.",
    "415": "Another media type or packing than those named here.",
    "422": "Every fault at once, each with a JSON Pointer, a rule and a sentence. Nothing was stored.",
    "429": "Too much at once. Nothing was stored.",
    "500": "Something went wrong here; the request was not carried out.",
    "503": "Not now; Retry-After says when. Send it again: it is stored once.",
}


def refusals(*statuses: str) -> Doc:
    """The answers that are problem details."""
    return {
        status: _refusal(status) for status in sorted((*statuses, "400", "401", "403", "429", "500", "503"))
    }


def _refusal(status: str) -> Doc:
    headers: Doc = {}
    if status in ("429", "503"):
        headers = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    answer: Doc = {
        "description": _REFUSALS[status],
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return {**answer, "headers": headers} if headers else answer


def _answer(description: str, schema: Doc, headers: Doc) -> Doc:
    return {
        "description": description,
        "headers": {**headers, **_RATE},
        "content": {"application/json": {"schema": schema}},
    }


def _ref(name: str) -> Doc:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, description: str, schema: Doc, **more: Any) -> Doc:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def posting(service: str) -> Doc:
    """``POST /SERVICE/v1/events``."""
    types = list(types_of(service).values())
    examples = {one.name: {"summary": one.full_name, "value": example_of(one.name)} for one in types}
    first = types[0]
    receipts = {"anyOf": [_ref("Receipt"), {"type": "array", "items": _ref("Receipt")}]}
    in_array: Doc = {"type": "array", "items": _ref("Event"), "maxItems": MOST_EVENTS}
    return {
        "operationId": "postEvents",
        "summary": "Post one event, or many.",
        "description": f"""\
An event is stored once, however often it is sent. Three ways:

* **one**, as `{STRUCTURED}`, or as `{BINARY}` with its attributes in `ce-` headers (binary mode): at most
  {MOST_BYTES} bytes;
* **a batch**, as `{BATCH}`: at most {MOST_EVENTS} events and {MOST_BATCH_BYTES} bytes, in their order. All or
  nothing, and 422 lists every event refused, or with `Prefer: handling=lenient` each for itself and 207;
* **lines**, as `{LINES}`, an event a line: the same, and read as they come.

All may be packed with `Content-Encoding: gzip`; the caps count unpacked bytes.""",
        "security": [{"token": [write_scope(service)]}],
        "parameters": [
            _query(
                "dryRun",
                "true: answer the same, and store nothing.",
                {"type": "string", "enum": ["true", "false"], "default": "false"},
            ),
            {
                "name": "If-Match",
                "in": "header",
                "description": "Store the event only if its stream is at this version. For one event.",
                "schema": {"type": "string"},
            },
            {
                "name": "Prefer",
                "in": "header",
                "description": "handling=lenient: the events of a batch count each for itself. Others "
                "are ignored.",
                "schema": {"type": "string"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": _ref("Event"), "examples": examples},
                BATCH: {"schema": in_array, "example": [example_of(first.name)]},
                LINES: {
                    "schema": {**in_array, "description": "An event a line, instead of an array."},
                    "example": [example_of(first.name)],
                },
                BINARY: {
                    "schema": {"anyOf": [_ref(name_of(one)) for one in types]},
                    "example": example_of(first.name)["data"],
                },
            },
        },
        "responses": {
            "200": _answer("Nothing new: the first receipts of what was stored before.", receipts, _ETAG),
            "201": {
                **_answer("Stored. Of a batch an array in its order.", receipts, _ETAG),
                "links": {
                    "event": {"operationId": "readEvent", "parameters": {"event_id": "$response.body#/id"}},
                    "stream": {
                        "operationId": "readStream",
                        "parameters": {"subject": "$response.body#/stream"},
                    },
                },
            },
            "207": _answer(
                "Of a lenient batch: what became of each event.",
                {"type": "array", "items": _ref("Result")},
                {"Preference-Applied": {"$ref": "#/components/headers/Preference-Applied"}},
            ),
            **refusals("409", "412", "413", "415", "422"),
        },
    }


def listing(service: str, states: Sequence[str], views: Sequence[str]) -> Doc:
    """``GET /SERVICE/v1/streams``."""
    named = f" Beside the states there are: {', '.join(views)}." if views else ""
    return {
        "operationId": "listStreams",
        "summary": "Your streams, oldest first.",
        "description": "What waits for you and what you have posted. A municipality and a district get their "
        "own, the directorate all. What is stored meanwhile comes at the end.",
        "security": [{"token": [read_scope(service)]}],
        "parameters": [
            _query("municipality", "A region's code. Your own where it is left out.", _code()),
            _query("year", "The year that the streams are about.", _year()),
            _query(
                "state",
                f"States, any of which is wanted.{named}",
                {
                    "type": "array",
                    "items": {"type": "string", "enum": [*states, *views]},
                    "uniqueItems": True,
                },
                style="form",
                explode=True,
            ),
            _first("streams"),
            _after(),
        ],
        "responses": {
            "200": {
                **_answer("A page, perhaps shorter than asked for; Link leads on.", _ref("Rows"), _LINK),
                "links": {
                    "stream": {
                        "operationId": "readStream",
                        "parameters": {"subject": "$response.body#/streams/0/subject"},
                    }
                },
            },
            **refusals(),
        },
    }


def _code() -> Doc:
    return {"type": "string", "pattern": "^[0-9A-Za-z]{1,20}$"}


def _year() -> Doc:
    return {"type": "integer", "minimum": FIRST_DATED_YEAR, "maximum": LAST_YEAR}


def _first(what: str) -> Doc:
    return _query(
        "first",
        f"How many {what} are wanted on a page.",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    )


def _after() -> Doc:
    return _query(
        "after",
        "The cursor of the page before, with the same filters.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    )


def stream(service: str, example: str) -> Doc:
    """``GET /SERVICE/v1/streams/SUBJECT``."""
    return {
        "operationId": "readStream",
        "summary": "One stream: the facts in force and its events.",
        "description": "Without what happened while it was another's; of what was erased no more than is "
        "in force.",
        "security": [{"token": [read_scope(service)]}],
        "parameters": [
            {
                "name": "subject",
                "in": "path",
                "required": True,
                "description": "The subject, slashes as they are.",
                "schema": {"type": "string", "minLength": 1},
                "example": example,
            },
            _first("events"),
            _after(),
            {
                "name": "If-None-Match",
                "in": "header",
                "description": "The ETag of an earlier answer: 304 where nothing has been added.",
                "schema": {"type": "string"},
            },
        ],
        "responses": {
            "200": _answer("The stream.", _ref("Stream"), {**_ETAG, **_LINK}),
            "304": {"description": "As you have it.", "headers": _ETAG},
            **refusals("404"),
        },
    }


def event(service: str, example: str) -> Doc:
    """``GET /SERVICE/v1/events/ID``."""
    return {
        "operationId": "readEvent",
        "summary": "What has become of an event.",
        "description": "Of those that you have posted under an id: stored, relayed to the log, released.",
        "security": [{"token": [read_scope(service)]}],
        "parameters": [
            {
                "name": "event_id",
                "in": "path",
                "required": True,
                "description": "The event's id, slashes as they are.",
                "schema": {"type": "string", "minLength": 1},
                "example": example,
            },
            _query("source", "Only the event of this source.", {"type": "string"}),
        ],
        "responses": {
            "200": _answer("One entry per source.", _ref("Ways"), {}),
            **refusals("404"),
        },
    }
