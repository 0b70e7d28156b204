"""The tables that migrations make are those that the code describes."""

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine

from services.chassis.log.embedded import EmbeddedLog, tables


def schema(path: Path) -> dict[str, str]:
    """Every table and index but Alembic's own, as the database would make it again."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE tbl_name <> 'alembic_version'")
    found = {name: "".join((sql or "").split()) for name, sql in rows}
    connection.close()
    return found


def test_migrated_tables_equal_those_described(tmp_path: Path) -> None:
    migrated, described = tmp_path / "migrated.db", tmp_path / "described.db"
    engine = create_engine(f"sqlite:///{described}")

    EmbeddedLog(f"sqlite:///{migrated}").close()
    tables.metadata.create_all(engine)
    engine.dispose()

    assert schema(migrated) == schema(described)
    assert "records" in schema(migrated)
