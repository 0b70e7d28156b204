"""A log and a database for consumers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis import metrics
from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from tests.chassis.consuming.bench import METADATA, TOPIC, Bench
from tests.flow.faulty_log import FaultyLog
from tests.flow.world import Clock
from tests.servers.databases import BOTH, new_url


@pytest.fixture(autouse=True)
def _nothing_stopped_by_other_tests() -> None:
    metrics.CONSUMER_STOPPED.clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(new_url(request, request.param, tmp_path / "consumer.db", make_tables))
    yield database
    database.close()


def make_tables(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        METADATA.create_all(connection)
    database.close()


@pytest.fixture
def bench(tmp_path: Path, database: Database, clock: Clock) -> Iterator[Bench]:
    log = FaultyLog(EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}", 9.0, lambda: clock.seconds))
    log.ensure([TOPIC])
    bench = Bench(database, log)
    yield bench
    bench.close()
    log.close()
