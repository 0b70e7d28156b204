"""How stale the projection is, worked out when somebody scrapes, so that a dead one shows."""

from collections.abc import Iterator

import orjson
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.bounded import Bounded, NoAnswer
from services.chassis.clock import utc_now
from services.chassis.consuming.marks import Marks
from services.chassis.database import Database
from services.chassis.log.port import EventLog, LogError
from services.chassis.metrics import REGISTRY
from services.contract.envelope import read_time
from services.opendata.projection import tables
from services.opendata.projection.live import Live, Opened

LONGEST_SECONDS = 2.0
"""A log that is away lets nobody who scrapes wait for longer; the series is absent then."""


def oldest_unread(projection: Opened, log: EventLog) -> str | None:
    """When the oldest event on the log that a version lacks was recorded; None for none."""
    waiting = []
    marks = Marks(projection.database, tables.marks).read(projection.version.partitions)
    for partition, mark in marks.items():
        records = log.read(partition.topic, partition.number, mark.offset, 1)
        if records:
            waiting.append(str(orjson.loads(records[0].value)["recordedtime"]))
    return min(waiting, default=None)


class _Staleness(Collector):
    def __init__(self) -> None:
        self.watched: Bounded[str | None] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        stale = GaugeMetricFamily(
            "bosatt_projection_staleness_seconds",
            "Age of the oldest event on the log that is not projected; 0 when all are.",
        )
        if self.watched is not None:
            try:
                oldest = self.watched()
                age = 0.0 if oldest is None else (utc_now() - read_time(oldest)).total_seconds()
                stale.add_metric([], max(0.0, age))
            except (NoAnswer, SQLAlchemyError, LogError, ValueError, KeyError, TypeError):
                # A series that is absent is alerted on; one that is made up is not.
                pass
        yield stale

    def describe(self) -> list[GaugeMetricFamily]:
        return []


_STALENESS = _Staleness()
REGISTRY.register(_STALENESS)


def watch_projection(base: Database, log: EventLog) -> None:
    """Let scrapes of this process tell how stale the live version of a projection is."""
    live = Live(base)
    _STALENESS.watched = Bounded(lambda: oldest_unread(live.now(), log), LONGEST_SECONDS)
