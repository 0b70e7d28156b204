"""Versions of the projection: which is live, and which are built beside it or retired.

Each version is a database of its own with all tables of the projection (`storage`). The first
one's database also keeps this account of them, the base: whoever asks it for the live version
after a switch gets the new one, and nothing that writers of an old version do reaches another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from services.chassis.database import Database
from services.chassis.log.port import Partition
from services.contract.topics import TopicGeneration
from services.opendata.projection.dead_letters.operation import PARTITION as OPERATIONS
from services.opendata.projection.folded import topics
from services.opendata.projection.tables import versions

FIRST = 1
GROUP = "projection"


class State(StrEnum):
    """What a version is good for. Dropped ones are kept in mind so that no number comes again."""

    BUILDING = "building"
    LIVE = "live"
    RETIRED = "retired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: what it folds, and how far a build of it has come.

    ``folded`` of ``records`` on the log; ``beat`` changes as long as somebody builds it.
    """

    number: int
    state: State
    topics: tuple[TopicGeneration, ...]
    folded: int = 0
    records: int = 0
    beat: int = 0

    @property
    def group(self) -> str:
        """The consumer group of its projectors: those of another version take nothing from them."""
        return GROUP if self.number == FIRST else f"{GROUP}-{self.number}"

    @property
    def partitions(self) -> list[Partition]:
        """All partitions that it folds."""
        return [Partition(topic, number) for topic in self.topics for number in range(topic.partitions)]

    @property
    def guarded(self) -> list[Partition]:
        """All partitions that it keeps a mark of: also that of what operators did."""
        return [*self.partitions, OPERATIONS]


class UnderWay(Exception):
    """Another version is being built; the first argument is that `Version`."""


class TakenOver(Exception):
    """Somebody else has dropped the version that was being built: stop."""


class Versions:
    """The account of versions, kept in the base."""

    def __init__(self, base: Database) -> None:
        self.base = base

    def all(self) -> list[Version]:
        """Every version that there is or was, in order."""
        with self.base.read() as connection:
            return _all(connection)

    def live(self) -> Version:
        """The version that is read, and that projectors write to."""
        with self.base.read() as connection:
            return _live(connection)

    def building(self) -> Version | None:
        """The version that somebody builds, or has not built to the end."""
        return next((one for one in self.all() if one.state is State.BUILDING), None)

    def begin(self, folded: Sequence[TopicGeneration]) -> Version:
        """Note a new version to be built. Raises `UnderWay` while there is another."""
        with self.base.migrating() as connection:
            known = _all(connection)
            for one in known:
                if one.state is State.BUILDING:
                    raise UnderWay(one)
            if not connection.scalar(select(func.count()).select_from(versions)):
                connection.execute(versions.insert(), _row(known[0]))
            number = max(one.number for one in known) + 1
            begun = Version(number, State.BUILDING, tuple(folded))
            connection.execute(versions.insert(), _row(begun))
            return begun

    def note(self, version: Version, folded: int, records: int) -> None:
        """Note how far a build is, and that it goes on. Raises `TakenOver`."""
        with self.base.migrating() as connection:
            _change(
                connection,
                version,
                State.BUILDING,
                {"folded": folded, "records": records, "beat": versions.c.beat + 1},
            )

    def switch(self, version: Version) -> None:
        """Make a version that was built the live one, at once. Raises `TakenOver`."""
        with self.base.migrating() as connection:
            retired = update(versions).where(versions.c.state == State.LIVE.value)
            connection.execute(retired.values(state=State.RETIRED.value))
            _change(connection, version, State.BUILDING, {"state": State.LIVE.value})

    def drop(self, version: Version) -> None:
        """Give a version up that is built or retired. Raises `TakenOver` where it is neither now."""
        with self.base.migrating() as connection:
            _change(connection, version, version.state, {"state": State.DROPPED.value})


def topics_of_next(live: Version) -> tuple[TopicGeneration, ...]:
    """What a new version folds where nobody wants anything else: the generations of the live one."""
    in_force = {topic.topic: topic for topic in topics()}
    return tuple((in_force | {topic.topic: topic for topic in live.topics}).values())


def _all(connection: Connection) -> list[Version]:
    found = [_version(row) for row in connection.execute(select(versions).order_by(versions.c.number))]
    return found or [Version(FIRST, State.LIVE, tuple(topics()))]


def _live(connection: Connection) -> Version:
    return next(one for one in _all(connection) if one.state is State.LIVE)


def _change(connection: Connection, version: Version, state: State, values: dict[str, Any]) -> None:
    changed = connection.execute(
        update(versions)
        .where(versions.c.number == version.number, versions.c.state == state.value)
        .values(values)
    )
    if changed.rowcount != 1:
        raise TakenOver(version.number)


def _row(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "state": version.state.value,
        "topics": orjson.dumps([[one.topic, one.generation, one.partitions] for one in version.topics]),
        "folded": version.folded,
        "records": version.records,
        "beat": version.beat,
    }


def _version(row: Any) -> Version:
    folded = tuple(TopicGeneration(*topic) for topic in orjson.loads(row.topics))
    return Version(row.number, State(row.state), folded, row.folded, row.records, row.beat)
