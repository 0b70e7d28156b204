"""The event log on Apache Kafka."""

from collections.abc import Sequence
from importlib import import_module

from kafka import TopicPartition

from services.chassis.log.kafka.catalogue import Catalogue
from services.chassis.log.kafka.consumer import KafkaLogConsumer
from services.chassis.log.kafka.membership import Membership
from services.chassis.log.kafka.options import (
    Timing,
    consumer_options,
    member_options,
    producer_options,
    reader_options,
)
from services.chassis.log.kafka.producer import KafkaLogProducer
from services.chassis.log.kafka.reading import Readers
from services.chassis.log.port import Consumer, LogError, LogRecord, Partition, Producer
from services.contract.topics import TopicGeneration

AS_BROKERS_ARE_SET = -1


class KafkaLog:
    """An `EventLog` on brokers, for several threads of a process. Not to be taken through a fork.

    ``bootstrap`` names brokers as ``host:port,…``. ``replication`` is that of topics which
    `ensure` makes; by default the brokers' own setting.
    """

    def __init__(
        self, bootstrap: str, *, replication: int = AS_BROKERS_ARE_SET, timing: Timing | None = None
    ) -> None:
        """Connects to nobody yet. Raises `RuntimeError` where crc32c is not installed."""
        try:
            import_module("crc32c")
        except ImportError:
            raise RuntimeError(
                "crc32c is not installed. Without it kafka-python computes checksums in Python and reads "
                "an eighth as fast: install the requirements."
            ) from None
        self._bootstrap = bootstrap
        self._timing = timing or Timing()
        self._catalogue = Catalogue(bootstrap, self._timing, replication)
        self._readers = Readers(reader_options(bootstrap, self._timing), self._timing.request)
        self._closed = False

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        """Make topics that do not exist; `LogError` where one exists with other partitions."""
        self._check_open()
        if topics:
            self._catalogue.ensure(topics)

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        """A producer. Kafka shuts nobody out by ``token``; nobody may rely on a log's doing so."""
        del token
        self._check_open()
        self._catalogue.check(topic)
        options = producer_options(self._bootstrap, self._timing)
        return KafkaLogProducer(options, topic, self._timing.delivery)

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer:
        """A member of the group, which joins it with its first poll."""
        self._check_open()
        if not topics:
            raise LogError("A consumer reads at least one topic.")

        def check_topics() -> None:
            for topic in topics:
                self._catalogue.check(topic)

        partitions = {
            TopicPartition(topic.name, number): Partition(topic, number)
            for topic in topics
            for number in range(topic.partitions)
        }
        membership = Membership(
            member_options(self._bootstrap, self._timing, group), partitions, check_topics, self._timing
        )
        options = consumer_options(self._bootstrap, self._timing)
        return KafkaLogConsumer(options, partitions, membership, self._timing.request)

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        """For each partition, the offset that the next record will have."""
        self._check_open()
        self._catalogue.check(topic)
        return self._readers.end_offsets(topic)

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        """Up to ``most`` records of one partition from an offset on, outside any group."""
        self._check_open()
        self._catalogue.check(topic)
        if not 0 <= partition < topic.partitions:
            raise LogError(f"Topic {topic.name} has no partition {partition}.")
        return self._readers.read(topic, partition, start, most)

    def close(self) -> None:
        """Let go of what reads outside groups. Producers and consumers are closed by who opened them."""
        self._closed = True
        self._readers.close()

    def _check_open(self) -> None:
        if self._closed:
            raise LogError("This log is closed.")
