"""The events' marshmallow schemas as JSON Schema."""

# mypy: allow-untyped-calls

import inspect
import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields

from services.contract.envelope import EventEnvelope
from services.contract.event_types import EventType
from services.contract.schemas.fields import DateText, PartialDateText, WeekText

JSONSchema = dict[str, Any]

_YEAR = "(199[0-9]|20[0-9]{2}|2100)"
_DAY = f"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
_PARTIAL_DATE = f"^{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"

# What a field says in Python alone; the first class that fits counts.
_FORMS: tuple[tuple[type[fields.Field[Any]], JSONSchema], ...] = (
    (DateText, {"pattern": f"^{_DAY}$", "description": "A date, such as 2024-02-25."}),
    (
        PartialDateText,
        {
            "pattern": _PARTIAL_DATE,
            "description": "A date (2016-05-17), a month (2016-05) or a year (2016): as much as is known.",
        },
    ),
    (
        WeekText,
        {
            "pattern": "^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
            "description": "A week by ISO 8601, such as 2024-W35.",
        },
    ),
)


def _form(_converter: Any, field: fields.Field[Any], **_: Any) -> JSONSchema:
    return next((dict(form) for kind, form in _FORMS if isinstance(field, kind)), {})


def data_schemas(event_types: Iterable[EventType]) -> dict[str, JSONSchema]:
    """By name the schema of each type's ``data`` and of what stands in it."""
    plugin = MarshmallowPlugin()
    spec = APISpec("", "", "3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_form)
    for event_type in event_types:
        spec.components.schema(name_of(event_type), schema=event_type.schema)
    found: dict[str, JSONSchema] = _tidy(spec.to_dict()["components"]["schemas"])
    for event_type in event_types:
        found[name_of(event_type)]["description"] = inspect.cleandoc(event_type.schema.__doc__ or "")
    return found


def name_of(event_type: EventType) -> str:
    """The name of the schema of a type's ``data``."""
    return event_type.schema.__name__


def envelope_properties() -> dict[str, JSONSchema]:
    """What stands around ``data`` in an event from a client, by attribute."""
    plugin = MarshmallowPlugin()
    spec = APISpec("", "", "3.1.0", plugins=[plugin])
    spec.components.schema("Envelope", schema=EventEnvelope)
    found: dict[str, JSONSchema] = _tidy(spec.to_dict()["components"]["schemas"]["Envelope"]["properties"])
    for name, told in _TOLD.items():
        found[name] |= told
    return found


_TOLD: dict[str, JSONSchema] = {
    "specversion": {"const": "1.0"},
    "id": {
        "description": "Your own id of the event. With source it is unique among your events: sent again "
        "it is a duplicate, and stored once."
    },
    "source": {"description": "The system that the event comes from, as a URI reference."},
    "subject": {"description": "The stream. It may be left out where the data give it."},
    "time": {
        "pattern": MOMENT,
        "format": "date-time",
        "description": "When you made the event. It is kept and counts for nothing.",
    },
    "dataschema": {"description": "Ignored."},
    "traceparent": {"description": "W3C Trace Context, carried to the log."},
    "origin": {"description": "For importers only: how the event came to be."},
    "knowntime": {
        "description": "For importers only: when the fact became publicly known, as a moment, a date, a "
        "month or a year."
    },
}


def _tidy(schema: Any) -> Any:
    """The same for every language: anchors as ECMAScript writes them, codes in a lasting order."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {name: _tidy(one) for name, one in schema.items()}
    if isinstance(tidied.get("pattern"), str):
        tidied["pattern"] = _pattern(tidied["pattern"])
    if len(tidied.get("enum", ())) > 30:
        tidied["enum"].sort(key=lambda code: (code is None, code))
    if tidied.get("format") == "url":
        tidied["format"] = "uri"
    return tidied


def _pattern(pattern: str) -> str:
    """Marshmallow matches from the beginning on, JSON Schema anywhere."""
    plain = re.sub(r"\\Z$", "$", re.sub(r"^\\A", "^", pattern))
    return plain if plain.startswith("^") else f"^{plain}"
