"""An event store in a database of its own, on every kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.store import EventStore
from tests.chassis.store.samples import Clock
from tests.servers.databases import BOTH, new_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(new_url(request, request.param, tmp_path / "store.db"))
    yield database
    database.close()


@pytest.fixture
def store(database: Database, clock: Clock) -> EventStore:
    store = EventStore(database, clock)
    store.migrate()
    return store
