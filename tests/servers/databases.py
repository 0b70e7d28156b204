"""A new database for a test, on each kind that Bosatt runs on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.store import EventStore

SQLITE = pytest.param("SQLite", marks=pytest.mark.backend("SQLite"), id="SQLite")
POSTGRESQL = pytest.param(
    "PostgreSQL", marks=[pytest.mark.backend("PostgreSQL"), pytest.mark.sockets], id="PostgreSQL"
)
BOTH = (SQLITE, POSTGRESQL)
"""What a contract suite's database fixture is parametrised with."""


def new_url(
    request: pytest.FixtureRequest,
    backend: str,
    path: Path,
    prepare: Callable[[str], None] | None = None,
) -> str:
    """The address of a new database of a kind, gone after the test; ``path`` is for SQLite's file.

    ``prepare`` makes its tables, given an address. On PostgreSQL that is done once in a run for
    each such function, and copied.
    """
    if backend == "SQLite":
        url = f"sqlite:///{path}"
        if prepare is not None:
            prepare(url)
        return url
    databases = request.getfixturevalue("postgresql_databases")
    url = databases.new(prepare)
    request.addfinalizer(lambda: databases.drop(url))
    return str(url)


def prepare_store(url: str) -> None:
    """Make an event store's tables."""
    database = Database(url)
    EventStore(database).migrate()
    database.close()
