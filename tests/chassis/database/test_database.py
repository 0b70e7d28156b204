"""What every database does alike: its kinds of transaction, and migrations."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Database, migrate
from tests.chassis.database.numbers import NUMBERS, numbers, put

MAKES_A_TABLE = """
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("made", sa.Column("id", sa.Integer))
"""


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


def test_an_insert_knows_what_to_do_on_conflict(database: Database) -> None:
    put(database, 1)

    with database.write() as connection:
        left = connection.execute(database.insert(NUMBERS).values(number=1).on_conflict_do_nothing())

    assert left.rowcount == 0


def migrations(folder: Path, text: str) -> str:
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text("from services.chassis.database import environment\nenvironment.run()\n")
    (folder / "versions" / "0001.py").write_text(text)
    return str(folder)


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_a_migration_that_fails_leaves_the_tables_as_they_were(database: Database, tmp_path: Path) -> None:
    before = tables(database)
    location = migrations(tmp_path / "failing", MAKES_A_TABLE + "    op.execute('no such statement')\n")

    with pytest.raises(DBAPIError):
        migrate(database, location)

    assert tables(database) == before


def test_of_many_that_migrate_at_once_one_does_the_work(database: Database, tmp_path: Path) -> None:
    location = migrations(tmp_path / "good", MAKES_A_TABLE)
    others = [Database(database.url) for _ in range(8)]

    with ThreadPoolExecutor(len(others)) as pool:
        done = list(pool.map(lambda other: migrate(other, location), others))

    for other in others:
        other.close()
    assert done == [None] * len(others)
    assert {"made", "alembic_version"} <= tables(database)


def test_a_connection_is_looked_at_before_its_first_use_until_that_is_done(database: Database) -> None:
    answers, asked = [False, True, True], []

    def check(connection: object) -> bool:
        asked.append(connection)
        return answers[len(asked) - 1]

    database.engine.dispose()
    database.before_use(check)
    for _ in range(4):
        numbers(database)

    assert len(asked) == 2


def test_errors_do_not_tell_what_was_written(database: Database) -> None:
    put(database, 424242)

    with pytest.raises(DBAPIError) as raised, database.write() as connection:
        connection.execute(NUMBERS.insert(), [{"number": 424242}])

    assert "[parameters: {'number': 424242}]" not in str(raised.value)
    assert "hidden" in str(raised.value)


def test_a_connection_in_use_when_the_database_is_closed_is_closed_with_its_transaction(
    database: Database,
) -> None:
    with database.read() as connection:
        held = connection.connection.driver_connection
        database.close()
        assert connection.execute(select(NUMBERS)).all() == []

    with pytest.raises(Exception, match=r"(?i)closed"):
        held.execute("SELECT 1")  # type: ignore[union-attr]


def test_a_connection_opened_after_the_database_was_closed_is_closed_too(database: Database) -> None:
    database.close()

    with database.read() as connection:
        held = connection.connection.driver_connection

    with pytest.raises(Exception, match=r"(?i)closed"):
        held.execute("SELECT 1")  # type: ignore[union-attr]
