"""Rebuild the projection: fold the log into a new version beside the live one, then switch.

It may be killed at any moment. A build that was not brought to its end is dropped by the next
rebuild, which begins anew: what was folded half may have been folded by other code. The version
that was live before is kept until the next rebuild.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from services.chassis.consuming.marks import Mark, Marks
from services.chassis.database import UNAVAILABLE, Database, Overtaken
from services.chassis.log.port import EventLog, Partition
from services.chassis.loops import Backoff
from services.contract.topics import TopicGeneration
from services.opendata.projection import storage, tables
from services.opendata.projection.catching_up import CatchingUp
from services.opendata.projection.versions import (
    State,
    TakenOver,
    UnderWay,
    Version,
    Versions,
    topics_of_next,
)

SILENCE = 15.0
"""Seconds without a sign of life after which a build is taken to be nobody's."""

LOOK_EVERY = 0.5
MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a version is: records folded of those on the log. ``ours``: this process builds it."""

    version: int
    folded: int
    records: int
    ours: bool


Tell = Callable[[Progress], None]


def rebuild(
    base: Database,
    log: EventLog,
    tell: Tell = lambda _: None,
    folded: Sequence[TopicGeneration] | None = None,
    silence: float = SILENCE,
) -> Version:
    """Build a new version and switch to it; the version that is live then.

    Without ``folded`` it folds the topic generations that the live one does. Where somebody else
    is building the same, it waits for that and is content with it. Raises
    `catching_up.StandsStill` where the log can't be folded to its end, `versions.TakenOver` where
    this process stood still for so long that somebody else began anew.
    """
    storage.migrate_projection(base)
    versions = Versions(base)
    while True:
        wanted = tuple(folded or topics_of_next(versions.live()))
        try:
            version = versions.begin(wanted)
            break
        except UnderWay as under_way:
            built = _wait_for(versions, under_way.args[0], tell, silence)
            if built is not None and set(built.topics) == set(wanted):
                return built
    try:
        _free(versions)
        storage.make(base, version)
        _build(versions, version, log, tell)
    except BaseException as error:
        if not isinstance(error, TakenOver) and not _is_ours(versions, version):
            # Its tables have vanished under us.
            raise TakenOver(version.number) from error
        _give_up(versions, version)
        raise
    return versions.live()


def _build(versions: Versions, version: Version, log: EventLog, tell: Tell) -> None:
    base = versions.base

    def noted(folded: int, records: int) -> None:
        # Who writes to the base all the time may be in the way: the next sign of life will do.
        with suppress(Overtaken, *UNAVAILABLE):
            versions.note(version, folded, records)
        tell(Progress(version.number, folded, records, ours=True))

    def live() -> dict[Partition, Mark]:
        now = versions.live()
        with _opened(base, now) as database:
            return Marks(database, tables.marks).read(now.guarded)

    with _opened(base, version) as database, closing(CatchingUp(version, database, log, noted)) as catching:
        catching.run(live)
    _persist(lambda: versions.switch(version))


def _wait_for(versions: Versions, other: Version, tell: Tell, silence: float) -> Version | None:
    """Wait for somebody else's build; None where it came to nothing."""
    beat, heard_at = other.beat, time.monotonic()
    while True:
        now = next(one for one in versions.all() if one.number == other.number)
        if now.state is State.DROPPED:
            return None
        if now.state is not State.BUILDING:
            return now
        tell(Progress(now.number, now.folded, now.records, ours=False))
        if now.beat != beat:
            beat, heard_at = now.beat, time.monotonic()
        elif time.monotonic() - heard_at > silence:
            _give_up(versions, now)
            return None
        time.sleep(LOOK_EVERY)


def _is_ours(versions: Versions, version: Version) -> bool:
    return any(one.number == version.number and one.state is State.BUILDING for one in versions.all())


def _free(versions: Versions) -> None:
    """Drop what was live before the live one, and whatever is left of versions dropped before."""
    for version in versions.all():
        if version.state is State.RETIRED:
            versions.drop(version)
    for version in versions.all():
        if version.state is State.DROPPED:
            storage.remove(versions.base, version)


def _give_up(versions: Versions, version: Version) -> None:
    """Drop a build. What can't be removed now is removed by the next rebuild."""
    with suppress(TakenOver, Overtaken, *UNAVAILABLE):
        versions.drop(version)
        storage.remove(versions.base, version)


@contextmanager
def _opened(base: Database, version: Version) -> Iterator[Database]:
    database = storage.open_version(base, version.number)
    try:
        yield database
    finally:
        if database is not base:
            database.close()


def _persist(action: Callable[[], None]) -> None:
    """Do something in the base, though somebody writes to it all the time."""
    backoff = Backoff()
    for _ in range(MOST_TRIES):
        with suppress(Overtaken, *UNAVAILABLE):
            action()
            return
        time.sleep(backoff.pause())
    action()
