"""A database with a table of numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.database import Database
from tests.chassis.database.numbers import METADATA
from tests.servers.databases import BOTH, new_url


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """On every kind of database that Bosatt runs on."""
    yield from prepared(new_url(request, request.param, tmp_path / "some.db"))


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    yield from prepared(f"sqlite:///{tmp_path / 'some.db'}")


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    yield from prepared(postgresql_url)


def prepared(url: str) -> Iterator[Database]:
    database = Database(url)
    with database.write() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()
