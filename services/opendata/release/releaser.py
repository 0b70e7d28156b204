"""Make releases: copy what has changed to what the public sees, in states with a number.

Under the policy ``immediate`` every commit of the projection is released at once. Each release
is also an event on ``bosatt.releases`` with the marks that it contains, at most one a second.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, bindparam, desc, select, update

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.consuming.marks import Mark, Marks
from services.chassis.database import Database, Overtaken, migrate
from services.chassis.log.port import EventLog, Partition
from services.contract.envelope import time_text
from services.opendata.projection import tables as live
from services.opendata.projection.folded import owner_of
from services.opendata.projection.live import Live
from services.opendata.release import tables
from services.opendata.release.announcing import Announcer
from services.opendata.release.copying import Copier
from services.opendata.release.gathering import Place, touched_since
from services.opendata.release.heartbeats import HeartbeatReader

MIGRATIONS = "services.opendata.release:migrations"
POLICY = "exact"


@dataclass(frozen=True, slots=True)
class Last:
    """The newest release, as far as making the next one needs it."""

    number: int
    marks: dict[str, int]
    version: int | None
    data_through: str | None
    recorded_through: str


@dataclass(frozen=True, slots=True)
class _Projected:
    """The live version of the projection, as one transaction sees it."""

    state: Connection
    version: int
    at: Mapping[Partition, Mark]

    @property
    def marks(self) -> dict[str, int]:
        """How far each owner of rows is."""
        return {owner_of(partition): mark.sequence for partition, mark in self.at.items()}


def migrate_releases(database: Database) -> None:
    """Bring the tables of what is released up to date."""
    migrate(database, MIGRATIONS)


class Releaser:
    """Makes releases from the live version of one projection. One at a time; call `step` again and again.

    ``projection`` is the base of the versions.
    """

    def __init__(
        self,
        projection: Database,
        published: Database,
        log: EventLog,
        announcer: Announcer,
        clock: Clock = utc_now,
    ) -> None:
        self._live = Live(projection)
        self._published = published
        self._copier = Copier(published)
        self._heartbeats = HeartbeatReader(log)
        self._announcer = announcer
        self._clock = clock
        self._anew = False

    def step(self) -> bool:
        """Release what has changed, if anything; True when it did."""
        self._heartbeats.listen()
        released = self._release(self._last())
        self._announcer.announce_due()
        return released

    def close(self) -> None:
        """Close what was opened to follow the live version."""
        self._live.close()

    def _release(self, last: Last) -> bool:
        opened = self._live.now()
        with opened.database.read() as state:
            # What operators did changes totals too, while the mark of the partition concerned stays.
            at = Marks(opened.database, live.marks).read_in(state, opened.version.guarded)
            projected = _Projected(state, opened.version.number, at)
            marks = projected.marks
            if any(marks.get(owner, sequence) < sequence for owner, sequence in last.marks.items()):
                # The projection is being made anew. Its sums are not yet what is released already.
                self._anew = True
                return False
            through = self._heartbeats.complete_through({one: mark.sequence for one, mark in at.items()})
            if not _holds_all_released(last, marks, through):
                return False
            # What was made anew may differ where nothing has been touched since.
            whole = self._anew or last.version not in (None, projected.version)
            # Also where an event changed no number: it is released too, and its moment is to be told.
            due = whole or marks != last.marks or self._says_more(last, through)
            if not (due and self._publish(last, projected, through, whole=whole)):
                return False
        self._anew = False
        return True

    def _says_more(self, last: Last, through: str | None) -> bool:
        """Whether a release of unchanged numbers can say at last that it is complete."""
        return (
            last.recorded_through != ""
            and through is not None
            and through >= last.recorded_through
            and (last.data_through is None or last.data_through < last.recorded_through)
        )

    def _publish(self, last: Last, projected: _Projected, through: str | None, *, whole: bool) -> bool:
        """Make the release after ``last``; False where another process has made it meanwhile.

        Only what was touched since is compared with what is released, or the ``whole``.
        """
        number = last.number + 1
        now = self._clock()
        recorded = max([last.recorded_through, *(mark.recorded_time for mark in projected.at.values())])
        moments = [moment for moment in (last.data_through, through) if moment is not None]
        release = {
            "number": number,
            "published_at": time_text(now),
            "data_through": max(moments, default=None),
            "recorded_through": recorded,
            "policy": POLICY,
            "marks": orjson.dumps(projected.marks),
            "version": projected.version,
        }
        try:
            with self._published.write() as connection:
                # First of all, so that of two who make the same release one does nothing for it.
                insert = self._published.insert(tables.releases)
                if connection.execute(insert.on_conflict_do_nothing(), release).rowcount != 1:
                    return False
                changed = self._copy(connection, last, projected, number, whole=whole)
                _tell_extent(connection, number, changed)
        except Overtaken:
            return False
        metrics.RELEASE_PUBLISHED.set(time.time())
        metrics.RELEASE_WITHHELD.set(0)
        return True

    def _copy(
        self, connection: Connection, last: Last, projected: _Projected, number: int, *, whole: bool
    ) -> set[Place]:
        if whole:
            return self._copier.copy_whole(projected.state, connection, number)
        touched = touched_since(projected.state, last.marks, projected.marks)
        return self._copier.copy(projected.state, connection, touched, number)

    def _last(self) -> Last:
        releases = tables.releases.c
        with self._published.read() as connection:
            row = connection.execute(
                select(tables.releases).order_by(desc(releases.number)).limit(1)
            ).one_or_none()
        if row is None:
            return Last(0, {}, None, None, "")
        marks = orjson.loads(row.marks)
        return Last(row.number, marks, row.version, row.data_through, row.recorded_through)


def _tell_extent(connection: Connection, number: int, changed: set[Place]) -> None:
    """Keep with a release of how many regions and years it changed anything."""
    years = {year for _, year in changed}
    connection.execute(
        _TELL_EXTENT,
        {
            "at_number": number,
            "changed_regions": len({region for region, _ in changed}),
            "changed_years": len(years),
            "first_changed_year": min(years, default=None),
            "last_changed_year": max(years, default=None),
        },
    )


_TELL_EXTENT = update(tables.releases).where(tables.releases.c.number == bindparam("at_number"))


def _holds_all_released(last: Last, marks: Mapping[str, int], through: str | None) -> bool:
    """Whether a version that folds other generations of topics has come as far as what is released.

    Their sequences are others, so it is told by when events were recorded.
    """
    return marks.keys() >= last.marks.keys() or (through is not None and through >= last.recorded_through)
