"""A copy of a store on SQLite, and putting it in the store's place."""

import sqlite3
from pathlib import Path

from services.chassis.database import Database


def take(database: Database, folder: Path) -> Path:
    """A copy of all that a database holds now."""
    copy = folder / "backup.db"
    with sqlite3.connect(_path_of(database)) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    return copy


def put_back(database: Database, copy: Path) -> None:
    """Replace a database by a copy of it. It is closed; open it anew."""
    database.close()
    path = _path_of(database)
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    path.write_bytes(copy.read_bytes())


def _path_of(database: Database) -> Path:
    return Path(str(database.url).removeprefix("sqlite:///"))
