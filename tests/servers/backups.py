"""Back-ups of a database, as each kind makes them, and putting one in the database's place."""

import sqlite3
from pathlib import Path

import pytest

from services.chassis.database import Database
from tests.servers.postgresql import Databases


class Backups:
    def __init__(self, request: pytest.FixtureRequest, directory: Path) -> None:
        self._request = request
        self._directory = directory
        self._taken = 0

    def take(self, database: Database) -> str:
        """The address of a copy of all that a database holds now."""
        if database.dialect == "sqlite":
            self._taken += 1
            path = self._directory / f"backup-{self._taken}.db"
            _copy(_path_of(database.url), path)
            return f"sqlite:///{path}"
        database.close()
        servers = self._servers()
        url = servers.copy(database.url)
        self._request.addfinalizer(lambda: servers.drop(url))
        return url

    def put_back(self, database: Database, taken: str) -> None:
        """Replace all that a database holds by what was taken. It is closed; open it anew."""
        database.close()
        if database.dialect == "sqlite":
            path = _path_of(database.url)
            for left in path.parent.glob(f"{path.name}*"):
                left.unlink()
            _copy(_path_of(taken), path)
        else:
            self._servers().replace(database.url, by=taken)

    def _servers(self) -> Databases:
        servers: Databases = self._request.getfixturevalue("postgresql_databases")
        return servers


def _path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _copy(source: Path, target: Path) -> None:
    old, new = sqlite3.connect(source), sqlite3.connect(target)
    old.backup(new)
    old.close()
    new.close()
