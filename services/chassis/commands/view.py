"""The advisory view as a loop: it follows the topics from generation to generation."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from services.chassis.commands import released
from services.chassis.commands.seen import Observe, marks, observing, rehearsing, seen
from services.chassis.consuming.consumer_loop import ConsumerLoop
from services.chassis.consuming.marks import Marks
from services.chassis.consuming.records import Applied
from services.chassis.database import Database
from services.chassis.log.port import EventLog
from services.contract.topics import TopicGeneration

LOOK_EVERY = 2.0
"""Seconds between two looks which generations are in force."""

MOST = 1_000


class View:
    """Notes what is on some topics. Call `step` again and again from one thread.

    Counts are kept, not facts alone, so what was noted of one generation is thrown away when
    another is in force, and noted anew from its beginning: the view is advisory meanwhile too.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        log: EventLog,
        observe: Observe,
        in_force: Callable[[], Sequence[TopicGeneration]],
    ) -> None:
        self._name = name
        self._database = database
        self._log = log
        self._in_force = in_force
        self._topics: tuple[TopicGeneration, ...] = ()
        self._look_at = 0.0
        self._loop: ConsumerLoop | None = None
        self._rehearse = rehearsing(observe)
        self._note = observing(database, observe)

    def step(self) -> bool:
        """One batch, or a wait for one. Raises what the log or the database raises."""
        return self._following().step()

    def close(self) -> None:
        """Leave the group."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _following(self) -> ConsumerLoop:
        """The loop over what is in force, as it was a moment ago at most."""
        if self._loop is not None and time.monotonic() < self._look_at:
            return self._loop
        topics = tuple(self._in_force())
        self._look_at = time.monotonic() + LOOK_EVERY
        if self._loop is None or topics != self._topics:
            self.close()
            with self._database.write() as connection:
                _forget_others(connection, topics)
            self._loop = self._over(topics)
            self._topics = topics
        return self._loop

    def _over(self, topics: Sequence[TopicGeneration]) -> ConsumerLoop:
        generations = "".join(f"-{topic.generation}" for topic in topics if topic.generation > 1)
        group = f"{self._name}-view{generations}"
        return ConsumerLoop(
            f"{self._name}-view",
            self._database,
            Marks(self._database, marks),
            self._log.consumer(group, topics),
            self._apply,
            prepare=self._prepare,
            most=MOST,
        )

    def _prepare(self, event: dict[str, Any]) -> None:
        if released.is_about_the_way(event):
            released.check(event)
        else:
            self._rehearse(event)

    def _apply(self, connection: Connection, events: Sequence[Applied]) -> None:
        facts = [one for one in events if one.partition.topic.topic not in released.TOPICS]
        self._note(connection, facts)
        way = [one.event for one in events if one.partition.topic.topic in released.TOPICS]
        released.note(self._database, connection, way)


def _forget_others(connection: Connection, topics: Sequence[TopicGeneration]) -> None:
    """Forget everything where anything was noted of a generation that is not in force."""
    noted = {(row.topic, row.generation) for row in connection.execute(select(marks))}
    if noted - {(topic.topic, topic.generation) for topic in topics}:
        connection.execute(delete(seen))
        connection.execute(delete(marks))
