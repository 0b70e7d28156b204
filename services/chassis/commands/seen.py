"""What a service has seen on the log of other services' facts: advisory, for warnings only."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    bindparam,
    select,
)

from services.chassis.consuming.marks import marks_table
from services.chassis.consuming.records import Applied, Unreadable
from services.chassis.database import Database, prepared
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


MOST = 10**9

_GET = select(seen.c.facts).where(
    seen.c.kind == bindparam("kind"),
    seen.c.region == bindparam("region"),
    seen.c.year == bindparam("year"),
)


class Seen:
    """Reads and writes what was seen, inside somebody's transaction.

    Events on the log are not taken at their word: what is no region, no year or no small fact
    raises ``ValueError`` before it reaches the database or, later, a warning.
    """

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self._connection = connection
        self._got: dict[tuple[str, str, int], dict[str, Any] | None] = {}
        self._put: dict[tuple[str, str, int], dict[str, Any]] = {}

    def get(self, kind: str, region: str, year: int) -> dict[str, Any] | None:
        """What was seen of a kind for a region and year, None where nothing was."""
        place = (kind, region, year)
        if place not in self._got:
            _check_place(region, year)
            wanted = {"kind": kind, "region": region, "year": year}
            row = prepared(self._database, _GET).row(self._connection, wanted)
            self._got[place] = None if row is None else orjson.loads(row[0])
        return self._got[place]

    def put(self, kind: str, region: str, year: int, facts: dict[str, Any]) -> None:
        """Replace what was seen; facts are small numbers, truths and nulls. Written by `keep`."""
        _check_place(region, year)
        _check_facts(facts)
        self._got[kind, region, year] = self._put[kind, region, year] = facts

    def keep(self) -> None:
        """Write what was put: once for each place, however many events were about it."""
        if self._put:
            inserting = self._database.insert(seen)
            self._connection.execute(
                inserting.on_conflict_do_update(
                    index_elements=["kind", "region", "year"], set_={"facts": inserting.excluded.facts}
                ),
                [
                    {"kind": kind, "region": region, "year": year, "facts": orjson.dumps(facts)}
                    for (kind, region, year), facts in self._put.items()
                ],
            )
            self._put.clear()


class _Rehearsed(Seen):
    """Takes what an event would have noted, and notes nothing."""

    def __init__(self) -> None:
        pass

    def get(self, kind: str, region: str, year: int) -> dict[str, Any] | None:
        _check_place(region, year)
        return None

    def put(self, kind: str, region: str, year: int, facts: dict[str, Any]) -> None:
        _check_place(region, year)
        _check_facts(facts)


Observe = Callable[[Seen, dict[str, Any]], None]


def rehearsing(observe: Observe) -> Callable[[dict[str, Any]], None]:
    """What a consumer loop prepares: raise `Unreadable` for an event that can't be observed.

    The view is advisory: such an event is left out, and the view goes on with the next one.
    """
    view = _Rehearsed()

    def prepare(event: dict[str, Any]) -> None:
        try:
            observe(view, event)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"does not fit its schema ({type(error).__name__})") from None

    return prepare


def observing(database: Database, observe: Observe) -> Callable[[Connection, Sequence[Applied]], None]:
    """What a consumer loop applies: let a service observe each event of a batch."""

    def apply(connection: Connection, events: Sequence[Applied]) -> None:
        view = Seen(database, connection)
        for one in events:
            observe(view, one.event)
        view.keep()

    return apply


def _check_place(region: Any, year: Any) -> None:
    if not (type(region) is str and region.isascii() and region.isalnum() and len(region) <= 6):
        raise ValueError("no region")
    if not (type(year) is int and 0 < year < 10_000):
        raise ValueError("no year")


def _check_facts(facts: dict[str, Any]) -> None:
    for value in facts.values():
        if type(value) not in (int, bool, type(None)) or abs(value or 0) > MOST:
            raise ValueError("no small fact")
