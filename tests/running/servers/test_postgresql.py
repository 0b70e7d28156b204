"""A PostgreSQL server that is ours alone, keeps what it was told, and ends when we do."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from services.running.servers import CantStart, postgresql, postgresql_directory
from services.running.servers.postgresql import PostgreSQLServer
from tests.servers.needed import give_up

pytestmark = pytest.mark.sockets

A_PARENT = """
import sys, time
from pathlib import Path
from services.running.servers.postgresql import PostgreSQLServer
server = PostgreSQLServer(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQLServer]:
    server = PostgreSQLServer(tmp_path_factory.mktemp("one") / "server", durable=False)
    try:
        server.start()
    except CantStart as error:
        give_up("PostgreSQL", str(error))
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _runs(server: PostgreSQLServer) -> None:
    server.start()


def connect(server: PostgreSQLServer, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(server.url(database).replace("+psycopg", ""), autocommit=True)


def asked(server: PostgreSQLServer, question: str, database: str = "postgres") -> object:
    with connect(server, database) as connection:
        return connection.execute(question).fetchone()[0]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "never"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Ended, whether or not somebody has waited for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_answers_where_it_says(server: PostgreSQLServer) -> None:
    assert str(asked(server, "SHOW server_version")).startswith("18.")


def test_only_this_machine_reaches_it_and_only_with_the_password(server: PostgreSQLServer) -> None:
    wrong = server.url("postgres").replace("+psycopg", "").replace(":" + server._kept.password, ":guessed")

    assert asked(server, "SHOW listen_addresses") == "127.0.0.1"
    assert asked(server, "SHOW unix_socket_directories") == ""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)


def test_only_its_owner_can_look_into_its_directory(server: PostgreSQLServer) -> None:
    for path in (server.directory, server.directory / "data", server.directory / "password"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_database_is_made_once(server: PostgreSQLServer) -> None:
    server.create_database("made")
    with connect(server, "made") as connection:
        connection.execute("CREATE TABLE kept (number int)")

    server.create_database("made")

    assert asked(server, "SELECT count(*) FROM kept", "made") == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_however_it_ended_it_comes_back_at_its_port_with_what_it_had(
    server: PostgreSQLServer, end: str
) -> None:
    server.create_database(end)
    with connect(server, end) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    url, pid = server.url(end), server.pid

    getattr(server, end)()
    server.start()

    assert server.url(end) == url
    assert server.pid != pid
    assert asked(server, "SELECT number FROM kept", end) == 7


def test_it_is_stopped_though_it_was_paused_and_has_clients(server: PostgreSQLServer) -> None:
    connection = connect(server)
    connection.execute("BEGIN")
    os.kill(server.pid, signal.SIGSTOP)

    server.stop()

    assert not server.is_running
    connection.close()


def test_starting_one_that_runs_changes_nothing(server: PostgreSQLServer) -> None:
    pid = server.pid

    server.start()

    assert server.pid == pid


def test_two_stand_side_by_side(server: PostgreSQLServer, tmp_path: Path) -> None:
    with PostgreSQLServer(tmp_path / "other", durable=False) as other:
        identifiers = {
            asked(one, "SELECT system_identifier FROM pg_control_system()") for one in (server, other)
        }

    assert len(identifiers) == 2


def test_it_ends_with_its_parent_and_another_takes_up_what_it_left(tmp_path: Path) -> None:
    directory = tmp_path / "server"
    parent = subprocess.Popen(
        [sys.executable, "-c", A_PARENT, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())

    parent.kill()
    parent.communicate()
    wait_until(lambda: is_gone(pid))

    with PostgreSQLServer(directory, durable=False) as again:
        assert asked(again, "SELECT 1") == 1


def test_a_setting_that_it_does_not_know_is_told_in_its_own_words(tmp_path: Path) -> None:
    server = PostgreSQLServer(tmp_path / "server", durable=False, settings={"no_such_setting": "1"})

    with pytest.raises(CantStart, match="no_such_setting"):
        server.start()

    assert not server.is_running


def test_a_directory_in_use_is_told(server: PostgreSQLServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "LONGEST_TAKEOVER_SECONDS", 0.0)
    second = PostgreSQLServer(server.directory, durable=False)

    with pytest.raises(CantStart, match="Is another postmaster"):
        second.start()

    assert asked(server, "SELECT 1") == 1


def test_where_the_package_is_missing_the_text_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_directory, "PACKAGE", "no_such_package")

    with pytest.raises(CantStart, match=r"requirements/servers\.txt"):
        PostgreSQLServer(tmp_path / "server").start()


def test_what_a_killed_initdb_left_behind_is_not_taken_for_a_server(tmp_path: Path) -> None:
    directory = tmp_path / "server"
    half = directory / "making-half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    (directory / "port").write_text("")

    with PostgreSQLServer(directory, durable=False) as server:
        assert asked(server, "SELECT 1") == 1

    assert not half.exists()
