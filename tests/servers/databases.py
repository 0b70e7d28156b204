"""A new database for a test, on each kind that Bosatt runs on."""

from pathlib import Path

import pytest

SQLITE = pytest.param("SQLite", marks=pytest.mark.backend("SQLite"), id="SQLite")
POSTGRESQL = pytest.param(
    "PostgreSQL", marks=[pytest.mark.backend("PostgreSQL"), pytest.mark.sockets], id="PostgreSQL"
)
BOTH = (SQLITE, POSTGRESQL)
"""What a contract suite's database fixture is parametrised with."""


def new_url(request: pytest.FixtureRequest, backend: str, directory: Path) -> str:
    """The address of a new and empty database of a kind, gone after the test."""
    if backend == "SQLite":
        return f"sqlite:///{directory / 'some.db'}"
    return str(request.getfixturevalue("postgresql_url"))
