"""A PostgreSQL server for tests: started when the first test asks, databases made in no time."""

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from services.running.servers import CantStart
from services.running.servers.postgresql import PostgreSQLServer
from tests.servers.needed import give_up

_NUMBERS = itertools.count(1)


class Databases:
    """Makes databases on one server: new ones, and copies of one that was prepared once."""

    def __init__(self, server: PostgreSQLServer) -> None:
        self.server = server
        self._templates: dict[object, str] = {}

    def new(self, prepare: Callable[[str], None] | None = None) -> str:
        """The address of a new database, as ``prepare`` left the first one that it was given."""
        name = f"test_{next(_NUMBERS)}"
        self._create(name, "template1" if prepare is None else self._template(prepare))
        return self.server.url(name)

    def drop(self, url: str) -> None:
        """Cut off whoever is connected, and remove it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(_name_in(url)))

    def copy(self, url: str) -> str:
        """The address of a new database with all that another holds. Nobody may be connected to that."""
        name = f"test_{next(_NUMBERS)}"
        self._create(name, url.rpartition("/")[2])
        return self.server.url(name)

    def replace(self, url: str, by: str) -> None:
        """Put a copy of one database in another's place, as after restoring a back-up."""
        self.drop(url)
        self._create(url.rpartition("/")[2], by.rpartition("/")[2])

    def _template(self, prepare: Callable[[str], None]) -> str:
        if prepare not in self._templates:
            name = f"template_{next(_NUMBERS)}"
            self._create(name, "template1")
            prepare(self.server.url(name))
            self._templates[prepare] = name
        return self._templates[prepare]

    def _create(self, name: str, template: str) -> None:
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        self._execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))

    def _execute(self, statement: sql.Composable) -> None:
        url = self.server.url("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)


def _name_in(url: str) -> sql.Identifier:
    return sql.Identifier(url.rpartition("/")[2])


@cache
def _started(directory: Path) -> Databases:
    """One server per run, by whichever way the fixture below was come by."""
    server = PostgreSQLServer(directory, durable=False)
    server.start()
    return Databases(server)


@pytest.fixture(scope="session")
def postgresql_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases on a server that lasts as long as the run."""
    directory = tmp_path_factory.getbasetemp() / "postgresql"
    try:
        databases = _started(directory)
    except CantStart as error:
        give_up("PostgreSQL", str(error))
    yield databases
    databases.server.stop()


@pytest.fixture(scope="session")
def postgresql_server(postgresql_databases: Databases) -> PostgreSQLServer:
    """A server that lasts as long as the run. Don't stop it: others use it."""
    return postgresql_databases.server


@pytest.fixture
def postgresql_url(postgresql_databases: Databases) -> Iterator[str]:
    """The address of a new database of this test's own."""
    url = postgresql_databases.new()
    yield url
    postgresql_databases.drop(url)
