"""A store moved to another server, where transaction ids begin anew, is relayed as if nothing was."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from services.chassis.database import Database
from services.chassis.store import EventStore
from services.chassis.store.tables import events, store_epoch
from services.running.servers.postgresql import PostgreSQLServer
from services.running.servers.postgresql_directory import as_owner, program
from tests.chassis.relay.bench import BERGEN, OSLO, TOPIC, Bench
from tests.chassis.relay.test_relay import applied, by_partition
from tests.chassis.store.samples import Clock
from tests.flow.faulty_log import FaultyLog
from tests.servers.databases import POSTGRESQL

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.parametrize("store", [POSTGRESQL], indirect=True),
    pytest.mark.usefixtures("patient_sessions"),
]

BURN_IDS = """
DO $$ BEGIN FOR each IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""


@pytest.fixture
def other_server(tmp_path: Path, postgresql_server: PostgreSQLServer) -> Iterator[PostgreSQLServer]:
    with PostgreSQLServer(tmp_path / "other", durable=False) as server:
        server.create_database("store")
        yield server


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def move(source: str, target: str, file: Path) -> None:
    """Dump and restore, with the programs that everybody uses for it."""
    plain = [url.replace("+psycopg", "") for url in (source, target)]
    dump, restore = program("pg_dump"), program("pg_restore")
    for command in ([dump, "-Fc", "-f", file, plain[0]], [restore, "--exit-on-error", "-d", plain[1], file]):
        subprocess.run([str(word) for word in command], check=True)


def stored(store: EventStore) -> list[tuple[int, int]]:
    """Epoch and transaction of every event, as they were stored."""
    with store.database.read() as connection:
        query = select(events.c.epoch, events.c.transaction).order_by(events.c.position)
        return [tuple(row) for row in connection.execute(query)]


def epoch(store: EventStore) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(store_epoch.c.epoch)).scalar_one())


def test_nothing_is_lost_repeated_or_reordered(
    bench: Bench, log: FaultyLog, clock: Clock, other_server: PostgreSQLServer, tmp_path: Path
) -> None:
    execute(bench.store.database.url, BURN_IDS)
    before = bench.relay("before")
    bench.append(OSLO, BERGEN)
    before.step()
    bench.append(OSLO, OSLO)  # not relayed before the move
    before.close()

    move(bench.store.database.url, other_server.url("store"), tmp_path / "dump")
    moved = Bench(EventStore(Database(other_server.url("store")), clock), log, clock)
    after = moved.relay("after")
    moved.append(BERGEN, OSLO)
    after.step()
    moved.append(OSLO)
    after.step()

    places = stored(moved.store)
    assert [place[0] for place in places] == [1, 1, 1, 1, 2, 2, 2]
    assert max(transaction for _, transaction in places[4:]) < min(place[1] for place in places[:4])
    assert moved.sequences() == [1, 2, 3, 4, 5, 6, 7]
    assert applied(moved) == by_partition(OSLO, BERGEN, OSLO, OSLO, BERGEN, OSLO, OSLO)
    assert sum(log.end_offsets(TOPIC)) == 7
    moved.store.database.close()


def test_the_epoch_is_raised_once_however_many_come_at_the_same_time(
    store: EventStore, other_server: PostgreSQLServer, tmp_path: Path
) -> None:
    store.database.close()
    move(store.database.url, other_server.url("store"), tmp_path / "dump")
    others = [EventStore(Database(other_server.url("store"))) for _ in range(8)]

    with ThreadPoolExecutor(len(others)) as pool:
        epochs = list(pool.map(epoch, others))

    assert epochs == [2] * len(others)
    for other in others:
        other.database.close()


def test_a_copy_on_the_same_server_stays_in_its_epoch(store: EventStore) -> None:
    assert epoch(store) == 1


def test_ids_beyond_32_bits_are_no_other_than_those_below(
    log: FaultyLog, clock: Clock, store: EventStore, tmp_path: Path
) -> None:
    server = PostgreSQLServer(tmp_path / "old", durable=False)
    server.start()
    server.create_database("store")
    server.stop()
    reset = [str(program("pg_resetwal")), "--epoch=5", "-D", str(server.directory / "data")]
    subprocess.run(as_owner(reset), check=True, capture_output=True)
    with server:
        old = EventStore(Database(server.url("store")), clock)
        old.migrate()
        bench = Bench(old, log, clock)
        bench.append(OSLO, BERGEN)
        bench.relay().step()
        bench.append(OSLO)
        bench.relay().step()

        assert min(transaction for _, transaction in stored(old)) > 5 << 32
        assert applied(bench) == by_partition(OSLO, BERGEN, OSLO)
        old.database.close()
