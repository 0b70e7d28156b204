"""How checks stand: when each was last made and what came of it, kept where all projectors find it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from services.chassis.database import Database
from services.contract.envelope import read_time, time_text
from services.opendata.projection.tables import checks
from services.running.checking.outcome import Check, Outcome

PATIENCE = timedelta(hours=1)
"""After which a check that was begun and has not come to an end is begun anew."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``finished_at`` is of the last time that it came to an end; ``differences`` is what was found then."""

    begun_at: datetime
    finished_at: datetime | None = None
    differences: int | None = None

    def is_due(self, now: datetime, interval: timedelta) -> bool:
        """Whether so much time has passed since it was last made, or it was begun and given up."""
        if self.finished_at is None or self.finished_at < self.begun_at:
            return now - self.begun_at >= PATIENCE
        return now - self.finished_at >= interval


def standing_of(base: Database) -> Mapping[Check, Standing]:
    """Of each check that was ever begun."""
    known = {check.value: check for check in Check}
    with base.read() as connection:
        rows = connection.execute(select(checks)).all()
    return {
        known[row.name]: Standing(
            read_time(row.begun_at),
            None if row.finished_at is None else read_time(row.finished_at),
            row.differences,
        )
        for row in rows
        if row.name in known
    }


def begin(base: Database, check: Check, before: Standing | None, now: datetime) -> bool:
    """Note that a check begins; False where somebody else has begun it since ``before`` was read."""
    begun = {"begun_at": time_text(now)}
    with base.write() as connection:
        if before is None:
            insert = base.insert(checks).on_conflict_do_nothing()
            return bool(connection.execute(insert, {"name": check.value, **begun}).rowcount == 1)
        same = (checks.c.name == check.value) & (checks.c.begun_at == time_text(before.begun_at))
        return bool(connection.execute(update(checks).where(same).values(begun)).rowcount == 1)


def give_up(base: Database, check: Check, before: Standing | None) -> None:
    """Note that a check that was begun is not made after all: whoever comes next may begin it at once."""
    ours = checks.c.name == check.value
    with base.write() as connection:
        if before is None:
            connection.execute(delete(checks).where(ours, checks.c.finished_at.is_(None)))
        else:
            connection.execute(update(checks).where(ours).values(begun_at=time_text(before.begun_at)))


def finish(base: Database, outcome: Outcome, now: datetime) -> None:
    """Note how a check went."""
    with base.write() as connection:
        connection.execute(
            update(checks)
            .where(checks.c.name == outcome.check.value)
            .values(
                finished_at=time_text(now),
                compared=None if outcome.skipped else outcome.compared,
                differences=None if outcome.skipped else outcome.differences,
            )
        )
