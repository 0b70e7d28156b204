"""What the services answer, as JSON Schema."""

from typing import Any

from services.chassis.documents.json_schemas import JSONSchema

_TEXT: JSONSchema = {"type": "string"}
_MAYBE_TEXT: JSONSchema = {"type": ["string", "null"]}
_VERSION: JSONSchema = {"type": "integer", "minimum": 1, "description": "The stream's version."}
_RECORDED: JSONSchema = {"type": "string", "format": "date-time", "description": "When it was stored."}
_AFTER: JSONSchema = {**_MAYBE_TEXT, "description": "The cursor of the next page; null on the last."}


def _object(properties: dict[str, JSONSchema], *optional: str, **more: Any) -> JSONSchema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, **more}


def _ref(name: str) -> JSONSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def answer_schemas(states: tuple[str, ...], types: list[str]) -> dict[str, JSONSchema]:
    """By name, for a service whose streams can be in some states. Lists of codes may grow."""
    stream: dict[str, JSONSchema] = {
        "subject": _TEXT,
        "kind": _TEXT,
        "state": {"type": "string", "enum": list(states)},
        "version": _VERSION,
        "municipality": {**_TEXT, "description": "The region whose stream it is."},
        "year": {"type": ["integer", "null"]},
        "recordedTime": _RECORDED,
        "facts": {"type": "object", "description": "The facts in force."},
    }
    return {
        "Warning": _object({"code": _TEXT, "pointer": _TEXT, "message": _TEXT}),
        "Receipt": _object(
            {
                "id": _TEXT,
                "source": _TEXT,
                "stream": _TEXT,
                "version": _VERSION,
                "recordedTime": _RECORDED,
                "status": {"type": "string", "enum": ["accepted", "duplicate"]},
                "warnings": {"type": "array", "items": _ref("Warning")},
            },
            description="Keep it: the event is stored, durably, once.",
        ),
        "Fault": _object(
            {
                "pointer": {**_TEXT, "description": "A JSON Pointer into the event."},
                "rule": {**_TEXT, "description": "A stable name of the rule broken."},
                "detail": _TEXT,
            }
        ),
        "Problem": _object(
            {
                "type": {**_TEXT, "description": "A stable name: urn:bosatt:problem:…"},
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": {**_TEXT, "description": "What to do about it."},
                "errors": {"type": "array", "items": {"anyOf": [_ref("Fault"), _ref("Refusal")]}},
                "state": {**_TEXT, "description": "Of 409: the stream's state."},
                "allowed": {
                    "type": "array",
                    "items": {"type": "string", "enum": types},
                    "description": "Of 409: the types of event that can follow.",
                },
                "receipt": _ref("Receipt"),
                "limit": {"type": "integer", "description": "Of 413: the cap."},
            },
            *("errors", "state", "allowed", "receipt", "limit"),
            description="Problem details (RFC 9457).",
        ),
        "Refusal": _object(
            {
                "index": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "The place in the batch, from 0 on.",
                },
                "id": _MAYBE_TEXT,
                "code": {"type": "integer", "description": "The status that the event alone would get."},
                "type": _TEXT,
                "title": _TEXT,
                "detail": _TEXT,
                "errors": {"type": "array", "items": _ref("Fault")},
                "status": {"type": "string", "enum": ["rejected"]},
            },
            "status",
            description="An event of a batch that was refused.",
        ),
        "Result": {
            "anyOf": [
                {
                    "allOf": [
                        _ref("Receipt"),
                        _object({"index": {"type": "integer", "minimum": 0}}),
                    ]
                },
                _ref("Refusal"),
            ]
        },
        "Row": _object(
            {
                **stream,
                "deadline": {**_MAYBE_TEXT, "description": "The day by which something is awaited."},
                "overdue": {"type": "boolean", "description": "Whether it is awaited and the day is over."},
                "answer": {
                    "type": ["object", "null"],
                    "description": "Of a request in force: its answer, as far as it has been seen.",
                    "properties": {
                        "state": {"type": "string", "enum": ["none", "delayed", "decided"]},
                        "persons": {"type": ["integer", "null"]},
                        "expectedOn": _MAYBE_TEXT,
                    },
                    "required": ["state", "persons", "expectedOn"],
                },
            },
            "answer",
        ),
        "Rows": _object({"streams": {"type": "array", "items": _ref("Row")}, "after": _AFTER}),
        "Stream": _object(
            {
                **stream,
                "events": {
                    "type": "array",
                    "items": {"type": "object"},
                    "description": "Its events as stored, oldest first, with recordedtime and streamversion.",
                },
                "after": _AFTER,
            }
        ),
        "Way": _object(
            {
                "id": _TEXT,
                "source": _TEXT,
                "type": _TEXT,
                "stream": _TEXT,
                "version": _VERSION,
                "status": {"type": "string", "enum": ["stored", "relayed", "released", "dropped"]},
                "stored": _object({"recordedTime": _RECORDED}),
                "relayed": {
                    "type": ["object", "null"],
                    "description": "Its place on the log; null while the log is not known to hold it.",
                },
                "projected": {
                    "type": ["boolean", "null"],
                    "description": "Whether it is in the totals; null until a release tells.",
                },
                "released": {
                    "type": ["object", "null"],
                    "description": "The newest release known to contain it.",
                    "properties": {"release": _TEXT, "publishedAt": _TEXT},
                },
                "dropped": {
                    "type": ["object", "null"],
                    "description": "Why operators left it out of the totals for good.",
                    "properties": {"cause": _TEXT},
                },
            }
        ),
        "Ways": _object({"events": {"type": "array", "items": _ref("Way"), "minItems": 1}}),
    }
