"""PostgreSQL: many writers at once, each on the state that it saw when it began."""

from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from services.chassis.database.conflicts import Overtaken

MOST_CONNECTIONS = 16
"""Open to one database from one process; whoever needs one more waits for it."""

CONNECT_TIMEOUT_S = 5
POOL_TIMEOUT_S = 5
LONGEST_AGE_S = 1_800

SETTINGS = {
    "TimeZone": "UTC",
    # A transaction that nobody goes on with would hold up every relay on the server.
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "10s",
    "statement_timeout": "120s",
    # What is asked again and again is asked alike: to plan it for its values costs as much as to execute it.
    "plan_cache_mode": "force_generic_plan",
}
"""Of every session, whatever the server's own are."""

MIGRATION_SETTINGS = {"lock_timeout": "60s", "statement_timeout": "0"}
"""Of migrations: they may take long, but waiting for a table they hold up all who use it."""

ISOLATION = "REPEATABLE READ"
"""Of every transaction but migrations. An event's place in its stream's order rests on it."""

_BEGIN = {
    "read": "BEGIN ISOLATION LEVEL {} READ ONLY",
    "write": "BEGIN ISOLATION LEVEL {}",
    # It has to see what the migration before it did while it waited for its turn.
    "migrate": "BEGIN ISOLATION LEVEL READ COMMITTED",
}

# Serialization failure, and deadlock: of two that wait for each other one is told to begin anew.
_OVERTAKEN = ("40001", "40P01")

# A number of our own, so that migrations wait for one another and for nothing else.
_MIGRATION_LOCK = 0x626F_7361_7474


def postgresql_engine(url: str) -> Engine:
    """Connections with settings of their own, on which an overtaken transaction raises `Overtaken`."""
    engine = create_engine(
        url,
        pool_size=MOST_CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_recycle=LONGEST_AGE_S,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "fallback_application_name": "bosatt",
            # A server that vanishes without a word is noticed within half a minute.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # Transactions are begun below, so that one is known to be open before anything relies on it.
        connection.autocommit = True
        connection.execute(_set("SESSION", SETTINGS))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("bosatt_begin", "write")
        begin = _BEGIN[kind].format(ISOLATION)
        try:
            # The driver is asked itself: this is done for every command, and SQLAlchemy's way is longer.
            connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]
        except psycopg.Error:
            # SQLAlchemy knows what to do about connections that are gone.
            connection.exec_driver_sql(begin)
        if kind == "migrate":
            connection.exec_driver_sql(_set("LOCAL", MIGRATION_SETTINGS))
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    @event.listens_for(engine, "handle_error")
    def _name_conflicts(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) in _OVERTAKEN:
            raise Overtaken

    return engine


def _set(scope: str, settings: dict[str, str]) -> str:
    return "; ".join(f"SET {scope} {name} = '{value}'" for name, value in settings.items())
