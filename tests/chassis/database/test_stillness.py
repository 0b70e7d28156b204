"""A database is still while nobody writes to it, and only then."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert

from services.chassis.database import Database, Stillness
from services.chassis.database import stillness as module

NOTES = Table("notes", MetaData(), Column("id", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    NOTES.create(database.engine)
    yield database
    database.close()


@pytest.fixture
def stillness(database, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_STILL_SECONDS", 3_600.0)
    stillness = Stillness(database)
    yield stillness
    stillness.close()


def write(database):
    with database.write() as connection:
        connection.execute(insert(NOTES))


def look(stillness, *, finding_nothing=True):
    assert not stillness.is_still()
    stillness.found(nothing=finding_nothing)


def test_it_is_not_still_before_a_look_has_found_nothing(stillness):
    look(stillness, finding_nothing=False)
    look(stillness)

    assert stillness.is_still()
    assert stillness.is_still()


def test_whatever_is_written_is_to_be_looked_at(stillness, database, tmp_path):
    look(stillness)
    write(database)
    look(stillness)
    elsewhere = Database(f"sqlite:///{tmp_path / 'some.db'}")
    write(elsewhere)
    elsewhere.close()

    look(stillness)
    assert stillness.is_still()


def test_what_is_written_during_a_look_is_looked_at_by_the_next(stillness, database):
    assert not stillness.is_still()
    write(database)
    stillness.found(nothing=True)

    assert not stillness.is_still()


def test_a_look_that_failed_is_made_again(stillness, database):
    look(stillness)
    write(database)
    assert not stillness.is_still()

    # It came to no end, so nothing was said of it.
    assert not stillness.is_still()


def test_after_a_while_it_is_looked_in_any_case(stillness, monkeypatch):
    look(stillness)
    monkeypatch.setattr(module, "LONGEST_STILL_SECONDS", 0.0)

    assert not stillness.is_still()


def test_where_the_database_is_gone_nothing_is_still(stillness, database):
    look(stillness)
    stillness._connection.dbapi_connection.close()

    assert not stillness.is_still()


@pytest.mark.sockets
def test_on_a_server_nothing_is_ever_still(postgresql_databases):
    url = postgresql_databases.new()
    database = Database(url)
    stillness = Stillness(database)
    for _ in range(3):
        look(stillness)
    database.close()
    postgresql_databases.drop(url)
