"""Make releases: copy what has changed to what the public sees, in states with a number.

Under the policy ``immediate`` every commit of the projection is released at once. Each release
is also an event on ``bosatt.releases`` with the marks that it contains, at most one a second.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, desc, func, select

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.consuming.marks import Mark, Marks
from services.chassis.database import Database, migrate
from services.chassis.log.port import EventLog, Partition
from services.contract.envelope import time_text
from services.opendata.projection import tables as live
from services.opendata.projection.projector import owner_of, topics
from services.opendata.release import tables
from services.opendata.release.announcing import Announcer
from services.opendata.release.copying import copy
from services.opendata.release.gathering import touched_since
from services.opendata.release.heartbeats import HeartbeatReader

MIGRATIONS = "services.opendata.release:migrations"
POLICY = "exact"


@dataclass(frozen=True, slots=True)
class Last:
    """The newest release, as far as making the next one needs it."""

    number: int
    marks: dict[str, int]
    data_through: str | None
    recorded_through: str


def migrate_releases(database: Database) -> None:
    """Bring the tables of what is released up to date."""
    migrate(database, MIGRATIONS)


class Releaser:
    """Makes releases from one projection. One at a time; call `step` again and again."""

    def __init__(
        self,
        projection: Database,
        published: Database,
        log: EventLog,
        announcer: Announcer,
        clock: Clock = utc_now,
    ) -> None:
        self._projection = projection
        self._published = published
        self._heartbeats = HeartbeatReader(log)
        self._announcer = announcer
        self._clock = clock
        self._marks = Marks(projection, live.marks)
        self._partitions = [
            Partition(topic, number) for topic in topics() for number in range(topic.partitions)
        ]

    def step(self) -> bool:
        """Release what has changed, if anything; True when it did."""
        self._heartbeats.listen()
        released = self._release(self._last())
        self._announcer.announce_due()
        return released

    def _release(self, last: Last) -> bool:
        with self._projection.read() as live_state:
            at = self._marks.read_in(live_state, self._partitions)
            marks = {owner_of(one): mark.sequence for one, mark in at.items()}
            if any(marks.get(owner, 0) < sequence for owner, sequence in last.marks.items()):
                # The projection is being made anew. Its sums are not yet what is released already.
                return False
            through = self._heartbeats.complete_through({one: mark.sequence for one, mark in at.items()})
            # Also where an event changed no number: it is released too, and its moment is to be told.
            due = marks != last.marks or self._says_more(last, through)
            return due and self._publish(live_state, last, at, through)

    def _says_more(self, last: Last, through: str | None) -> bool:
        """Whether a release of unchanged numbers can say at last that it is complete."""
        return (
            last.recorded_through != ""
            and through is not None
            and through >= last.recorded_through
            and (last.data_through is None or last.data_through < last.recorded_through)
        )

    def _publish(
        self, live_state: Connection, last: Last, at: Mapping[Partition, Mark], through: str | None
    ) -> bool:
        """Make the release after ``last``; False where another process has made it meanwhile."""
        number = last.number + 1
        now = self._clock()
        recorded = max([last.recorded_through, *(mark.recorded_time for mark in at.values())])
        marks = {owner_of(one): mark.sequence for one, mark in at.items()}
        moments = [moment for moment in (last.data_through, through) if moment is not None]
        with self._published.write() as connection:
            if connection.scalar(select(func.max(tables.releases.c.number))) not in (None, last.number):
                return False
            touched = touched_since(live_state, last.marks, marks)
            copy(live_state, self._published, connection, touched, number)
            connection.execute(
                tables.releases.insert(),
                {
                    "number": number,
                    "published_at": time_text(now),
                    "data_through": max(moments, default=None),
                    "recorded_through": recorded,
                    "policy": POLICY,
                    "marks": orjson.dumps(marks),
                },
            )
        metrics.RELEASE_PUBLISHED.set(time.time())
        metrics.RELEASE_WITHHELD.set(0)
        return True

    def _last(self) -> Last:
        releases = tables.releases.c
        with self._published.read() as connection:
            row = connection.execute(
                select(releases.number, releases.marks, releases.data_through, releases.recorded_through)
                .order_by(desc(releases.number))
                .limit(1)
            ).one_or_none()
        if row is None:
            return Last(0, {}, None, "")
        return Last(row.number, orjson.loads(row.marks), row.data_through, row.recorded_through)
