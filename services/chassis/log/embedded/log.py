"""The embedded log: every part of the port on one SQLite file."""

from collections.abc import Callable, Sequence
from time import time

from services.chassis.database import Database, migrate
from services.chassis.log.embedded.arrivals import Arrivals
from services.chassis.log.embedded.catalogue import Catalogue, end_offsets
from services.chassis.log.embedded.consumer import EmbeddedConsumer
from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.embedded.membership import Membership
from services.chassis.log.embedded.producer import EmbeddedProducer
from services.chassis.log.embedded.reading import fetch
from services.chassis.log.port import Consumer, LogError, LogRecord, Producer
from services.contract.topics import TopicGeneration

MIGRATIONS = "services.chassis.log.embedded:migrations"
SESSION_SECONDS = 10.0


class EmbeddedLog:
    """An `EventLog` in one SQLite file that several processes may use at once.

    Consumers that do not poll for ``session_seconds`` lose their partitions to others of their
    group. ``clock`` gives seconds since 1970 and must be the same for all who use the file.
    """

    def __init__(
        self, url: str, session_seconds: float = SESSION_SECONDS, clock: Callable[[], float] = time
    ) -> None:
        """Open the log, made or brought up to date first; `LogUnreachable` where that fails."""
        if session_seconds <= 0:
            raise ValueError("A session lasts longer than 0 seconds.")
        self._session = session_seconds
        self._clock = clock
        self._arrivals = Arrivals()
        self._database = Database(url)
        self._catalogue = Catalogue(self._database)
        self._closed = False
        with log_faults():
            migrate(self._database, MIGRATIONS)

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        """Make topics that do not exist; `LogError` where one exists with other partitions."""
        self._check_open()
        self._catalogue.ensure(topics)

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        """A producer that shuts out those with lower tokens from now on.

        Raises `Fenced` where one with a higher token has come, `LogError` where there is no such
        topic.
        """
        self._check_open()
        return EmbeddedProducer(self._database, topic, self._catalogue.id_of(topic), token, self._arrivals)

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer:
        """A new member of the group; `LogError` where one of the topics does not exist."""
        self._check_open()
        if not topics:
            raise LogError("A consumer reads at least one topic.")
        by_id = {self._catalogue.id_of(topic): topic for topic in topics}
        membership = Membership(self._database, group, by_id.keys(), self._session, self._clock)
        return EmbeddedConsumer(self._database, by_id, membership, self._arrivals)

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        """For each partition, the offset that the next record will have."""
        self._check_open()
        topic_id = self._catalogue.id_of(topic)
        with log_faults(), self._database.read() as connection:
            return list(end_offsets(connection, [topic_id]).values())

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        """Up to ``most`` records of one partition from an offset on, outside any group."""
        self._check_open()
        topic_id = self._catalogue.id_of(topic)
        if not 0 <= partition < topic.partitions:
            raise LogError(f"Topic {topic.name} has no partition {partition}.")
        with log_faults(), self._database.read() as connection:
            return fetch(connection, (topic_id, partition), start, most)

    def close(self) -> None:
        """Let go of the file. Close consumers first, or their groups wait for their sessions to end."""
        self._closed = True
        self._database.close()

    def _check_open(self) -> None:
        if self._closed:
            raise LogError("This log is closed.")
