"""AsyncAPI: which events stand on which topic of the log."""

from typing import Any

from services.chassis.documents.events import logged, schema_name
from services.contract.event_types import EVENT_TYPES, EventType
from services.contract.media_types import STRUCTURED
from services.contract.topics import topic_of

DESCRIPTION = """\
Everything that Bosatt knows stands on these topics, for ever but for heartbeats, as structured CloudEvents. A
key is a region's code; its partition is murmur2(key) modulo the number of partitions.

Records may come more than once. Keep a mark per partition, 0 at first: a record whose `previoussequence` is
the mark is the next; one whose `sequence` is not above the mark is a repeat; any other shows a hole, and what
is missing will be sent again. Within a version only optional fields are added, and lists of codes may
grow: let pass what you do not know."""


def asyncapi() -> dict[str, Any]:
    """The document."""
    services: dict[str, list[EventType]] = {}
    for event_type in EVENT_TYPES.values():
        services.setdefault(event_type.service, []).append(event_type)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Bosatt: the event log", "version": "v1", "description": DESCRIPTION},
        "defaultContentType": STRUCTURED,
        "channels": {service: _channel(service, types) for service, types in services.items()},
        "operations": {
            f"publish-{service}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{service}"},
                "summary": f"Events of {service}, in the order in which they are safe to read.",
            }
            for service in services
        },
        "components": {
            "messages": {one.name: _message(one) for one in EVENT_TYPES.values()},
            "schemas": logged(list(EVENT_TYPES.values())),
        },
    }


def _channel(service: str, event_types: list[EventType]) -> dict[str, Any]:
    topic = topic_of(service)
    return {
        "address": topic.topic,
        "messages": {one.name: {"$ref": f"#/components/messages/{one.name}"} for one in event_types},
        "bindings": {"kafka": {"topic": topic.topic, "partitions": topic.partitions}},
    }


def _message(event_type: EventType) -> dict[str, Any]:
    return {
        "name": event_type.full_name,
        "title": event_type.name,
        "summary": (event_type.schema.__doc__ or "").strip().splitlines()[0],
        "contentType": STRUCTURED,
        "payload": {"$ref": f"#/components/schemas/{schema_name(event_type)}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": "The partitionkey."}}},
    }
