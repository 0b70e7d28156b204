"""The real chain from a post to the totals, on a log and a clock that a test has in hand."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import OperationalError

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.receipts import Receipt
from services.chassis.database import Database
from services.chassis.log.port import EventLog, LogError, OutgoingRecord
from services.chassis.relay import Relay
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.outbox import backlog
from services.chassis.relay.relay import RelaySettings
from services.chassis.relay.resend import resend
from services.chassis.store import EventStore
from services.chassis.store.tables import chains, events, relays, sequenced
from services.contract.codes import Dimension, Role
from services.contract.entitlements import Caller
from services.contract.envelope import log_value, time_text
from services.contract.topics import HEARTBEATS, TopicGeneration, topic_of
from services.opendata.projection import tables
from services.opendata.projection.cells import IN_A_CELL, parted
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.projector import Projector, migrate_projection, topics
from services.settlements.service import DOMAIN
from tests.flow.faulty_log import FaultyLog
from tests.flow.sleeping import Died
from tests.servers.databases import prepare_store
from tests.servers.postgresql import Databases

TOPIC = TopicGeneration("bosatt.settlements", 1)
BEATS = TopicGeneration(HEARTBEATS, 1)
OPERATIONS = topic_of("operations")
LEASE_SECONDS = 10.0
ROUNDS_TO_SETTLE = 300
CALLER = Caller(Role.IMPORTER)


class Clock:
    """The time of day, which may go back, and seconds, which do not."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 1, 12, tzinfo=UTC)
        self.seconds = 0.0

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds

    def set_back(self, seconds: float) -> None:
        self.now -= timedelta(seconds=seconds)


def prepare_projection(url: str) -> None:
    database = Database(url)
    migrate_projection(database)
    database.close()


PREPARE = {"store": prepare_store, "projection": prepare_projection}


@cache
def _template() -> Path:
    """Databases brought up to date once, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="bosatt-flow-"))
    for name, prepare in PREPARE.items():
        prepare(f"sqlite:///{folder / name}.db")
    return folder


class World:
    """One service's store, two relays, two projectors. Nothing moves unless it is told to."""

    def __init__(
        self,
        make_log: Callable[[Clock, Path], EventLog],
        *,
        fenced: bool,
        databases: Databases | None = None,
    ) -> None:
        """On SQLite, or on PostgreSQL where its databases are given."""
        self._databases = databases
        self._urls: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="bosatt-flow-")
        folder = Path(self._folder.name)
        self.clock = Clock()
        self.log = FaultyLog(make_log(self.clock, folder), fenced=fenced)
        self.log.ensure([*topics(), BEATS, OPERATIONS])
        self.log.on_heartbeat = self._check_heartbeat
        self.claims: list[tuple[str, list[int]]] = []
        self.store = EventStore(self._open("store", folder), self.clock)
        self.projection = self._open("projection", folder)
        event.listen(self.projection.engine, "commit", self._commit)
        self.commits_to_fail = 0
        self.handler = CommandHandler(TOPIC, DOMAIN, self.store, self.clock)
        self._made = 0
        self._operations = 0
        self.relays = [self.new_relay(), self.new_relay()]
        self.projectors = [self.new_projector(), self.new_projector()]

    def post(self, event_type: str, number: int, subject: UUID, data: dict[str, Any]) -> Receipt:
        document = {
            "specversion": "1.0",
            "id": str(number),
            "source": "/flow",
            "type": f"no.bosatt.{event_type}.v1",
            "subject": str(subject),
            "data": data,
        }
        return self.handler.handle(document, CALLER)

    def new_relay(self) -> Relay:
        self._made += 1
        settings = RelaySettings(f"relay-{self._made}", LEASE_SECONDS, batch=4)
        heartbeats = Heartbeats("settlements", BEATS)
        return Relay("settlements", self.store, self.log, TOPIC, settings, heartbeats, self.clock)

    def new_projector(self) -> Projector:
        return Projector(self.projection, self.log, most=7)

    def write_garbage(self, key: str, subject: str | None) -> None:
        """Put on the log what no service sent, past all faults: bytes, or JSON that names a stream."""
        value = b"{" if subject is None else orjson.dumps({"subject": subject})
        self._put(OutgoingRecord(TOPIC.partition_of(key), key, value), TOPIC)

    def lose_last(self, partition: int) -> bool:
        """Have a log in memory lose the last record of a partition, where no projector has it yet."""
        records = self.log.in_memory(TOPIC)[partition]
        _, read_up_to = self.marks().get(partition, (0, 0))
        if len(records) <= read_up_to:
            return False
        records.pop()
        return True

    def letters(self) -> list[Any]:
        """What is set aside and not dropped, in the order of its places."""
        row = dead_letters.c
        query = select(dead_letters).where(row.state != LetterState.DROPPED)
        with self.projection.read() as connection:
            return list(connection.execute(query.order_by(row.partition, row.offset)).all())

    def operate(self, name: str, letter: Any, **said: Any) -> None:
        """Put on the log, past all faults, what an operator did about a letter."""
        self._operations += 1
        place = {name: getattr(letter, name) for name in ("topic", "generation", "partition", "offset")}
        content = {
            "id": str(self._operations),
            "type": f"no.bosatt.deadletter.{name}.v1",
            "recordedtime": time_text(self.clock()),
            "data": {**place, "digest": letter.digest, **said},
        }
        value = log_value(content, self._operations, self._operations - 1)
        self._put(OutgoingRecord(0, "operations", value), OPERATIONS)

    def resend(self, first: int) -> int:
        """As an operator does where a hole stays open."""
        return resend(self.store, self.log, TOPIC, first, "operator", clock=self.clock)

    def _put(self, record: OutgoingRecord, topic: TopicGeneration) -> None:
        with self.store.database.read() as connection:
            token = connection.scalar(select(relays.c.token)) or 0
        self.log.past_all_faults(topic, token).send([record])

    def settle(self) -> None:
        """Let everything that is on its way arrive, with no more faults."""
        self.log.faults.clear()
        self.log.down = False
        self.commits_to_fail = 0
        self.clock.advance(1_000)
        for _ in range(ROUNDS_TO_SETTLE):
            for one in (*self.relays, *self.projectors):
                calmly(one.step)
            if self._is_settled():
                return
        raise AssertionError(f"not settled: {backlog(self.store.database, 1)}, {self.marks()}")

    def _is_settled(self) -> bool:
        read = {number: offset for number, (_, offset) in self.marks().items()}
        ends = self.log.end_offsets(TOPIC)
        return backlog(self.store.database, 1).events == 0 and all(
            read.get(number, 0) == end for number, end in enumerate(ends)
        )

    def marks(self) -> dict[int, tuple[int, int]]:
        """Sequence and offset by partition."""
        marks = tables.marks.c
        with self.projection.read() as connection:
            rows = connection.execute(
                select(marks.partition, marks.sequence, marks.offset).where(marks.topic == TOPIC.topic)
            ).all()
        return {row.partition: (row.sequence, row.offset) for row in rows}

    def last_sequences(self) -> dict[int, int]:
        """By partition, for those that have any."""
        with self.store.database.read() as connection:
            rows = connection.execute(
                select(chains.c.partition, chains.c.last_sequence).where(chains.c.last_sequence > 0)
            )
            return dict(rows.all())

    def order(self) -> list[tuple[int, int, int]]:
        """Sequence, partition and previous sequence of every sequenced event."""
        query = select(sequenced.c.sequence, sequenced.c.partition, sequenced.c.previous_sequence)
        with self.store.database.read() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(sequenced.c.sequence))]

    def totals(self) -> dict[tuple[str, int], int]:
        total = tables.totals.c
        query = (
            select(total.region, total.year, func.sum(total.value))
            .where(total.measure == "settled")
            .group_by(total.region, total.year)
        )
        with self.projection.read() as connection:
            return {(region, year): int(value) for region, year, value in connection.execute(query)}

    def by_day_and_sex(self) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        cell = tables.cells.c
        with self.projection.read() as connection:
            for day, packed, count in connection.execute(select(cell.day, cell.categories, cell.persons)):
                counts["day", day] += count
                counts["sex", parted(packed)[IN_A_CELL.index(Dimension.SEX)]] += count
        return +counts

    def untrue_claims(self) -> list[tuple[str, list[int]]]:
        """Heartbeats that some event shows to have been false."""
        query = select(events.c.recorded_time, sequenced.c.partition, sequenced.c.sequence).join(
            sequenced, sequenced.c.position == events.c.position
        )
        with self.store.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            (through, sequences)
            for through, sequences in self.claims
            if any(row.recorded_time <= through and row.sequence > sequences[row.partition] for row in rows)
        ]

    def close(self) -> None:
        self.log.close()
        self.store.database.close()
        self.projection.close()
        self._folder.cleanup()
        for url in self._urls:
            assert self._databases is not None
            self._databases.drop(url)

    def _open(self, name: str, folder: Path) -> Database:
        if self._databases is not None:
            self._urls.append(self._databases.new(PREPARE[name]))
            return Database(self._urls[-1])
        shutil.copy(_template() / f"{name}.db", folder)
        database = Database(f"sqlite:///{folder / name}.db")
        # Hundreds of schedules: nobody cuts the power in this test.
        event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous = OFF"))
        return database

    def _commit(self, connection: Connection) -> None:
        if self.commits_to_fail and connection.get_execution_options().get("bosatt_begin") == "write":
            self.commits_to_fail -= 1
            raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    def _check_heartbeat(self, value: bytes) -> None:
        """Whatever a relay says stands on the log must be acknowledged at that moment."""
        data = orjson.loads(value)["data"]
        self.claims.append((data["recordedThrough"], data["sequences"]))
        with self.store.database.read() as connection:
            waiting = connection.execute(
                select(events.c.recorded_time)
                .outerjoin(sequenced, sequenced.c.position == events.c.position)
                .where(
                    events.c.recorded_time <= data["recordedThrough"],
                    func.coalesce(sequenced.c.sequence, 1 << 60) > select(relays.c.cursor).scalar_subquery(),
                )
            ).all()
        assert waiting == [], f"claimed {data['recordedThrough']} at {time_text(self.clock.now)}"


def calmly(step: Callable[[], object]) -> None:
    """A step as its loop would run it: what fails is tried again later."""
    try:
        step()
    except (LogError, OperationalError, Died):
        return
