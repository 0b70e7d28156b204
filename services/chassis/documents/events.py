"""Each type of event, whole: as a client sends it, and as it stands on the log."""

import copy
from collections.abc import Sequence
from typing import Any

from services.chassis.documents.json_schemas import JSONSchema, data_schemas, envelope_properties, name_of
from services.contract.codes import Origin
from services.contract.event_types import EventType

_UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_SEQUENCE = {"type": "string", "pattern": "^[0-9]{20}$"}
_RECORDED = {"type": "string", "format": "date-time"}

ON_THE_LOG: dict[str, JSONSchema] = {
    "sequence": {**_SEQUENCE, "description": "The event's place in its service's order, dense from 1 on."},
    "previoussequence": {
        **_SEQUENCE,
        "description": "The sequence of the record before it in the partition; 0 for the first.",
    },
    "recordedtime": {**_RECORDED, "description": "When the service stored it; it rises within a stream."},
    "partitionkey": {
        "type": "string",
        "description": "The region of the stream's first event, also the key.",
    },
    "streamversion": {"type": "integer", "minimum": 1},
    "origin": {"type": "string", "enum": [str(origin) for origin in Origin]},
}
"""The attributes that service and relay give."""


def schema_name(event_type: EventType) -> str:
    """The name of the schema of a whole event."""
    return f"{name_of(event_type)}Event"


def posted(event_types: Sequence[EventType]) -> dict[str, JSONSchema]:
    """The schemas of a service's events as clients send them, by name, and of their data."""
    found = data_schemas(event_types)
    for event_type in event_types:
        required = ["specversion", "id", "source", "type", "data"]
        properties = {
            name: one if name in required else _or_null(one)
            for name, one in envelope_properties().items()
            if name != "data"
        }
        if event_type.kind == "settlements":
            properties["subject"] = {
                "type": "string",
                "pattern": _UUID,
                "description": "The settlement id: a random UUID that you choose, never a person's number.",
            }
            required.append("subject")
        found[schema_name(event_type)] = {
            "type": "object",
            "title": event_type.full_name,
            "description": found[name_of(event_type)]["description"],
            "properties": {
                **properties,
                "type": {"type": "string", "const": event_type.full_name},
                "data": {"$ref": f"#/components/schemas/{name_of(event_type)}"},
            },
            "required": required,
            # Extension attributes of others are welcome, and ignored.
            "additionalProperties": True,
        }
    return found


def logged(event_types: Sequence[EventType]) -> dict[str, JSONSchema]:
    """The same as on the log. Who reads there must let pass what it does not know."""
    found = {name: _tolerant(schema) for name, schema in data_schemas(event_types).items()}
    envelope = envelope_properties()
    carried = {name: envelope[name] for name in ("time", "knowntime", "traceparent")}
    for event_type in event_types:
        data = found[name_of(event_type)]
        data["properties"]["previous"] = {
            "type": "object",
            "description": "The facts in force before this event; absent in the first of a stream.",
        }
        found[schema_name(event_type)] = {
            "type": "object",
            "title": event_type.full_name,
            "description": data["description"],
            "properties": {
                "specversion": {"type": "string", "const": "1.0"},
                "id": {"type": "string"},
                "source": {"type": "string"},
                "type": {"type": "string", "const": event_type.full_name},
                "subject": {"type": "string"},
                "datacontenttype": {"type": "string", "const": "application/json"},
                **carried,
                **copy.deepcopy(ON_THE_LOG),
                "data": {"$ref": f"#/components/schemas/{name_of(event_type)}"},
            },
            "required": [
                *("specversion", "id", "source", "type", "subject", "data"),
                *ON_THE_LOG,
            ],
        }
    return found


def _or_null(schema: JSONSchema) -> JSONSchema:
    """CloudEvents' JSON format: an attribute that is null is as good as left out."""
    if "type" not in schema:
        return schema
    also = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **also, "type": [schema["type"], "null"]}


def _tolerant(schema: JSONSchema) -> JSONSchema:
    """A schema for those who read: what is not kept is gone, and more may come."""
    properties: dict[str, Any] = {
        name: one for name, one in schema["properties"].items() if not one.get("writeOnly")
    }
    kept = {name: one for name, one in schema.items() if name not in ("additionalProperties", "properties")}
    return {**kept, "properties": properties}
