"""Places on the log, and how people name them: ``settlements/1/3/1042``."""

from collections.abc import Iterable
from typing import NamedTuple

from services.chassis.log.port import Partition
from services.contract.topics import TopicGeneration

_PREFIX = "bosatt."


class Place(NamedTuple):
    """Where a record stands: the generation of a topic, the partition, the offset."""

    topic: str
    generation: int
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic.removeprefix(_PREFIX)}/{self.generation}/{self.partition}/{self.offset}"

    @classmethod
    def of(cls, partition: Partition, offset: int) -> "Place":
        return cls(partition.topic.topic, partition.topic.generation, partition.number, offset)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place with a name; raises ``ValueError`` where it is no such name."""
        service, *numbers = text.split("/")
        if not service or len(numbers) != 3 or not all(one.isascii() and one.isdigit() for one in numbers):
            raise ValueError("not the name of a place")
        generation, partition, offset = map(int, numbers)
        return cls(f"{_PREFIX}{service}", generation, partition, offset)

    def partition_in(self, topics: Iterable[TopicGeneration]) -> Partition | None:
        """The partition of one of some topics that this place is in, None where it is in none."""
        for topic in topics:
            if (topic.topic, topic.generation) == (self.topic, self.generation):
                return Partition(topic, self.partition) if self.partition < topic.partitions else None
        return None
