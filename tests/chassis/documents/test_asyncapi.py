"""What is said of the log, held against what stands there."""

import jsonschema_rs
import orjson
import pytest

from services.chassis.documents.asyncapi import asyncapi
from services.chassis.documents.events import schema_name
from services.contract.envelope import log_value
from services.contract.event_types import EVENT_TYPES
from tests.chassis.commands.states import WAYS, brought_to

DOCUMENT = asyncapi()


def validator(event_type):
    name = schema_name(event_type)
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    )


def test_every_type_of_event_is_a_message_on_its_topic():
    for event_type in EVENT_TYPES.values():
        channel = DOCUMENT["channels"][event_type.service]
        assert channel["address"] == event_type.topic
        assert channel["messages"][event_type.name] == {"$ref": f"#/components/messages/{event_type.name}"}
        assert DOCUMENT["components"]["messages"][event_type.name]["name"] == event_type.full_name


@pytest.mark.parametrize(
    ("kind", "state"), [(kind, state) for kind, states in WAYS.items() for state in states if state != "none"]
)
def test_what_is_stored_fits_once_it_has_its_place(requests, decisions, settlements, kind, state):
    service = {"decisions": decisions, "settlements": settlements}.get(kind, requests)
    subject = {"subject": "6f1b7a52-6a0e-4c43-9d3c-2f3a0c9b7d11"} if kind == "settlements" else {}
    brought_to(service, kind, state, traceparent="00-" + "0a" * 16 + "-" + "0b" * 8 + "-01", **subject)

    for number, event in enumerate(service.stored(), 1):
        on_log = orjson.loads(log_value(event, number, number - 1))
        validator(EVENT_TYPES[event["type"]]).validate(on_log)


def test_a_reader_is_told_to_let_pass_what_it_does_not_know():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert "additionalProperties" not in schema, name


def test_an_age_is_not_on_the_log():
    assert "age" not in DOCUMENT["components"]["schemas"]["PersonSettled"]["properties"]
