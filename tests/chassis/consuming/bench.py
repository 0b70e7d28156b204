"""A consumer loop that writes down what it applies, on a real log."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, MetaData, Table, select

from services.chassis.consuming.consumer_loop import Applied, ConsumerLoop
from services.chassis.consuming.marks import Mark, Marks, marks_table
from services.chassis.database import Database
from services.chassis.log.port import OutgoingRecord, Partition
from services.chassis.metrics import REGISTRY
from services.contract.topics import TopicGeneration
from tests.flow.faulty_log import FaultyLog

TOPIC = TopicGeneration("bosatt.bench", 1, 2)
GROUP = "bench"
METADATA = MetaData()
MARKS = marks_table(METADATA)
APPLIED = Table("applied", METADATA, Column("partition", Integer), Column("sequence", Integer))


class Bench:
    def __init__(self, database: Database, log: FaultyLog) -> None:
        self.database, self.log = database, log
        self.marks = Marks(database, MARKS)
        self._producer = log.producer(TOPIC, 1)
        self._opened: list[ConsumerLoop] = []

    def loop(self, **others: Any) -> ConsumerLoop:
        """A loop that has been assigned what there is for it."""
        consumer = self.log.consumer(GROUP, [TOPIC])
        loop = ConsumerLoop(GROUP, self.database, self.marks, consumer, **{"apply": write_down, **others})
        self._opened.append(loop)
        loop.step()
        return loop

    def put(self, *links: tuple[int, int], partition: int = 0) -> None:
        """Records with their previous sequence and their own."""
        self.put_values(*(value_of(previous, sequence) for previous, sequence in links), partition=partition)

    def put_values(self, *values: bytes, partition: int = 0) -> None:
        self._producer.send([OutgoingRecord(partition, "0301", value) for value in values])

    def applied(self, partition: int = 0) -> list[int]:
        query = select(APPLIED.c.sequence).where(APPLIED.c.partition == partition)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def mark(self, partition: int = 0) -> tuple[int, int]:
        """Sequence and offset."""
        one = Partition(TOPIC, partition)
        mark = self.marks.read([one])[one]
        return mark.sequence, mark.offset

    def move_mark(self, before: Mark, after: Mark) -> None:
        """As another consumer would."""
        with self.database.write() as connection:
            self.marks.move(connection, {Partition(TOPIC, 0): (before, after)})

    def close(self) -> None:
        for loop in self._opened:
            loop.close()


def value_of(previous: int, sequence: int, **others: Any) -> bytes:
    return orjson.dumps(
        {
            "sequence": f"{sequence:020d}",
            "previoussequence": f"{previous:020d}",
            "recordedtime": time_of(sequence),
            **others,
        }
    )


def time_of(sequence: int) -> str:
    return f"2024-06-01T12:00:{sequence:02d}.000000Z"


def write_down(connection: Connection, events: Sequence[Applied]) -> None:
    if events:
        rows = [{"partition": one.partition.number, "sequence": one.sequence} for one in events]
        connection.execute(APPLIED.insert(), rows)


def failing_once(error: Exception) -> Callable[[Connection, Sequence[Applied]], None]:
    """Writes down, then fails; the second time it does not."""
    errors = [error]

    def apply(connection: Connection, events: Sequence[Applied]) -> None:
        write_down(connection, events)
        if errors:
            raise errors.pop()

    return apply


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
