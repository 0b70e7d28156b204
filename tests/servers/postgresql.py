"""A PostgreSQL server for tests: started when the first test asks, databases made in no time."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, LiteralString, NamedTuple

import psycopg
import pytest
from psycopg import sql

from services.running.servers import CantStart
from services.running.servers.postgresql import PostgreSQLServer
from tests.servers.needed import give_up

_NUMBERS = itertools.count(1)


class Fingerprint(NamedTuple):
    columns: list[tuple[Any, ...]]
    rows: dict[str, list[tuple[Any, ...]]]


class Databases:
    """Makes databases on one server: new ones, and copies of one that was prepared once."""

    def __init__(self, server: PostgreSQLServer) -> None:
        self.server = server
        self._templates: dict[object, Template] = {}
        self._lent: dict[str, Template] = {}

    def new(self, prepare: Callable[[str], None] | None = None) -> str:
        """The address of a new database, as ``prepare`` left the first one that it was given."""
        if prepare is None:
            return self._create("template1")
        template = self._template(prepare)
        url = template.free.pop() if template.free else self._create(_name_of(template.url))
        self._lent[url] = template
        return url

    def drop(self, url: str) -> None:
        """Cut off whoever is connected, and remove it, or make it new for the next who asks."""
        template = self._lent.pop(url, None)
        if template is not None and is_made_new(url, template.print):
            template.free.append(url)
        else:
            self._execute("DROP DATABASE {} WITH (FORCE)", _name_of(url))

    def copy(self, url: str) -> str:
        """The address of a new database with all that another holds. Nobody may be connected to that."""
        return self._create(_name_of(url))

    def replace(self, url: str, by: str) -> None:
        """Put a copy of one database in another's place, as after restoring a back-up."""
        self._execute("DROP DATABASE {} WITH (FORCE)", _name_of(url))
        self._create(_name_of(by), _name_of(url))

    def _template(self, prepare: Callable[[str], None]) -> "Template":
        if prepare not in self._templates:
            url = self._create("template1")
            prepare(url)
            self._templates[prepare] = Template(url, fingerprint(url))
        return self._templates[prepare]

    def _create(self, template: str, name: str | None = None) -> str:
        name = f"test_{next(_NUMBERS)}" if name is None else name
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.server.url(name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with connected(self.server.url("postgres")) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass
class Template:
    """A prepared database, what tells whether a copy is still like it, and copies ready to use."""

    url: str
    print: Fingerprint
    free: list[str] = field(default_factory=list)


def is_made_new(url: str, kept: Fingerprint) -> bool:
    """Empty a database's tables again; False where it is no more what it was made as."""
    with connected(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        others = connection.execute(
            "SELECT 1 FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'"
            " AND nspname NOT IN ('public', 'information_schema')"
        )
        if others.fetchone() is not None:
            return False
        filled = {name for name, rows in kept.rows.items() if rows}
        for name in kept.rows.keys() - filled:
            with contextlib.suppress(psycopg.errors.UndefinedTable):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences"
        )
    return fingerprint(url) == kept


def fingerprint(url: str) -> Fingerprint:
    """A database's columns, and the rows in its tables."""
    with connected(url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        ).fetchall()
        names = sorted({name for name, *_ in columns if name != "recorded_floor"})
        rows = {
            name: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            for name in names
        }
    return Fingerprint(columns, rows)


def connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _name_of(url: str) -> str:
    return url.rpartition("/")[2]


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
