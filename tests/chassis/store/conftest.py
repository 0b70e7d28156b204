"""An event store in a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.store import EventStore
from tests.chassis.store.samples import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    yield database
    database.close()


@pytest.fixture
def store(database: Database, clock: Clock) -> EventStore:
    store = EventStore(database, clock)
    store.migrate()
    return store
