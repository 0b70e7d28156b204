"""What the projection holds, read in one transaction: its counts, and how far it has come."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select

from services.chassis.consuming.marks import Marks
from services.chassis.log.port import Partition
from services.opendata.projection import tables
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.live import Opened
from services.running.checking.counts import Counts

ROWS_AT_ONCE = 5_000


@dataclass(slots=True)
class Projected:
    """Counts of a state, the sequence that each partition had come to, and what it had left out.

    ``aside`` holds sequences of events that the marks have passed and that are in no total: parked,
    held behind those, or dropped by operators. ``parked`` counts those that may still be counted.
    """

    marks: dict[Partition, int]
    aside: dict[Partition, set[int]] = field(default_factory=lambda: defaultdict(set))
    parked: int = 0
    counts: Counts = field(default_factory=Counts)

    def counted(self, partition: Partition, sequence: int) -> bool:
        """Whether an event that the marks have passed is in the totals."""
        return sequence not in self.aside[partition]


def read_projected(opened: Opened) -> Projected:
    """The live version as it is now. Memory is bounded by what is counted apart, not by events."""
    with opened.database.read() as connection:
        marks = Marks(opened.database, tables.marks).read_in(connection, opened.version.partitions)
        found = Projected({partition: mark.sequence for partition, mark in marks.items()})
        _read_letters(connection, found)
        _read_counts(connection, found.counts)
        for table, known in ((tables.facts, found.counts.facts), (tables.figures, found.counts.figures)):
            name, content = (
                (table.c.kind, table.c.facts) if "kind" in table.c else (table.c.key, table.c.figure)
            )
            for region, year, what, text in _rows(
                connection, select(table.c.region, table.c.year, name, content)
            ):
                known[region, year, what] = orjson.loads(text)
    return found


def _read_counts(connection: Connection, counts: Counts) -> None:
    total, cell, wait = tables.totals.c, tables.cells.c, tables.waits.c
    for *key, value, reports in _rows(
        connection,
        select(total.region, total.year, total.measure, total.origin, total.value, total.reports),
    ):
        counts.values[tuple(key)] += value
        counts.reports[tuple(key)] += reports
    for *key, persons in _rows(
        connection,
        select(cell.region, cell.year, cell.day, cell.categories, cell.origin, cell.persons),
    ):
        counts.cells[tuple(key)] += persons
    for *key, persons in _rows(connection, select(wait.region, wait.year, wait.days, wait.persons)):
        counts.waits[tuple(key)] += persons


def _read_letters(connection: Connection, found: Projected) -> None:
    partitions = {(one.topic.topic, one.topic.generation, one.number): one for one in found.marks}
    row = dead_letters.c
    for *place, sequence, state in _rows(
        connection,
        select(row.topic, row.generation, row.partition, row.sequence, row.state).where(
            row.sequence.is_not(None)
        ),
    ):
        partition = partitions.get(tuple(place))
        if partition is not None:
            found.aside[partition].add(sequence)
            found.parked += state != LetterState.DROPPED


def _rows(connection: Connection, query: Select[Any]) -> Any:
    """Rows as they come, not all at once in memory."""
    return connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
