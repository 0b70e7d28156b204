"""A member's place in a consumer group: who is alive, and who reads what."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, update

from services.chassis.database import Database
from services.chassis.log.embedded import tables
from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.embedded.sharing import Slot, share_out

REFRESHES_PER_SESSION = 3


def _silent() -> ColumnElement[bool]:
    """Members that were not heard of for their session.

    Nor were those last heard of in the future: the clock was set back since.
    """
    members = tables.members.c
    return (
        (members.group_name == bindparam("of_group"))
        & (members.id != bindparam("me"))
        & (func.abs(bindparam("now") - members.seen_at) > members.session_seconds)
    )


_REMOVE_SILENT = delete(tables.members).where(_silent())
_SEEN = update(tables.members).where(tables.members.c.id == bindparam("me")).values(seen_at=bindparam("now"))
_STANDING = select(
    select(tables.consumer_groups.c.epoch)
    .where(tables.consumer_groups.c.name == bindparam("of_group"))
    .scalar_subquery(),
    exists().where(tables.members.c.id == bindparam("me")),
    exists().where(_silent()),
)
_HOLDINGS = select(
    tables.assignments.c.topic_id, tables.assignments.c.partition, tables.assignments.c.since_epoch
).where(tables.assignments.c.member_id == bindparam("me"))
_READERS = (
    select(tables.partitions.c.topic_id, tables.partitions.c.number, tables.members.c.id)
    .join_from(tables.members, tables.subscriptions)
    .join(tables.partitions, tables.partitions.c.topic_id == tables.subscriptions.c.topic_id)
    .where(tables.members.c.group_name == bindparam("of_group"))
)
_HELD = select(
    tables.assignments.c.topic_id, tables.assignments.c.partition, tables.assignments.c.member_id
).where(tables.assignments.c.group_name == bindparam("of_group"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group stands: its epoch, and whether its membership is what the tables say it is."""

    epoch: int
    settled: bool


class Membership:
    """One member of a group. It is alive while it is renewed within every session."""

    def __init__(
        self,
        database: Database,
        group: str,
        topic_ids: Collection[int],
        session_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._group = group
        self._topic_ids = topic_ids
        self._session = session_seconds
        self._clock = clock
        self._member = 0
        self._renewed_at = float("-inf")

    def now(self) -> float:
        """The moment, in seconds, by the clock that sessions go by."""
        return self._clock()

    def renew_if_due(self) -> None:
        """Renew where a third of the session has gone by, to keep writes few."""
        if abs(self._clock() - self._renewed_at) >= self._session / REFRESHES_PER_SESSION:
            self.renew()

    def renew(self) -> None:
        """Be a live member, anew if others gave this one up, and give up those gone silent."""
        now = self._clock()
        with log_faults(), self._database.write() as connection:
            gone = connection.execute(_REMOVE_SILENT, self._names(now)).rowcount
            here = connection.execute(_SEEN, {"me": self._member, "now": now}).rowcount
            member = self._member if here else self._enter(connection, now)
            if gone or not here:
                _redistribute(self._database, connection, self._group)
        self._member, self._renewed_at = member, now

    def leave(self) -> None:
        """Hand this member's partitions to the others at once."""
        with log_faults(), self._database.write() as connection:
            connection.execute(delete(tables.members).where(tables.members.c.id == self._member))
            _redistribute(self._database, connection, self._group)

    def standing(self, connection: Connection) -> Standing:
        """The group as it stands; not settled where this member or another must be given up."""
        epoch, here, silent = connection.execute(_STANDING, self._names(self._clock())).one()
        return Standing(epoch, bool(here) and not silent)

    def holdings(self, connection: Connection) -> dict[Slot, int]:
        """The partitions that are this member's, each with the epoch since which it is so."""
        held = connection.execute(_HOLDINGS, {"me": self._member})
        return {(topic_id, partition): since for topic_id, partition, since in held}

    def _names(self, now: float) -> dict[str, object]:
        return {"of_group": self._group, "me": self._member, "now": now}

    def _enter(self, connection: Connection, now: float) -> int:
        entered = connection.execute(
            insert(tables.members).returning(tables.members.c.id),
            {"group_name": self._group, "seen_at": now, "session_seconds": self._session},
        )
        member = int(entered.scalar_one())
        connection.execute(
            insert(tables.subscriptions),
            [{"member_id": member, "topic_id": topic_id} for topic_id in self._topic_ids],
        )
        return member


def _redistribute(database: Database, connection: Connection, group: str) -> None:
    epoch = _next_epoch(database, connection, group)
    readers: dict[Slot, list[int]] = {}
    for topic_id, partition, member in connection.execute(_READERS, {"of_group": group}):
        readers.setdefault((topic_id, partition), []).append(member)
    rows = connection.execute(_HELD, {"of_group": group})
    held = {(topic_id, partition): member for topic_id, partition, member in rows}
    shares = share_out(readers, held)
    moved = [
        {
            "group_name": group,
            "topic_id": slot[0],
            "partition": slot[1],
            "member_id": member,
            "since_epoch": epoch,
        }
        for slot, member in shares.items()
        if held.get(slot) != member
    ]
    if moved:
        assign = database.insert(tables.assignments)
        changed = {column: assign.excluded[column] for column in ("member_id", "since_epoch")}
        keys = ["group_name", "topic_id", "partition"]
        connection.execute(assign.on_conflict_do_update(index_elements=keys, set_=changed), moved)


def _next_epoch(database: Database, connection: Connection, group: str) -> int:
    begin = database.insert(tables.consumer_groups).values(name=group, epoch=1)
    go_on = begin.on_conflict_do_update(
        index_elements=["name"], set_={"epoch": tables.consumer_groups.c.epoch + 1}
    )
    return int(connection.execute(go_on.returning(tables.consumer_groups.c.epoch)).scalar_one())
