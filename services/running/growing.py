"""``bosatt topics grow``: a new generation of a service's topic, with other partitions.

The generation is filled from the service's store while everything goes on with the one in force.
Then the running totals are folded anew with it, beside the live ones, and all change over. It may
be stopped at any moment; called again it goes on.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Database
from services.chassis.log.port import LogError
from services.chassis.log.switches import SWITCHED
from services.chassis.relay.generations import CantGrow, begin_filling, filling, in_force, put_in_force
from services.chassis.relay.outbox import backlog
from services.chassis.settings import Settings
from services.chassis.store import EventStore, NewEvent
from services.chassis.store.tables import relays
from services.contract.codes import Origin, Role
from services.contract.entitlements import Caller
from services.contract.event_types import EVENT_TYPES
from services.contract.facts import facts_after
from services.contract.topics import TopicGeneration, topic_of
from services.opendata.projection.catching_up import StandsStill
from services.opendata.projection.rebuild import Progress, rebuild
from services.opendata.projection.storage import migrate_projection
from services.opendata.projection.versions import TakenOver, Versions, topics_of_next
from services.running.resources import open_database, open_log
from services.running.topics.making import open_topics
from services.running.topics.wanted import BadFile, read_wanted

__all__ = ["CantGrow", "grow"]

LOOK_EVERY = 0.2
PATIENCE = 60.0
"""Seconds without a record more on the new generation after which no relay can be at work."""

NEARLY = 100
"""Events that may still be on their way to the new generation when it is folded: they follow."""

SOURCE = "/opendata/operators"
KEY = "operations"

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


def grow(settings: Settings, service: str, partitions: int, tell: Tell) -> TopicGeneration:
    """Bring a topic to a new generation of so many partitions; the one in force then.

    Raises `CantGrow` with what keeps it from going on, for a person.
    """
    with ExitStack() as opened:
        try:
            return _grow(_Grounds(settings, service, opened), partitions, tell)
        except LogError as error:
            raise CantGrow(f"The log can't be used: {error}") from None
        except DBAPIError as error:
            raise CantGrow(f"A database can't be used: {error.orig}") from None
        except (StandsStill, TakenOver) as error:
            raise CantGrow(f"The totals could not be folded anew ({error}). Try again.") from None
        except BadFile as error:
            raise CantGrow(str(error)) from None


class _Grounds:
    """What growing works on, opened."""

    def __init__(self, settings: Settings, service: str, opened: ExitStack) -> None:
        self.settings = settings
        self.first = topic_of(service)
        self.log = open_log(settings)
        opened.callback(self.log.close)
        self.store = self._store(service, opened)
        self.operations = self._store("operations", opened)
        self.projection = open_database(settings, "projection")
        opened.callback(self.projection.close)
        migrate_projection(self.projection)

    def _store(self, name: str, opened: ExitStack) -> EventStore:
        store = EventStore(open_database(self.settings, name))
        opened.callback(store.database.close)
        store.migrate()
        return store


def _grow(grounds: _Grounds, partitions: int, tell: Tell) -> TopicGeneration:
    database = grounds.store.database
    _make_topic(grounds.settings, grounds.first, _next(database, grounds.first, partitions))
    topic = begin_filling(database, grounds.first, partitions)
    _wait_until_filled(database, topic, tell)
    _fold(grounds, topic, tell)
    _announce(grounds.operations, topic)
    put_in_force(database, topic)
    return topic


def _next(database: Database, first: TopicGeneration, partitions: int) -> TopicGeneration:
    with database.read() as connection:
        under_way = filling(connection, first)
        now = in_force(connection, first)
    return under_way or TopicGeneration(first.topic, now.generation + 1, partitions)


def _make_topic(settings: Settings, first: TopicGeneration, topic: TopicGeneration) -> None:
    """Make the new generation's topic as the first one is to be, all but its partitions."""
    pattern = next(wanted for wanted in read_wanted() if wanted.name == first.name)
    topics = open_topics(settings)
    try:
        brokers = topics.brokers()
        wanted = pattern.as_generation(topic)
        if brokers is not None:
            wanted = wanted.with_replication(min(brokers, pattern.replication))
        if topic.name not in topics.found([wanted]):
            topics.create(wanted)
    finally:
        topics.close()


def _wait_until_filled(database: Database, topic: TopicGeneration, tell: Tell) -> None:
    """Wait while the relay fills the new generation, until it is as far as the one in force."""
    moved_at, before = time.monotonic(), -1
    while True:
        with database.read() as connection:
            cursor: int = connection.execute(
                select(relays.c.cursor).where(relays.c.generation == topic.generation)
            ).scalar_one()
        waiting = backlog(database, topic.generation).events
        tell("Filling the new generation", cursor, cursor + waiting)
        if waiting <= backlog(database).events + NEARLY:
            return
        if cursor != before:
            moved_at, before = time.monotonic(), cursor
        elif time.monotonic() - moved_at > PATIENCE:
            service = topic.topic.removeprefix("bosatt.")
            raise CantGrow(
                f"Nothing has come to {topic.name} for {PATIENCE:.0f} s. A relay of {service} must be "
                "running. Call this again then: it goes on."
            )
        time.sleep(LOOK_EVERY)


def _fold(grounds: _Grounds, topic: TopicGeneration, tell: Tell) -> None:
    live = Versions(grounds.projection).live()
    if topic in live.topics:
        return

    def told(now: Progress) -> None:
        tell("Folding the totals anew", now.folded, now.records)

    rebuild(grounds.projection, grounds.log, told, _instead(topics_of_next(live), topic))


def _instead(folded: Sequence[TopicGeneration], new: TopicGeneration) -> tuple[TopicGeneration, ...]:
    return tuple(new if one.topic == new.topic else one for one in folded)


def _announce(store: EventStore, topic: TopicGeneration) -> None:
    """Tell everybody by the log which generation is in force. What was told is not told again."""
    event_type = EVENT_TYPES[SWITCHED]
    told = {"topic": topic.topic, "generation": topic.generation, "partitions": topic.partitions}
    subject = f"{topic.topic.removeprefix('bosatt.')}/{topic.generation}"
    event_id, caller = str(uuid.uuid4()), Caller(Role.SYSTEM).name
    content = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": event_type.full_name,
        "subject": subject,
        "datacontenttype": "application/json",
        "origin": Origin.REPORTED.value,
        "partitionkey": KEY,
        "streamversion": 1,
        "data": told,
    }
    with store.transaction() as tx:
        if tx.head(event_type.kind, subject) is not None:
            return
        tx.append(
            NewEvent(
                caller=caller,
                source=SOURCE,
                event_id=event_id,
                digest="",
                kind=event_type.kind,
                subject=subject,
                expected_version=0,
                partition_key=KEY,
                content=content,
                warnings=[],
                facts_of=lambda recorded: facts_after(event_type.name, None, told, Origin.REPORTED, recorded),
            )
        )
