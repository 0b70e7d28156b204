"""SQLite: one file, one writer at a time, who has the right to write from the start."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_TIMEOUT_MS = 5_000
MOST_CONNECTIONS = 40
"""Kept open to one file: more than there are threads that answer requests."""

CACHE_KIB = 65_536
"""Of one connection, as far as it needs it. What does not fit is written twice in a large transaction."""

_BEGIN = {"read": "BEGIN DEFERRED", "write": "BEGIN IMMEDIATE", "migrate": "BEGIN IMMEDIATE"}


def sqlite_engine(url: str) -> Engine:
    """Connections that are safe from a power cut and wait for one another."""
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=MOST_CONNECTIONS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # The driver's own transactions would begin late and upgrade a read lock, which fails.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        begin = _BEGIN[connection.get_execution_options().get("bosatt_begin", "write")]
        try:
            # The driver is asked itself: this is done for every command, and SQLAlchemy's way is longer.
            connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]
        except sqlite3.Error:
            connection.exec_driver_sql(begin)

    return engine
