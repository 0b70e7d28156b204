"""Topics, their generations and how a key finds its partition.

The partition is computed here, the same for every log, by the murmur2 hash that Kafka's own
clients use. The number of partitions is fixed for a generation of a topic.
"""

from dataclasses import dataclass
from functools import lru_cache

PARTITIONS = 6

HEARTBEATS = "bosatt.heartbeats"
RELEASES = "bosatt.releases"
OPERATIONS = "bosatt.operations"

RETAINED = {HEARTBEATS: 1_000}
"""Of these topics a log need keep only so many of the newest records of each partition; all others
are kept for ever."""

ONE_PARTITION = frozenset((OPERATIONS,))
"""Topics whose events are few and must all be read in one order."""


@dataclass(frozen=True, slots=True)
class TopicGeneration:
    """One filling of a topic, with a number of partitions that never changes."""

    topic: str
    generation: int
    partitions: int = PARTITIONS

    @property
    def name(self) -> str:
        """The name on the log; the first generation bears the topic's own."""
        return self.topic if self.generation == 1 else f"{self.topic}.{self.generation}"

    def partition_of(self, key: str) -> int:
        return _partition(key, self.partitions)


def topic_of(service: str) -> TopicGeneration:
    """The topic of a service, in the generation in force."""
    topic = f"bosatt.{service}"
    return TopicGeneration(topic, 1, 1 if topic in ONE_PARTITION else PARTITIONS)


@lru_cache(maxsize=4096)
def _partition(key: str, partitions: int) -> int:
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """The 32-bit murmur2 hash with Kafka's seed.

    Source: Austin Appleby's public-domain MurmurHash2, seed 0x9747b28c as in Apache Kafka's
    default partitioner.
    """
    length = len(data)
    multiplier = 0x5BD1E995
    hashed = (0x9747B28C ^ length) & 0xFFFFFFFF
    whole = length // 4 * 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little")
        word = word * multiplier & 0xFFFFFFFF
        word ^= word >> 24
        word = word * multiplier & 0xFFFFFFFF
        hashed = (hashed * multiplier & 0xFFFFFFFF) ^ word
    if whole < length:
        hashed ^= int.from_bytes(data[whole:], "little")
        hashed = hashed * multiplier & 0xFFFFFFFF
    hashed ^= hashed >> 13
    hashed = hashed * multiplier & 0xFFFFFFFF
    return hashed ^ (hashed >> 15)
