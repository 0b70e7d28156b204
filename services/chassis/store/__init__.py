"""The event store: append-only streams, which are also the outbox that a relay reads."""

from services.chassis.store.event_store import (
    EventStore,
    NewEvent,
    StoredReceipt,
    StoreTransaction,
    StreamHead,
    VersionConflict,
)

__all__ = [
    "EventStore",
    "NewEvent",
    "StoreTransaction",
    "StoredReceipt",
    "StreamHead",
    "VersionConflict",
]
