"""One service's chain on a real broker: a store, relays and projectors, and a ledger beside them."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from uuid import UUID

import orjson
from sqlalchemy import func, select

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.receipts import Receipt
from services.chassis.database import Database
from services.chassis.log.kafka import KafkaLog, Timing
from services.chassis.log.port import EventLog, LogError
from services.chassis.relay import Relay
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.log_check import why_closed
from services.chassis.relay.outbox import backlog
from services.chassis.relay.relay import RelaySettings
from services.chassis.store import EventStore
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.contract.topics import HEARTBEATS, TopicGeneration, topic_of
from services.opendata.projection import tables
from services.opendata.projection.projector import Projector, migrate_projection, topics
from services.settlements.service import DOMAIN
from tests.flow.ledger import PLACES, Ledger, Settled

TOPIC = topic_of("settlements")
BEATS = TopicGeneration(HEARTBEATS, 1)
ALL_TOPICS = [*topics(), BEATS, topic_of("operations")]
CALLER = Caller(Role.IMPORTER)

# Short, so that nobody waits for what has died; long enough for a machine that others use too.
TIMING = Timing(connect=2.0, request=2.0, delivery=3.0, session=2.0, longest_batch=30.0)
LEASE_SECONDS = 2.0
PATIENCE_SECONDS = 90.0


def store_in(folder: Path) -> EventStore:
    store = EventStore(Database(f"sqlite:///{folder / 'store.db'}"))
    store.migrate()
    return store


def projection_in(folder: Path, name: str = "projection") -> Database:
    database = Database(f"sqlite:///{folder / name}.db")
    migrate_projection(database)
    return database


def relay_of(store: EventStore, log: EventLog, holder: str, batch: int = 50) -> Relay:
    settings = RelaySettings(holder, LEASE_SECONDS, batch)
    return Relay("settlements", store, log, TOPIC, settings, Heartbeats("settlements", BEATS))


def projector_on(projection: Database, log: EventLog) -> Projector:
    return Projector(projection, log, most=200, wait=0.05)


class Chain:
    """A store and a projection on SQLite, a log on Kafka, and who is settled where by the ledger."""

    def __init__(self, folder: Path, bootstrap: str) -> None:
        self.folder = folder
        self.log = KafkaLog(bootstrap, timing=TIMING)
        self.log.ensure(ALL_TOPICS)
        self.ledger = Ledger()
        self._random = Random(1951)
        self._made = 0
        self._opened: list[Callable[[], None]] = [self.log.close]
        self.open_store()
        self.projection = projection_in(folder)
        self._opened.append(self.projection.close)

    def open_store(self) -> None:
        """Open the store anew, as a service that was started again does."""
        self.store = store_in(self.folder)
        self._opened.append(self.store.database.close)
        self.handler = CommandHandler(TOPIC, DOMAIN, self.store)

    def settle(self, persons: int) -> None:
        """Post persons settled here and there, and note them in the ledger."""
        for _ in range(persons):
            place = self._random.choice(PLACES)
            day = f"{self._random.choice((2023, 2024))}-{self._random.randint(1, 12):02}-17"
            settled = Settled(place, day, self._random.choice(("female", "male")))
            assert self.post(settled).status == "accepted"

    def post(self, settled: Settled) -> Receipt:
        self._made += 1
        person = str(UUID(int=self._random.getrandbits(128), version=4))
        district = {} if settled.place.district is None else {"district": settled.place.district}
        document = {
            "specversion": "1.0",
            "id": str(self._made),
            "source": "/faults",
            "type": "no.bosatt.person.settled.v1",
            "subject": person,
            "data": {
                "municipality": settled.place.municipality,
                **district,
                "settledOn": settled.day,
                "sex": settled.sex,
            },
        }
        receipt = self.handler.handle(document, CALLER)
        self.ledger.put(person, settled)
        return receipt

    def relay(self, holder: str, batch: int = 50, log: EventLog | None = None) -> Relay:
        relay = relay_of(self.store, log or self.log, holder, batch)
        self._opened.append(relay.close)
        return relay

    def projector(self, projection: Database | None = None) -> Projector:
        projector = projector_on(projection or self.projection, self.log)
        self._opened.append(projector.close)
        return projector

    def relayed(self) -> bool:
        return backlog(self.store.database).events == 0

    def closed(self) -> bool:
        """Whether the service takes no commands until it is restored."""
        with self.store.database.read() as connection:
            return why_closed(connection) is not None

    def projected(self, projection: Database | None = None) -> bool:
        """Whether every event that the store holds is behind the marks of a projection."""
        marks = tables.marks.c
        query = select(marks.partition, marks.sequence).where(
            marks.topic == TOPIC.topic, marks.generation == TOPIC.generation
        )
        with (projection or self.projection).read() as connection:
            reached = dict(connection.execute(query).all())
        last = {partition: sequence for sequence, partition in self.sequences()}
        return self.relayed() and reached == last

    def sequences(self) -> list[tuple[int, int]]:
        """Sequence and partition of each event that the log holds in its right place, in order, once."""
        found = {
            (int(orjson.loads(record.value)["sequence"]), partition)
            for partition in range(TOPIC.partitions)
            for record in self.log.read(TOPIC, partition, 0, 100_000)
        }
        return sorted(found)

    def on_log(self) -> dict[int, list[int]]:
        """The sequences on the log by partition, in the order of their offsets."""
        return {
            partition: [
                int(orjson.loads(record.value)["sequence"])
                for record in self.log.read(TOPIC, partition, 0, 100_000)
            ]
            for partition in range(TOPIC.partitions)
        }

    def totals(self, projection: Database | None = None) -> dict[tuple[str, int], int]:
        """Persons settled by region and year, as the projection has them."""
        total = tables.totals.c
        query = (
            select(total.region, total.year, func.sum(total.value))
            .where(total.measure == "settled")
            .group_by(total.region, total.year)
        )
        with (projection or self.projection).read() as connection:
            return {(region, year): int(value) for region, year, value in connection.execute(query)}

    def close(self) -> None:
        for close in reversed(self._opened):
            close()


def until(reached: Callable[[], bool], *steps: Callable[[], object]) -> None:
    """Take steps in turn, as their loops would, until it is so; fails when patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < end, f"not reached within {PATIENCE_SECONDS} seconds"
        for step in steps:
            try:
                step()
            except LogError:
                continue
        if not steps:
            time.sleep(0.02)
