"""From the bytes of a request to an event that is well formed, or every fault in it at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from marshmallow import ValidationError

from services.chassis.problems import Problem
from services.contract.envelope import EventEnvelope
from services.contract.event_types import EventType
from services.contract.faults import Fault
from services.contract.identity_numbers import has_identity_number, pointers_to_identity_numbers

MOST_DEEP = 32

_ENVELOPE = EventEnvelope()

_RULES = {
    "This field is not part": "undeclared-field",
    "Missing data": "required",
    "This attribute is given": "set-by-service",
    "This field is given": "set-by-service",
}


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """An event as far as it could be read.

    ``event_type`` is None where the type is not one that the service takes. ``data`` holds the
    fields that are valid; all of them where there are no ``faults``.
    """

    envelope: dict[str, Any]
    event_type: EventType | None
    data: dict[str, Any]
    faults: list[Fault]


def parse_json(body: bytes) -> Any:
    """The JSON document in a body; raises `Problem` 400 that says where it breaks off."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _not_utf_8(body) or _malformed("breaks off", error.lineno, error.colno) from None
    if _is_deep(document):
        raise Problem(
            400,
            "too-deep",
            "The document is nested too deeply",
            f"Objects and arrays may stand in each other {MOST_DEEP} times.",
        )
    return document


def _malformed(what: str, line: int, column: int) -> Problem:
    return Problem(
        400,
        "malformed-json",
        "The body is not JSON",
        f"The JSON document {what} in line {line}, column {column}.",
        members={"line": line, "column": column},
    )


def _not_utf_8(body: bytes) -> Problem | None:
    """Where a body is no UTF-8, of which orjson tells no place."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        lines = body[: error.start].decode().split("\n")
        return _malformed("is not UTF-8", len(lines), len(lines[-1]) + 1)
    return None


def _is_deep(document: Any) -> bool:
    """Whether a document is nested deeper than functions that call themselves should follow."""
    level = [document]
    for _ in range(MOST_DEEP + 1):
        level = [
            member
            for outer in level
            if isinstance(outer, dict | list)
            for member in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def parse_event(document: Any, event_types: Mapping[str, EventType]) -> ParsedEvent:
    """Read one CloudEvent against the types that a service takes."""
    faults = [
        Fault(
            pointer,
            "identity-number",
            "This holds what may be a national identity number, D-number or DUF number. No event "
            "carries one: use the random settlement id.",
        )
        for pointer in pointers_to_identity_numbers(document)
    ]
    hidden = {fault.pointer for fault in faults}
    envelope, envelope_faults = _envelope(document)
    faults += [fault for fault in envelope_faults if fault.pointer not in hidden]
    event_type = event_types.get(envelope.get("type", ""))
    data: dict[str, Any] = {}
    if event_type is None:
        if "type" in envelope and "/type" not in hidden:
            known = ", ".join(sorted(event_types))
            faults.append(Fault("/type", "unknown-type", f"This service takes: {known}."))
    elif isinstance(document.get("data"), dict):
        data, data_faults = _data(event_type, document["data"])
        faults += [fault for fault in data_faults if fault.pointer not in hidden]
    return ParsedEvent(envelope, event_type, data, faults)


def _envelope(document: Any) -> tuple[dict[str, Any], list[Fault]]:
    try:
        return _ENVELOPE.load(document), []
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        known = {name: value for name, value in valid.items() if name in _ENVELOPE.fields}
        return known, list(_faults(error.messages, ""))


def _data(event_type: EventType, data: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    told = {name: value for name, value in data.items() if name != "previous"}
    try:
        return event_type.loader.load(told), []
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, list(_faults(error.messages, "/data"))


def _faults(messages: Any, pointer: str) -> Iterator[Fault]:
    """Marshmallow's nested messages as faults with JSON Pointers."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            told = str(name)
            untold = told == "_schema" or has_identity_number(told)
            at = pointer if untold else f"{pointer}/{_escaped(told)}"
            yield from _faults(inner, at)
        return
    for message in messages:
        rule = next((rule for start, rule in _RULES.items() if message.startswith(start)), "form")
        yield Fault(pointer, rule, message)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
