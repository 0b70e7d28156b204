"""Streams are found by whom and which year they are about and by their state; events by their id.

What is noted of others' events is noted anew, because more is noted of each from now on.
"""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "store_0005"
down_revision = "store_0004"

AT_ONCE = 5_000

_streams = sa.table(
    "streams",
    sa.column("kind", sa.String),
    sa.column("subject", sa.String),
    sa.column("version", sa.Integer),
    sa.column("partition_key", sa.String),
    sa.column("recorded_time", sa.String),
    sa.column("facts", sa.LargeBinary),
    sa.column("municipality", sa.String),
    sa.column("district", sa.String),
    sa.column("year", sa.Integer),
    sa.column("state", sa.String),
    sa.column("begun", sa.String),
)
_events = sa.table(
    "events",
    sa.column("kind", sa.String),
    sa.column("subject", sa.String),
    sa.column("version", sa.Integer),
    sa.column("recorded_time", sa.String),
    sa.column("content", sa.LargeBinary),
)


def upgrade() -> None:
    none = sa.text("''")
    op.add_column("streams", sa.Column("municipality", sa.String(20), nullable=False, server_default=none))
    op.add_column("streams", sa.Column("district", sa.String(6), nullable=True))
    op.add_column("streams", sa.Column("year", sa.Integer, nullable=False, server_default="0"))
    op.add_column("streams", sa.Column("state", sa.String(30), nullable=False, server_default=none))
    op.add_column("streams", sa.Column("begun", sa.String(27), nullable=False, server_default=none))
    _fill(op.get_bind())
    rest = ["state", "year", "begun", "subject"]
    op.create_index("streams_by_municipality", "streams", ["municipality", *rest])
    op.create_index("streams_by_state", "streams", rest)
    with_district = sa.text("district IS NOT NULL")
    op.create_index(
        "streams_by_district",
        "streams",
        ["district", *rest],
        sqlite_where=with_district,
        postgresql_where=with_district,
    )
    _unique_by("one_event_per_source_and_id", "one_event_per_id_and_source", ["event_id", "source", "caller"])
    op.create_table(
        "released",
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("release", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("topic", "generation", "partition"),
    )
    op.create_table(
        "dropped",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("recorded_time", sa.String(27), nullable=False),
    )
    op.execute("DELETE FROM seen")
    op.execute("DELETE FROM marks")


def downgrade() -> None:
    for table in ("dropped", "released"):
        op.drop_table(table)
    _unique_by("one_event_per_id_and_source", "one_event_per_source_and_id", ["source", "event_id", "caller"])
    for index in ("streams_by_district", "streams_by_state", "streams_by_municipality"):
        op.drop_index(index, "streams")
    for column in ("begun", "state", "year", "district", "municipality"):
        op.drop_column("streams", column)


def _unique_by(old: str, new: str, columns: list[str]) -> None:
    """The same three columns in another order: so one index serves those who have the id alone."""
    # SQLite can't change a table's constraints; there the table is written anew.
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as events:
        events.drop_constraint(old, type_="unique")
        events.create_unique_constraint(new, columns)


def _fill(connection: sa.Connection) -> None:
    """What the streams that are there already are about, in steps that take little memory."""
    last = ("", "")
    moving = (
        sa.update(_streams)
        .where(_streams.c.kind == sa.bindparam("of_kind"), _streams.c.subject == sa.bindparam("of_subject"))
        .values({name: sa.bindparam(name) for name in ("municipality", "district", "year", "state", "begun")})
    )
    while True:
        rows = connection.execute(
            sa.select(
                *(_streams.c[name] for name in ("kind", "subject", "version", "partition_key", "facts")),
                sa.func.coalesce(_events.c.recorded_time, _streams.c.recorded_time).label("begun"),
            )
            .select_from(
                _streams.outerjoin(
                    _events,
                    sa.and_(
                        _events.c.kind == _streams.c.kind,
                        _events.c.subject == _streams.c.subject,
                        _events.c.version == 1,
                    ),
                )
            )
            .where(sa.tuple_(_streams.c.kind, _streams.c.subject) > last)
            .order_by(_streams.c.kind, _streams.c.subject)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return
        connection.execute(moving, [_values(connection, row) for row in rows])
        last = (rows[-1].kind, rows[-1].subject)


def _values(connection: sa.Connection, row: Any) -> dict[str, Any]:
    facts = orjson.loads(row.facts)
    part = _part(facts)
    year = _year(part)
    if year == 0 and row.kind == "settlements":
        year = _year(_part(_previous(connection, row)))
    return {
        "of_kind": row.kind,
        "of_subject": row.subject,
        "municipality": part.get("municipality", row.partition_key),
        "district": part.get("district"),
        "year": year,
        "state": facts.get("state", ""),
        "begun": row.begun,
    }


def _part(facts: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = facts.get("settlement") or facts.get("allocation") or facts
    return part


def _year(part: dict[str, Any]) -> int:
    happened = part.get("settledOn") or part.get("allocatedOn")
    return int(happened[:4]) if happened else int(part.get("year", 0))


def _previous(connection: sa.Connection, row: Any) -> dict[str, Any]:
    """The facts before the last event, which may name the year that is no longer in force."""
    content = connection.execute(
        sa.select(_events.c.content).where(
            _events.c.kind == row.kind, _events.c.subject == row.subject, _events.c.version == row.version
        )
    ).scalar_one_or_none()
    event = {} if content is None else orjson.loads(content)
    previous: dict[str, Any] = event.get("data", {}).get("previous", {})
    return previous
