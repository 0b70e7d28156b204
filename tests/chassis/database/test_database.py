"""The two kinds of transaction, and how connections begin."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.exc import OperationalError

from services.chassis.database import Database, migrate
from services.chassis.database import database as module

METADATA = MetaData()
NUMBERS = Table("numbers", METADATA, Column("number", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    with database.write() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(select(NUMBERS.c.number).order_by(NUMBERS.c.number)).scalars())


def put(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.execute(NUMBERS.insert(), {"number": number})


def put_and_fail(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.execute(NUMBERS.insert(), {"number": number})
        raise KeyError(number)


def test_a_writing_transaction_commits_at_its_end(database: Database) -> None:
    put(database, 1)

    assert numbers(database) == [1]


def test_a_writing_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError):
        put_and_fail(database, 1)

    assert numbers(database) == []


def test_a_rehearsal_sees_what_it_wrote_and_leaves_nothing(database: Database) -> None:
    with database.rehearse() as connection:
        connection.execute(NUMBERS.insert(), {"number": 1})
        seen = connection.execute(select(NUMBERS)).all()

    assert len(seen) == 1
    assert numbers(database) == []


def test_a_reading_transaction_sees_one_state_though_others_write(database: Database) -> None:
    put(database, 1)
    with database.read() as connection:
        first = connection.execute(select(NUMBERS)).all()
        put(database, 2)
        second = connection.execute(select(NUMBERS)).all()

    assert first == second
    assert numbers(database) == [1, 2]


def test_a_writer_waits_for_the_writer_before_it(database: Database) -> None:
    written = threading.Event()

    def write() -> None:
        put(database, 2)
        written.set()

    with database.write() as connection:
        other = threading.Thread(target=write)
        other.start()
        early = written.wait(0.1)
        connection.execute(NUMBERS.insert(), {"number": 1})
    other.join()

    assert early is False
    assert numbers(database) == [1, 2]


def test_a_writer_gives_up_waiting_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 10)
    first, second = (Database(f"sqlite:///{tmp_path / 'busy.db'}") for _ in range(2))

    with first.write(), pytest.raises(OperationalError, match="locked"), second.write():
        pass  # the right to write is asked for at the beginning, not at the first change

    first.close()
    second.close()


def test_what_was_committed_is_safe_from_a_power_cut(database: Database) -> None:
    with database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}


def test_an_insert_knows_what_to_do_on_conflict(database: Database) -> None:
    put(database, 1)

    with database.write() as connection:
        left = connection.execute(database.insert(NUMBERS).values(number=1).on_conflict_do_nothing())

    assert left.rowcount == 0


def test_a_migration_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text("from services.chassis.database import environment\nenvironment.run()\n")
    (folder / "versions" / "0001_half.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "revision = '0001'\n"
        "down_revision = None\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('id', sa.Integer))\n"
        "    op.execute('no such statement')\n"
    )
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")

    with pytest.raises(OperationalError):
        migrate(database, str(folder))

    with database.read() as connection:
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master").all()
    assert left == []
    database.close()
