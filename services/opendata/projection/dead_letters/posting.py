"""Append what an operator does to opendata's store of operations: the relay brings it to the log."""

import uuid
from typing import Any

from services.chassis.store import EventStore, NewEvent
from services.contract.codes import Origin, Role
from services.contract.entitlements import Caller
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION
from services.contract.facts import facts_after
from services.opendata.projection.dead_letters.places import Place

SOURCE = "/opendata/operators"
KEY = "operations"
KIND = "operations"
_CALLER = Caller(Role.SYSTEM).name


def operations_so_far(store: EventStore, place: Place) -> int:
    """How many operations have been stored about a place."""
    with store.transaction() as tx:
        head = tx.head(KIND, str(place))
    return 0 if head is None else head.version


def post_operation(store: EventStore, operation: str, place: Place, after: int, data: dict[str, Any]) -> str:
    """Store an operation about a place as the next one after so many, and return its id.

    ``operation`` is ``retried`` or ``dropped``, ``data`` what it says beside the place. Raises
    `VersionConflict` where somebody else was faster, ``marshmallow.ValidationError`` where the
    data are not those of the operation.
    """
    event_type = EVENT_TYPES[f"{PREFIX}deadletter.{operation}.{VERSION}"]
    told = event_type.loader.load({**place._asdict(), **data})
    event_id = str(uuid.uuid4())
    content = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": event_type.full_name,
        "subject": str(place),
        "datacontenttype": "application/json",
        "origin": Origin.REPORTED.value,
        "partitionkey": KEY,
        "streamversion": after + 1,
        "data": told,
    }
    with store.transaction() as tx:
        tx.append(
            NewEvent(
                caller=_CALLER,
                source=SOURCE,
                event_id=event_id,
                digest="",
                kind=KIND,
                subject=str(place),
                expected_version=after,
                partition_key=KEY,
                content=content,
                warnings=[],
                facts_of=lambda recorded: facts_after(event_type.name, None, told, Origin.REPORTED, recorded),
            )
        )
    return event_id
