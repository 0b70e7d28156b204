"""SQLite: one writer at a time, safe from a power cut."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from services.chassis.database import UNAVAILABLE, Database, sqlite
from tests.chassis.database.numbers import NUMBERS, numbers, put

pytestmark = pytest.mark.backend("SQLite")


def test_a_writer_waits_for_the_writer_before_it(sqlite_database: Database) -> None:
    written = threading.Event()

    def write() -> None:
        put(sqlite_database, 2)
        written.set()

    with sqlite_database.write() as connection:
        other = threading.Thread(target=write)
        other.start()
        early = written.wait(0.1)
        connection.execute(NUMBERS.insert(), {"number": 1})
    other.join()

    assert early is False
    assert numbers(sqlite_database) == [1, 2]


def test_a_writer_gives_up_waiting_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 10)
    first, second = (Database(f"sqlite:///{tmp_path / 'busy.db'}") for _ in range(2))

    with first.write(), pytest.raises(OperationalError, match="locked") as raised, second.write():
        pass  # the right to write is asked for at the beginning, not at the first change

    assert isinstance(raised.value, UNAVAILABLE)
    first.close()
    second.close()


def test_what_was_committed_is_safe_from_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}
