"""A store, a log that can be made to fail, and relays between them, driven by hand."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import select

from services.chassis.log.port import LogError, OutgoingRecord
from services.chassis.relay import Relay
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.log_check import why_closed
from services.chassis.relay.relay import RelaySettings
from services.chassis.store import EventStore
from services.chassis.store.tables import relays, sequenced
from services.contract.topics import HEARTBEATS, TopicGeneration
from tests.chassis.store.samples import Clock, new_event
from tests.flow.faulty_log import FaultyLog

TOPIC = TopicGeneration("bosatt.settlements", 1, 3)
BEATS = TopicGeneration(HEARTBEATS, 1, 1)
SERVICE = "bench"
OSLO, BERGEN, STAVANGER = "0301", "4601", "1103"

Link = tuple[int, int]
"""A record's previous sequence and its own."""


class Bench:
    def __init__(self, store: EventStore, log: FaultyLog, clock: Clock) -> None:
        self.store, self.log, self.clock = store, log, clock
        self.beats: list[dict[str, Any]] = []
        log.on_heartbeat = lambda value: self.beats.append(orjson.loads(value)["data"])

    def append(self, *keys: str) -> list[str]:
        """An event in a new stream for each key; the recorded times."""
        times = []
        for key in keys:
            with self.store.transaction() as tx:
                times.append(tx.append(new_event(str(uuid4()), partition_key=key)))
        return times

    def relay(
        self,
        holder: str = "one",
        *,
        batch: int = 100,
        lease_seconds: float = 10.0,
        topic: TopicGeneration = TOPIC,
        announced: Callable[[], TopicGeneration] | None = None,
    ) -> Relay:
        return Relay(
            SERVICE,
            self.store,
            self.log,
            topic,
            RelaySettings(holder, lease_seconds, batch),
            Heartbeats(SERVICE, BEATS),
            self.clock,
            announced,
        )

    def why_closed(self) -> str | None:
        with self.store.database.read() as connection:
            return why_closed(connection)

    def on_log(self) -> dict[int, list[Link]]:
        """By partition the chain as it stands on the log, repeats included."""
        return {
            partition: [
                (int(event["previoussequence"]), int(event["sequence"]))
                for record in self.log.read(TOPIC, partition, 0, 1_000)
                for event in [orjson.loads(record.value)]
            ]
            for partition in range(TOPIC.partitions)
        }

    def cursor(self) -> int:
        return int(self._of_relay("cursor"))

    def closed(self) -> str | None:
        return self._of_relay("closed")

    def sequences(self) -> list[int]:
        with self.store.database.read() as connection:
            return list(
                connection.execute(select(sequenced.c.sequence).order_by(sequenced.c.sequence)).scalars()
            )

    def _of_relay(self, column: str):
        with self.store.database.read() as connection:
            return connection.execute(select(relays.c[column])).scalar_one_or_none()


def sequences_in(records: Sequence[OutgoingRecord]) -> list[int]:
    return [int(orjson.loads(record.value)["sequence"]) for record in records]


def failing(relay: Relay) -> LogError:
    """A step that fails as a step may."""
    try:
        relay.step()
    except LogError as error:
        return error
    raise AssertionError("the step did not fail")
