"""Add deltas to the stored totals, inside the transaction that moves the marks."""

from collections.abc import Iterator, Mapping

import orjson
from sqlalchemy import Connection

from services.chassis.database import Database
from services.opendata.projection import tables
from services.opendata.projection.fold import Counts, Deltas
from services.opendata.projection.upserts import Row, Upsert


class Writer:
    """Writes deltas to one database, by statements that are compiled once."""

    def __init__(self, database: Database) -> None:
        self._totals = Upsert(database, tables.totals, adds=("value", "reports"))
        self._waits = Upsert(database, tables.waits, adds=("persons",))
        self._cells = Upsert(database, tables.cells, adds=("persons",), highest=("sequence",))
        self._facts = Upsert(database, tables.facts)
        self._figures = Upsert(database, tables.figures)
        self._changes = Upsert(database, tables.changes, highest=("sequence",))

    def add(self, connection: Connection, deltas: Deltas, owner: str) -> None:
        """Add one partition's deltas to the rows that it owns."""
        self._totals.put(connection, _total_rows(deltas, owner))
        self._waits.put(connection, _count_rows(deltas.waits, owner))
        self._cells.put(connection, _cell_rows(deltas, owner))
        self._facts.put(
            connection, ((*key, owner, orjson.dumps(facts)) for key, facts in deltas.facts.items())
        )
        self._figures.put(
            connection, ((*key, owner, orjson.dumps(figure)) for key, figure in deltas.figures.items())
        )
        self.touch(connection, deltas.touched, owner)

    def touch(self, connection: Connection, touched: Mapping[tuple[str, int], int], owner: str) -> None:
        """Say where something was touched for an owner, and by which of its sequences last."""
        self._changes.put(connection, ((*place, owner, at) for place, at in touched.items()))


def _total_rows(deltas: Deltas, owner: str) -> Iterator[Row]:
    for region, values in deltas.values.items():
        reported = deltas.reports[region]
        for key, value in values.items():
            yield (region, *key, owner, value, reported[key])


def _count_rows(counts: Counts, owner: str) -> Iterator[Row]:
    return ((region, *key, owner, count) for region, keys in counts.items() for key, count in keys.items())


def _cell_rows(deltas: Deltas, owner: str) -> Iterator[Row]:
    return ((*person, owner, count, deltas.told[person]) for person, count in deltas.persons.items())
