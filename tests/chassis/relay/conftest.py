"""A store, a log behind a bad network, and what drives them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.store import EventStore
from tests.chassis.relay.bench import BEATS, TOPIC, Bench
from tests.chassis.store.samples import Clock
from tests.flow.faulty_log import FaultyLog
from tests.servers.backups import Backups
from tests.servers.databases import BOTH, new_url, prepare_store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[EventStore]:
    url = new_url(request, request.param, tmp_path / "store.db", prepare_store)
    store = EventStore(Database(url), clock)
    yield store
    store.database.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FaultyLog]:
    log = FaultyLog(EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}"))
    log.ensure([TOPIC, BEATS])
    yield log
    log.close()


@pytest.fixture
def bench(store: EventStore, log: FaultyLog, clock: Clock) -> Bench:
    return Bench(store, log, clock)


@pytest.fixture
def backups(request: pytest.FixtureRequest, tmp_path: Path) -> Backups:
    return Backups(request, tmp_path)
