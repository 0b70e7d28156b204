"""How many events are set aside, read from the live version when somebody scrapes."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.live import Live, Opened


def set_aside(opened: Opened) -> dict[tuple[str, str], int]:
    """How many events are parked and held, by topic and state; 0 where none are."""
    found = {
        (topic.topic, state.value): 0
        for topic in opened.version.topics
        for state in (LetterState.PARKED, LetterState.HELD)
    }
    row = dead_letters.c
    query = select(row.topic, row.state, func.count()).group_by(row.topic, row.state)
    with opened.database.read() as connection:
        for topic, state, count in connection.execute(query.where(row.state != LetterState.DROPPED)):
            found[topic, state] = count
    return found


class _DeadLetters(Collector):
    def __init__(self) -> None:
        self.watched: Live | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        parked = GaugeMetricFamily(
            "bosatt_deadletter_events",
            "Events that can't be counted and that nobody has dropped: bosatt deadletters list.",
            labels=["topic"],
        )
        held = GaugeMetricFamily(
            "bosatt_deadletter_held_events",
            "Events that wait behind one of their stream, or of their key, that can't be counted.",
            labels=["topic"],
        )
        if self.watched is not None:
            try:
                for (topic, state), count in set_aside(self.watched.now()).items():
                    (parked if state == LetterState.PARKED else held).add_metric([topic], count)
            except SQLAlchemyError:
                # A series that is absent is alerted on; one that is made up is not.
                pass
        yield parked
        yield held

    def describe(self) -> list[GaugeMetricFamily]:
        return []


_DEAD_LETTERS = _DeadLetters()
REGISTRY.register(_DEAD_LETTERS)


def watch_dead_letters(base: Database) -> None:
    """Let scrapes of this process tell what a projection has set aside; ``base`` is that of its versions."""
    _DEAD_LETTERS.watched = Live(base)
