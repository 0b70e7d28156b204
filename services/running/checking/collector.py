"""What came of the checks that the system makes by itself, read when somebody scrapes."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.running.checking.standing import standing_of


class _Checks(Collector):
    def __init__(self) -> None:
        self.watched: Database | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        differences = GaugeMetricFamily(
            "bosatt_check_differences",
            "What did not agree when a check was last made: bosatt check.",
            labels=["check"],
        )
        last_run = GaugeMetricFamily(
            "bosatt_check_last_run_timestamp_seconds",
            "When a check last came to its end; absent until it has, and where it can't be made here.",
            labels=["check"],
        )
        if self.watched is not None:
            try:
                for check, found in standing_of(self.watched).items():
                    if found.finished_at is not None and found.differences is not None:
                        differences.add_metric([check.value], found.differences)
                        last_run.add_metric([check.value], found.finished_at.timestamp())
            except (SQLAlchemyError, ValueError):
                # A series that is absent is alerted on; one that is made up is not.
                pass
        yield differences
        yield last_run

    def describe(self) -> list[GaugeMetricFamily]:
        return []


_CHECKS = _Checks()
REGISTRY.register(_CHECKS)


def watch_checks(base: Database) -> None:
    """Let scrapes of this process tell of the checks; ``base`` is that of the projection's versions."""
    _CHECKS.watched = base
