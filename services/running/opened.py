"""What the parts of one process share: each database, each store and the log, opened once."""

import threading
from collections.abc import Callable, Mapping, Sequence

from services.chassis.database import Database
from services.chassis.log.port import Consumer, EventLog, LogRecord, Producer
from services.chassis.settings import Settings
from services.chassis.store import EventStore
from services.contract.topics import TopicGeneration
from services.running.resources import open_database, open_log


class LateLog:
    """The log, opened on first need: a process begins its work without it where it can't be reached.

    Every method raises `LogUnreachable` as long as it can't be opened.
    """

    def __init__(self, open_it: Callable[[], EventLog]) -> None:
        self._open = open_it
        self._log: EventLog | None = None
        self._lock = threading.Lock()

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        self._opened().ensure(topics)

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        return self._opened().producer(topic, token)

    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer:
        return self._opened().consumer(group, topics)

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        return self._opened().end_offsets(topic)

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        return self._opened().read(topic, partition, start, most)

    def close(self) -> None:
        with self._lock:
            if self._log is not None:
                self._log.close()

    def _opened(self) -> EventLog:
        with self._lock:
            if self._log is None:
                self._log = self._open()
            return self._log


class Opened:
    """Databases, stores and the log of one process, and who is told of what happens in it."""

    def __init__(self, settings: Settings) -> None:
        # Single persons and private texts lie here: for the owner only.
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.settings = settings
        self.log: EventLog = LateLog(lambda: open_log(settings))
        self._databases: dict[str, Database] = {}
        self._stores: dict[str, EventStore] = {}
        self._on_projected: list[Callable[[], None]] = []

    def database(self, name: str) -> Database:
        if name not in self._databases:
            self._databases[name] = open_database(self.settings, name)
        return self._databases[name]

    def store(self, name: str) -> EventStore:
        """The event store of a service: the same for its face and its relay, where both are here."""
        if name not in self._stores:
            self._stores[name] = EventStore(self.database(name))
        return self._stores[name]

    @property
    def names(self) -> Mapping[str, Database]:
        """The databases opened so far, by name."""
        return self._databases

    def on_projected(self, listener: Callable[[], None]) -> None:
        """Call a function after each batch that a projector of this process has committed."""
        self._on_projected.append(listener)

    def projected(self) -> None:
        """Tell those who listen that a batch was committed."""
        for listener in self._on_projected:
            listener()

    def close(self) -> None:
        self.log.close()
        for database in self._databases.values():
            database.close()
