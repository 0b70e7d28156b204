"""Files of whole CloudEvents: looked at as they are, and posted under their own ids."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson
from marshmallow import ValidationError

from services.contract.envelope import EventEnvelope
from services.contract.event_types import EVENT_TYPES
from services.contract.identity_numbers import pointers_to_identity_numbers
from services.contract.labels import Text
from services.submitting.checking import Checked, rules
from services.submitting.columns import Kind
from services.submitting.drafts import Draft
from services.submitting.findings import Finding
from services.submitting.tables import Row, Table
from services.submitting.wording import told

_ENVELOPE = EventEnvelope()


class EventChecker:
    """Looks at the events of one file, one after the other."""

    def __init__(self, table: Table, kind: Kind, today: date) -> None:
        self._table = table
        self._kind = kind
        self._today = today

    def left_out(self) -> list[str]:
        """Nothing: an event is posted whole."""
        return []

    def check(self) -> Iterator[Checked]:
        """Every event, in order. Raises `Unreadable` where the file breaks off."""
        for row in self._table.rows():
            document = event_of(row)
            found = dict(self._faults(document))
            checked = Checked(row, None)
            checked.faults = [
                self.finding(row.number, pointer, "event", message) for pointer, message in found.items()
            ]
            if not checked.faults:
                key = f"{document['source']} {document['id']}"
                stream = f"{document['type'].rsplit('.', 2)[0]} {document.get('subject') or key}"
                checked.draft = Draft(row.number, orjson.dumps(document), key, stream)
            yield checked

    def finding(self, row: int, pointer: str, rule: str, message: str) -> Finding:
        """What is wrong at a place in an event."""
        return Finding(row, rule, told(message), pointer or None)

    def _faults(self, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for pointer in pointers_to_identity_numbers(document):
            yield pointer, "This holds what may be a national identity number, D-number or DUF number."
        try:
            _ENVELOPE.load(document)
        except ValidationError as error:
            yield from _flat(error.messages, "")
            return
        event_type = EVENT_TYPES.get(document["type"])
        if event_type is None or event_type.service != self._kind:
            yield "/type", f"{self._kind} does not take this type of event."
            return
        try:
            data = event_type.loader.load(document["data"])
        except ValidationError as error:
            yield from _flat(error.messages, "/data")
            return
        if self._kind is Kind.SETTLEMENTS and document.get("subject") is None:
            yield "/subject", "Send the settlement id, a random UUID, as subject."
        for fault in rules(data, self._today):
            yield fault.pointer, fault.message


def event_of(row: Row) -> dict[str, Any]:
    """The CloudEvent that a row of such a file holds."""
    event: dict[str, Any] = orjson.loads(str(row.cells[0]))
    return event


def kind_of_events(table: Table) -> Kind | None:
    """The service that takes the first event of a file whose type is known."""
    for row in table.rows():
        event_type = EVENT_TYPES.get(str(event_of(row).get("type")))
        if event_type is not None and event_type.service in list(Kind):
            return Kind(event_type.service)
    return None


def _flat(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, pointer if name == "_schema" else f"{pointer}/{name}")
    else:
        for message in messages:
            yield pointer, str(message)


UNKNOWN_KIND = Text(
    "Det går ikke fram hva radene gjelder. Velg bosettinger, vedtak eller anmodninger (--kind).",
    "It does not appear what the rows are about. Choose settlements, decisions or requests (--kind).",
)
