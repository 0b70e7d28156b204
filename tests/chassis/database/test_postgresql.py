"""PostgreSQL: many write at once, whoever was overtaken is told, and what is lost is come by again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from services.chassis.database import UNAVAILABLE, Database, Overtaken, postgresql
from services.running.servers.postgresql import PostgreSQLServer
from tests.chassis.database.numbers import METADATA, NUMBERS, numbers, put
from tests.servers.postgresql import Databases

pytestmark = [pytest.mark.backend("PostgreSQL"), pytest.mark.sockets]


@pytest.fixture
def database(postgresql_database: Database) -> Database:
    return postgresql_database


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[Callable[..., Database]]:
    """Makes databases on the same address with other settings."""
    opened = []

    def make(**settings: str) -> Database:
        monkeypatch.setattr(postgresql, "SETTINGS", {**postgresql.SETTINGS, **settings})
        opened.append(Database(database.url))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def set_times(database: Database, times: int, number: int = 1) -> None:
    with database.write() as connection:
        connection.execute(update(NUMBERS).where(NUMBERS.c.number == number).values(times=times))


def overtaken_by(database: Database, other: Callable[[], None]) -> None:
    """Look, let somebody else change what was looked at, and change it too."""
    with database.write() as connection:
        connection.execute(select(NUMBERS)).all()
        other()
        connection.execute(update(NUMBERS).where(NUMBERS.c.number == 1).values(times=7))


def shown(database: Database, setting: str) -> str:
    with database.read() as connection:
        return str(connection.exec_driver_sql(f"SHOW {setting}").scalar_one())


def test_two_write_at_once(database: Database) -> None:
    with database.write() as connection:
        connection.execute(NUMBERS.insert(), {"number": 1})
        put(database, 2)

    assert numbers(database) == [1, 2]


def test_who_changes_what_was_changed_since_it_looked_is_overtaken_and_leaves_nothing(
    database: Database,
) -> None:
    put(database, 1)

    with pytest.raises(Overtaken):
        overtaken_by(database, lambda: set_times(database, 3))

    with database.read() as connection:
        assert connection.execute(select(NUMBERS.c.times)).scalar_one() == 3


def test_who_puts_what_was_put_since_it_looked_is_overtaken(database: Database) -> None:
    with pytest.raises(Overtaken), database.write() as connection:  # noqa: PT012
        connection.execute(select(NUMBERS)).all()
        put(database, 1)
        connection.execute(database.insert(NUMBERS).on_conflict_do_nothing(), {"number": 1})


def test_of_two_that_wait_for_each_other_one_is_overtaken(database: Database) -> None:
    for number in (1, 2):
        put(database, number)
    both_began, outcomes = threading.Barrier(2), []

    def change(*order: int) -> None:
        try:
            with database.write() as connection:
                connection.execute(update(NUMBERS).where(NUMBERS.c.number == order[0]).values(times=1))
                both_began.wait(10)
                connection.execute(update(NUMBERS).where(NUMBERS.c.number == order[1]).values(times=1))
            outcomes.append("done")
        except Overtaken:
            outcomes.append("overtaken")

    other = threading.Thread(target=change, args=(1, 2))
    other.start()
    change(2, 1)
    other.join()

    assert sorted(outcomes) == ["done", "overtaken"]


def test_a_reading_transaction_can_not_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), database.read() as connection:
        connection.execute(NUMBERS.insert(), {"number": 1})


def test_sessions_have_settings_of_their_own(database: Database) -> None:
    assert {name: shown(database, name) for name in postgresql.SETTINGS} == {
        "TimeZone": "UTC",
        "idle_in_transaction_session_timeout": "15s",
        "lock_timeout": "10s",
        "statement_timeout": "2min",
        "plan_cache_mode": "force_generic_plan",
    }
    assert shown(database, "transaction_isolation") == "repeatable read"
    assert shown(database, "application_name") == "bosatt"


def test_an_address_may_name_the_application(database: Database) -> None:
    named = Database(f"{database.url}?application_name=relay")

    assert shown(named, "application_name") == "relay"
    named.close()


def test_a_lock_is_waited_for_only_so_long(database: Database, impatient: Callable[..., Database]) -> None:
    put(database, 1)
    hurried = impatient(lock_timeout="20ms")

    with database.write() as connection:
        connection.execute(update(NUMBERS).values(times=1))
        with pytest.raises(UNAVAILABLE):
            set_times(hurried, 2)


def test_a_transaction_that_nobody_goes_on_with_is_ended(
    database: Database, impatient: Callable[..., Database]
) -> None:
    forgetful = impatient(idle_in_transaction_session_timeout="20ms")

    with pytest.raises(UNAVAILABLE), forgetful.write() as connection:  # noqa: PT012
        connection.execute(NUMBERS.insert(), {"number": 1})
        threading.Event().wait(0.5)
        connection.execute(select(NUMBERS))

    put(database, 2)
    assert numbers(database) == [2]


def test_no_more_connections_than_the_bound_are_opened(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(postgresql, "POOL_TIMEOUT_S", 0.02)
    narrow = Database(database.url)

    with narrow.read(), pytest.raises(UNAVAILABLE), narrow.read():
        pass

    narrow.close()


def test_connections_that_died_meanwhile_cost_nobody_an_error(
    database: Database, postgresql_databases: Databases
) -> None:
    with database.read(), database.read():
        pass
    url = postgresql_databases.server.url("postgres").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database.url.rpartition("/")[2],),
        )

    put(database, 1)

    assert numbers(database) == [1]


def test_a_server_that_was_killed_is_unavailable_until_it_is_back(tmp_path: Path) -> None:
    with PostgreSQLServer(tmp_path / "server", durable=False) as server:
        server.create_database("some")
        database = Database(server.url("some"))
        with database.write() as connection:
            METADATA.create_all(connection)
        put(database, 1)

        with pytest.raises(UNAVAILABLE), database.write() as connection:  # noqa: PT012
            connection.execute(NUMBERS.insert(), {"number": 2})
            server.kill()
            connection.execute(select(NUMBERS))
        with pytest.raises(UNAVAILABLE):
            put(database, 3)
        server.start()
        put(database, 4)

        assert numbers(database) == [1, 4]
        database.close()


def test_a_server_that_turns_clients_away_is_unavailable(database: Database) -> None:
    wrong = Database(database.url.replace("bosatt:", "nobody:"))

    with pytest.raises(UNAVAILABLE):
        numbers(wrong)

    wrong.close()
