"""Marks and offsets, kept with whatever is made of the records, moved by compare-and-set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    select,
    update,
)

from services.chassis.database import Database, Overtaken
from services.chassis.log.port import Partition


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a partition has been applied.

    ``sequence`` of the last record applied or put aside (0: none), ``offset`` of the next record to
    read, ``recorded_time`` of the last of them that tells it ("" where there is none).
    """

    sequence: int = 0
    offset: int = 0
    recorded_time: str = ""


class MarkMoved(Exception):
    """Another consumer has moved a mark since it was read: forget the batch and read anew."""


def marks_table(metadata: MetaData) -> Table:
    """The table of marks, in the same database as what it guards."""
    return Table(
        "marks",
        metadata,
        Column("topic", String(60), nullable=False),
        Column("generation", Integer, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("recorded_time", String(27), nullable=False),
        PrimaryKeyConstraint("topic", "generation", "partition"),
    )


class Marks:
    """The marks kept in one table."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table

    def read(self, partitions: Iterable[Partition]) -> dict[Partition, Mark]:
        """The marks of some partitions; the first mark where none is kept yet."""
        with self._database.read() as connection:
            return self.read_in(connection, partitions)

    def read_in(self, connection: Connection, partitions: Iterable[Partition]) -> dict[Partition, Mark]:
        """The same inside somebody's transaction, as of the state that it sees."""
        kept = {
            (row.topic, row.generation, row.partition): Mark(row.sequence, row.offset, row.recorded_time)
            for row in connection.execute(select(self._table))
        }
        return {one: kept.get(_key(one), Mark()) for one in partitions}

    def move(self, connection: Connection, moves: Mapping[Partition, tuple[Mark, Mark]]) -> None:
        """Move marks from the values they were read at; raises `MarkMoved` where one differs."""
        for partition, (before, after) in moves.items():
            try:
                moved = self._move(connection, partition, before, after)
            except Overtaken:
                moved = False
            if not moved:
                raise MarkMoved(f"{partition.topic.topic} {partition.number}")

    def _move(self, connection: Connection, partition: Partition, before: Mark, after: Mark) -> bool:
        table = self._table
        topic, generation, number = _key(partition)
        at_partition = (
            (table.c.topic == topic) & (table.c.generation == generation) & (table.c.partition == number)
        )
        values = {
            "sequence": after.sequence,
            "offset": after.offset,
            "recorded_time": after.recorded_time,
        }
        moved = connection.execute(
            update(table)
            .where(
                at_partition,
                table.c.sequence == before.sequence,
                table.c.offset == before.offset,
            )
            .values(values)
        )
        if moved.rowcount == 1 or before != Mark():
            return moved.rowcount == 1
        begun = connection.execute(
            self._database.insert(table)
            .values(topic=topic, generation=generation, partition=number, **values)
            .on_conflict_do_nothing()
        )
        return bool(begun.rowcount == 1)


def _key(partition: Partition) -> tuple[str, int, int]:
    return partition.topic.topic, partition.topic.generation, partition.number
