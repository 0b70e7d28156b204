"""What the projection holds, read in one transaction: its counts, and how far it has come."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from services.chassis.consuming.marks import Marks
from services.chassis.log.port import Partition
from services.opendata.projection import tables
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.live import Opened
from services.running.checking.counts import Counts, FactsKey, cell_key, content_of

ROWS_AT_ONCE = 5_000


@dataclass(slots=True)
class Projected:
    """Counts of a state, the sequence that each partition had come to, and what it had left out.

    ``aside`` holds sequences of events that the marks have passed and that are in no total: parked,
    held behind those, or dropped by operators. ``parked`` counts those that may still be counted.
    """

    marks: dict[Partition, int] = field(default_factory=dict)
    aside: dict[Partition, set[int]] = field(default_factory=lambda: defaultdict(set))
    parked: int = 0
    counts: Counts = field(default_factory=Counts)

    def counted(self, partition: Partition, sequence: int) -> bool:
        """Whether an event that the marks have passed is in the totals."""
        return sequence not in self.aside[partition]

    def set_aside(self, rows: Sequence[Any]) -> None:
        """Take in some dead letters."""
        partitions = {(one.topic.topic, one.topic.generation, one.number): one for one in self.marks}
        for *place, sequence, state in rows:
            partition = partitions.get(tuple(place))
            if partition is not None:
                self.aside[partition].add(sequence)
                self.parked += state != LetterState.DROPPED

    def take_totals(self, rows: Sequence[Any]) -> None:
        """Take in some running totals, of whichever partition."""
        for *key, value, reports in rows:
            self.counts.values[tuple(key)] += value
            self.counts.reports[tuple(key)] += reports

    def take_cells(self, rows: Sequence[Any]) -> None:
        """Take in some cells of persons, of whichever partition."""
        cells = self.counts.cells
        for *key, persons in rows:
            cells[cell_key(*key)] += persons

    def take_waits(self, rows: Sequence[Any]) -> None:
        """Take in some counts of persons by days of waiting."""
        for *key, persons in rows:
            self.counts.waits[tuple(key)] += persons


def read_projected(opened: Opened) -> Generator[None, None, Projected]:
    """The live version as it is now. Yields now and then, inside the transaction, until it returns.

    Memory is bounded by what is counted apart, not by events.
    """
    found = Projected()
    with opened.database.read() as connection:
        marks = Marks(opened.database, tables.marks).read_in(connection, opened.version.partitions)
        found.marks.update((partition, mark.sequence) for partition, mark in marks.items())
        for query, take in _readings(found):
            rows = connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
            # Closed also where the reading is given up: a server holds a cursor for it.
            with rows:
                for some in rows.partitions():
                    take(some)
                    yield
    return found


Take = Callable[[Sequence[Any]], None]


def _readings(found: Projected) -> Iterator[tuple[Select[Any], Take]]:
    """What is asked, and who takes in some of the rows that come."""
    letter, total, cell, wait = dead_letters.c, tables.totals.c, tables.cells.c, tables.waits.c
    yield (
        select(letter.topic, letter.generation, letter.partition, letter.sequence, letter.state).where(
            letter.sequence.is_not(None)
        ),
        found.set_aside,
    )
    yield (
        select(total.region, total.year, total.measure, total.origin, total.value, total.reports),
        found.take_totals,
    )
    yield (
        select(cell.region, cell.year, cell.day, cell.categories, cell.origin, cell.persons),
        found.take_cells,
    )
    yield select(wait.region, wait.year, wait.days, wait.persons), found.take_waits
    for table, name, content, known in (
        (tables.facts, "kind", "facts", found.counts.facts),
        (tables.figures, "key", "figure", found.counts.figures),
    ):
        columns = (table.c.region, table.c.year, table.c[name], table.c[content])
        yield select(*columns), partial(_take_texts, known)


def _take_texts(known: dict[FactsKey, dict[str, Any]], rows: Sequence[Any]) -> None:
    for region, year, what, text in rows:
        known[region, year, what] = content_of(text)
