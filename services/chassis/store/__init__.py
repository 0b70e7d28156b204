"""The event store: append-only streams, which are also the outbox that a relay reads."""

from services.chassis.store.event_store import EventStore
from services.chassis.store.records import (
    Found,
    NewEvent,
    StoredReceipt,
    StreamHead,
    VersionConflict,
    Wanted,
)
from services.chassis.store.transaction import StoreTransaction

__all__ = [
    "EventStore",
    "Found",
    "NewEvent",
    "StoreTransaction",
    "StoredReceipt",
    "StreamHead",
    "VersionConflict",
    "Wanted",
]
