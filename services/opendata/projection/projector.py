"""The projector: reads the three topics and keeps the running totals."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from services.chassis import metrics
from services.chassis.clock import utc_now
from services.chassis.consuming.consumer_loop import Applied, ConsumerLoop
from services.chassis.consuming.marks import Marks
from services.chassis.database import Database
from services.chassis.log.port import EventLog, Partition
from services.contract.topics import TopicGeneration
from services.opendata.projection import tables
from services.opendata.projection.dead_letters.acting import Operations
from services.opendata.projection.dead_letters.sifting import Sifter
from services.opendata.projection.effects import counted_of
from services.opendata.projection.fold import fold
from services.opendata.projection.folded import owner_of, topics
from services.opendata.projection.newcomers import newcomer_in
from services.opendata.projection.storage import migrate_projection
from services.opendata.projection.versions import GROUP
from services.opendata.projection.writing import Writer

__all__ = ["Projector", "migrate_projection", "owner_of", "topics"]

BATCH = 20_000
"""Events folded in one commit where many wait: the more there are, the fewer rows for each."""


class Projector:
    """Folds batches of up to ``most`` records into one database. Several may share the partitions.

    ``wait`` is how long a step waits for records, in seconds. Without ``folded`` it folds the
    topics in force; projectors of one database share them in one ``group``.
    """

    def __init__(
        self,
        database: Database,
        log: EventLog,
        *,
        most: int = BATCH,
        wait: float = 0.5,
        folded: Sequence[TopicGeneration] = (),
        group: str = GROUP,
    ) -> None:
        self.database = database
        self._topics = tuple(folded or topics())
        self.marks = Marks(database, tables.marks)
        self._writer = Writer(database)
        self._log = log
        self._operations = Operations(database, log, self.marks, self._writer, counted_of, self._topics)
        self._listeners: list[Callable[[], None]] = []
        self._measured: set[tuple[str, int]] = set()
        self._loop = ConsumerLoop(
            group,
            database,
            self.marks,
            log.consumer(group, self._topics),
            self._apply,
            prepare=counted_of,
            glance=newcomer_in,
            sift=Sifter(database, log, counted_of, utc_now),
            most=most,
            wait=wait,
            after_commit=self._committed,
        )

    @property
    def most(self) -> int:
        """Records in one batch at most."""
        return self._loop.most

    @most.setter
    def most(self, most: int) -> None:
        self._loop.most = most

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call a function in this process after each batch that was committed."""
        self._listeners.append(listener)

    def step(self) -> bool:
        """What operators did since the last step, then one batch, or a wait for one."""
        if self._operations.take_in():
            self._tell()
        return self._loop.step()

    def close(self) -> None:
        """Leave the group; nothing more is told of the lag of what was read."""
        self._loop.close()
        for given_up in self._measured:
            metrics.CONSUMER_LAG.remove(*given_up)
        self._measured = set()

    def measure_lag(self) -> None:
        """Set the lag of every partition that this projector reads; none of those it has given up."""
        at = self._loop.assignment()
        measured = set()
        for topic in self._topics:
            ends = self._log.end_offsets(topic)
            for number, end in enumerate(ends):
                mark = at.get(Partition(topic, number))
                if mark is not None:
                    metrics.CONSUMER_LAG.labels(topic.topic, number).set(max(0, end - mark.offset))
                    measured.add((topic.topic, number))
        for given_up in self._measured - measured:
            metrics.CONSUMER_LAG.remove(*given_up)
        self._measured = measured

    def _apply(self, connection: Connection, events: Sequence[Applied]) -> None:
        batches: dict[Partition, list[Applied]] = defaultdict(list)
        for one in events:
            batches[one.partition].append(one)
        for partition, batch in batches.items():
            deltas = fold((one.sequence, one.prepared) for one in batch)
            self._writer.add(connection, deltas, owner_of(partition))

    def _committed(self, events: Sequence[Applied]) -> None:
        if not events:
            return
        now = time.time()
        metrics.PROJECTION_LAST_COMMIT.set(now)
        # Our own store wrote the times, so the strict reading of clients' times is not needed.
        recorded = [datetime.fromisoformat(one.recorded_time).timestamp() for one in events]
        metrics.EVENT_TO_PROJECTED.observe_all([max(0.0, now - when) for when in recorded])
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
