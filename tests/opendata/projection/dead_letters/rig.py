"""A log that shows itself bit by bit, and projections that fold what they are shown."""

from collections import Counter, defaultdict

from sqlalchemy import func, select

from services.chassis.consuming.marks import Marks
from services.chassis.log.port import Partition
from services.contract.topics import topic_of
from services.opendata.projection import tables
from services.opendata.projection.dead_letters.operation import PARTITION as OPERATIONS
from services.opendata.projection.dead_letters.tables import dead_letters
from services.opendata.projection.folded import topics
from services.opendata.projection.projector import Projector
from tests.flow.memory_log import MemoryLog
from tests.opendata.projection.worlds import contents

PARTITIONS = [
    *(Partition(topic, number) for topic in topics() for number in range(topic.partitions)),
    OPERATIONS,
]


class ShownLog(MemoryLog):
    """What another log in memory holds, as far as it is shown: so many records of each partition."""

    def __init__(self, whole):
        super().__init__(whole.clock)
        self.records = whole.records
        self.shown = defaultdict(int)

    def show(self, partition, more):
        held = len(self.records[partition.topic][partition.number])
        self.shown[partition] = min(held, self.shown[partition] + more)

    def show_all(self):
        for partition in PARTITIONS:
            self.show(partition, 1_000_000)

    def end_offsets(self, topic):
        return [self.shown[Partition(topic, number)] for number in range(topic.partitions)]

    def read(self, topic, partition, start, most):
        end = min(start + most, self.shown[Partition(topic, partition)])
        return self.records[topic][partition][start:end]


class Folding:
    """One projection made of a log as it is shown, by one projector or two."""

    def __init__(self, whole, database, *, projectors=1, most=5_000):
        self.log = ShownLog(whole)
        self.database = database
        self.projectors = [Projector(database, self.log, most=most, wait=0.0) for _ in range(projectors)]
        self.settle()

    def settle(self):
        """Fold all that is shown."""
        while True:
            before = self.marks()
            for projector in self.projectors:
                projector.step()
                projector.step()
            if self.marks() == before and all(
                mark.offset == self.log.shown[partition] for partition, mark in before.items()
            ):
                return

    def settle_all(self):
        self.log.show_all()
        self.settle()

    def marks(self):
        return Marks(self.database, tables.marks).read(PARTITIONS)

    def letters(self):
        """The state of every dead letter, by partition and offset."""
        with self.database.read() as connection:
            rows = connection.execute(select(dead_letters)).all()
        return {
            (Partition(topic_of(row.topic.removeprefix("bosatt.")), row.partition), row.offset): row
            for row in rows
        }

    def totals(self):
        """Amounts by measure, region and year, those of 0 left out."""
        total = tables.totals.c
        query = (
            select(total.measure, total.region, total.year, func.sum(total.value))
            .where(total.measure.in_(("settled", "requested")))
            .group_by(total.measure, total.region, total.year)
        )
        with self.database.read() as connection:
            return +Counter({(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(query)})

    def contents(self):
        """All tables; without the moments of processing, and when the releaser had to be told."""
        found = contents(self.database)
        place = list(dead_letters.columns.keys()).index("set_aside_at")
        found["dead_letters"] = [row[:place] + row[place + 1 :] for row in found["dead_letters"]]
        found["changes"] = [row for row in found["changes"] if not row[2].startswith("operations/")]
        return found

    def close(self):
        for projector in self.projectors:
            projector.close()
