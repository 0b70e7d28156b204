"""What a service has seen on the log of other services' facts: advisory, for warnings only."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, select

from services.chassis.consuming.consumer_loop import Applied
from services.chassis.consuming.marks import marks_table
from services.chassis.database import Database
from services.chassis.store.tables import metadata

seen = Table(
    "seen",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("region", String(6), nullable=False),
    Column("year", Integer, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kind", "region", "year"),
)
"""One row of small facts per kind, region and year."""

marks = marks_table(metadata)


class Seen:
    """Reads and writes what was seen, inside somebody's transaction."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self._connection = connection

    def get(self, kind: str, region: str, year: int) -> dict[str, Any] | None:
        """What was seen of a kind for a region and year, None where nothing was."""
        facts = self._connection.execute(
            select(seen.c.facts).where(seen.c.kind == kind, seen.c.region == region, seen.c.year == year)
        ).scalar_one_or_none()
        return None if facts is None else orjson.loads(facts)

    def put(self, kind: str, region: str, year: int, facts: dict[str, Any]) -> None:
        row = {"kind": kind, "region": region, "year": year, "facts": orjson.dumps(facts)}
        self._connection.execute(
            self._database.insert(seen).on_conflict_do_update(
                index_elements=["kind", "region", "year"], set_={"facts": row["facts"]}
            ),
            row,
        )


Observe = Callable[[Seen, dict[str, Any]], None]


def observing(database: Database, observe: Observe) -> Callable[[Connection, Sequence[Applied]], None]:
    """What a consumer loop applies: let a service observe each event of a batch."""

    def apply(connection: Connection, events: Sequence[Applied]) -> None:
        view = Seen(database, connection)
        for one in events:
            observe(view, one.event)

    return apply
