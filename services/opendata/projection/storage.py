"""Where versions of the projection lie: the first in the base itself, the others beside it.

On SQLite a version is a file (``projection-2.db`` beside ``projection.db``), on PostgreSQL a
schema of the same database (``projection_2``), chosen as a connection begins.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url

from services.chassis.database import Database, migrate
from services.opendata.projection.versions import FIRST, Version, Versions

MIGRATIONS = "services.opendata.projection:migrations"

_OF_THE_BASE = ("versions", "checks", "alembic_version")


def address(base: str, number: int) -> str:
    """The address of a version's database, told from the base's."""
    if number == FIRST:
        return base
    url = make_url(base)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(_file(url, number)))
    else:
        given = url.query.get("options", ())
        options = [given] if isinstance(given, str) else list(given)
        chosen = " ".join([*options, f"-csearch_path={_schema(number)}"])
        url = url.update_query_dict({"options": chosen})
    return url.render_as_string(hide_password=False)


def open_version(base: Database, number: int) -> Database:
    """A version's database; the base itself for the first."""
    return base if number == FIRST else Database(address(base.url, number))


def migrate_projection(base: Database) -> None:
    """Bring the base and the live version up to date."""
    migrate(base, MIGRATIONS)
    _migrate_beside(base, Versions(base).live())


def make(base: Database, version: Version) -> None:
    """Make an empty database for a version that is to be built."""
    _remove_beside(base, version.number)
    if base.dialect != "sqlite":
        with base.migrating() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {_schema(version.number)}")
    _migrate_beside(base, version)


def remove(base: Database, version: Version) -> None:
    """Free what a version takes up; nothing happens where that has been done. The base stays, empty."""
    if version.number != FIRST:
        _remove_beside(base, version.number)
        return
    with base.migrating() as connection:
        for table in inspect(connection).get_table_names():
            if table not in _OF_THE_BASE:
                connection.exec_driver_sql(_emptying(connection, table))
    if base.dialect == "sqlite":
        # Pages that are free stay in the file. Somebody who reads it may be in the way: another time.
        with base.engine.connect() as connection, suppress(sqlite3.OperationalError):
            connection.connection.cursor().execute("VACUUM")


def _migrate_beside(base: Database, version: Version) -> None:
    if version.number == FIRST:
        return
    database = open_version(base, version.number)
    try:
        migrate(database, MIGRATIONS)
    finally:
        database.close()


def _remove_beside(base: Database, number: int) -> None:
    if base.dialect == "sqlite":
        file = _file(make_url(base.url), number)
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            with suppress(FileNotFoundError):
                file.with_name(name).unlink()
        return
    with base.migrating() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {_schema(number)} CASCADE")


def _emptying(connection: Connection, table: str) -> str:
    quoted = connection.dialect.identifier_preparer.quote(table)
    return f"DELETE FROM {quoted}" if connection.dialect.name == "sqlite" else f"TRUNCATE {quoted}"  # noqa: S608


def _file(base: URL, number: int) -> Path:
    assert base.database is not None
    file = Path(base.database)
    return file.with_stem(f"{file.stem}-{number}")


def _schema(number: int) -> str:
    return f"projection_{number}"
