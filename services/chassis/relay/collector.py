"""The outbox's metrics, read from the store when somebody scrapes."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.chassis.relay.outbox import backlog
from services.contract.envelope import read_time


class _Outboxes(Collector):
    def __init__(self) -> None:
        self.watched: dict[str, Database] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pending = GaugeMetricFamily(
            "bosatt_outbox_pending_events",
            "Events stored and not known to stand on the log.",
            labels=["service"],
        )
        waiting = GaugeMetricFamily(
            "bosatt_outbox_pending_bytes",
            "Bytes of the events stored and not known to stand on the log.",
            labels=["service"],
        )
        oldest = GaugeMetricFamily(
            "bosatt_outbox_oldest_pending_timestamp_seconds",
            "When the oldest pending event was recorded; absent while nothing is pending.",
            labels=["service"],
        )
        for service, database in self.watched.items():
            try:
                found = backlog(database)
            except SQLAlchemyError:
                # A series that is absent is alerted on; one that is made up is not.
                continue
            pending.add_metric([service], found.events)
            waiting.add_metric([service], found.bytes)
            if found.oldest is not None:
                oldest.add_metric([service], read_time(found.oldest).timestamp())
        yield pending
        yield waiting
        yield oldest

    def describe(self) -> list[GaugeMetricFamily]:
        return []


_OUTBOXES = _Outboxes()
REGISTRY.register(_OUTBOXES)


def watch_outbox(service: str, database: Database) -> None:
    """Let scrapes of this process tell of a service's outbox."""
    _OUTBOXES.watched[service] = database
