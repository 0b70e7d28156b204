"""An operation as it stands on the log: what an operator did about the record at a place."""

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, ValidationError

from services.chassis.consuming.records import Unreadable, recorded_time_of
from services.chassis.log.port import Partition
from services.contract.event_types import EVENT_TYPES
from services.contract.topics import topic_of
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.tables import LetterState

RETRIED = "retried"
DROPPED = LetterState.DROPPED.value

PARTITION = Partition(topic_of("operations"), 0)
"""Where all operations stand, in one order."""

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """``last_applied``, ``fault``, ``cause`` and ``note`` are of one that drops, None of a retry."""

    place: Place
    event_id: str
    operation: str
    digest: str
    recorded_time: str
    last_applied: int | None = None
    fault: str | None = None
    cause: str | None = None
    note: str | None = None


def operation_of(event: dict[str, Any]) -> Operation | None:
    """The operation in an event, None where it is about something else; raises `Unreadable`."""
    name, event_id = event.get("type"), event.get("id")
    event_type = EVENT_TYPES.get(name) if type(name) is str else None
    if event_type is not None and event_type.kind == "generations":
        return None
    if event_type is None or event_type.kind != "operations":
        raise Unreadable("unknown type")
    if type(event_id) is not str or not event_id.isprintable() or len(event_id) > LONGEST_ID:
        raise Unreadable("does not fit its schema (id)")
    try:
        data = event_type.loader.load(event["data"], unknown=EXCLUDE)
    except (KeyError, ValidationError):
        raise Unreadable("does not fit its schema (data)") from None
    return Operation(
        Place(data["topic"], data["generation"], data["partition"], data["offset"]),
        event_id,
        event_type.name.rpartition(".")[2],
        data["digest"],
        recorded_time_of(event),
        data.get("lastApplied"),
        data.get("fault"),
        data.get("cause"),
        data.get("note"),
    )
