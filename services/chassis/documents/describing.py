"""Put together what flask-smorest knows of a service's routes with the schemas of its events."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from services.chassis.documents.answers import answer_schemas
from services.chassis.documents.events import posted, schema_name
from services.chassis.documents.operations import HEADERS
from services.contract.entitlements import read_scope, write_scope
from services.contract.event_types import types_of

_DESCRIPTION = """\
Post events and see what has become of them. Every event is a CloudEvent 1.0; what is refused is answered with
problem details (RFC 9457) that say what to do. Within this version only optional fields are added, and lists
of codes in answers may grow.

Send a token of Maskinporten with the scope `{write}` to post and `{read}` to read."""


def describe(app: Flask, service: str, states: Sequence[str]) -> None:
    """Complete the description of a service's app; `document_of` gives it."""
    spec = app.extensions["bosatt.api"].spec
    spec.options["info"] = {
        "description": _DESCRIPTION.format(write=write_scope(service), read=read_scope(service)),
        "license": {"name": "MIT", "identifier": "MIT"},
    }
    spec.options["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/base"
    types = list(types_of(service).values())
    schemas = {
        "Event": {
            "oneOf": [{"$ref": f"#/components/schemas/{schema_name(one)}"} for one in types],
            "discriminator": {
                "propertyName": "type",
                "mapping": {one.full_name: f"#/components/schemas/{schema_name(one)}" for one in types},
            },
        },
        **posted(types),
        **answer_schemas(tuple(states), [one.full_name for one in types]),
    }
    for name, schema in schemas.items():
        spec.components.schema(name, component=schema)
    for name, header in HEADERS.items():
        spec.components.header(name, header)
    spec.components.security_scheme(
        "token",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of Maskinporten. The scope of each route stands with it.",
        },
    )


def document_of(app: Flask) -> dict[str, Any]:
    """A service's OpenAPI document."""
    document: dict[str, Any] = app.extensions["bosatt.api"].spec.to_dict()
    # flask-smorest's own, which no route answers.
    document["components"].pop("responses", None)
    for name in ("Error", "PaginationMetadata"):
        document["components"]["schemas"].pop(name, None)
    return document
