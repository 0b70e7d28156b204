"""What a service has heard of its events' further way: what was released, and what was left out for good.

From the topics of releases and operations. Whoever can write there could tell anything, so each event
is held against its schema before it is believed.
"""

from collections.abc import Sequence
from typing import Any

from marshmallow import EXCLUDE, ValidationError
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    select,
)

from services.chassis.consuming.records import Unreadable
from services.chassis.database import Database
from services.chassis.store.tables import metadata
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION
from services.contract.topics import OPERATIONS, RELEASES

TOPICS = (RELEASES, OPERATIONS)

RELEASED = f"{PREFIX}release.published.{VERSION}"
DROPPED = f"{PREFIX}deadletter.dropped.{VERSION}"

released = Table(
    "released",
    metadata,
    Column("topic", String(60), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("release", BigInteger, nullable=False),
    Column("published_at", String(27), nullable=False),
    PrimaryKeyConstraint("topic", "generation", "partition"),
)
"""Per partition how far the newest release reaches that has been heard of."""

dropped = Table(
    "dropped",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("cause", String(20), nullable=False),
    Column("recorded_time", String(27), nullable=False),
)
"""Records that operators had left out of the totals, by the SHA-256 digest of their bytes."""


def is_about_the_way(event: dict[str, Any]) -> bool:
    """Whether an event tells of releases or operations, and not of another service's facts."""
    name = event.get("type")
    event_type = EVENT_TYPES.get(name) if type(name) is str else None
    return event_type is not None and event_type.topic in TOPICS


def check(event: dict[str, Any]) -> None:
    """Raise `Unreadable` for an event that can't be taken note of."""
    if event["type"] == RELEASED:
        _release_in(event)
    elif event["type"] == DROPPED:
        _data_of(event)


def note(database: Database, connection: Connection, events: Sequence[dict[str, Any]]) -> None:
    """Take note of events, read before by `check`.

    Of releases the newest counts, however often and in whichever order they are told: it contains
    what those before it do.
    """
    releases = [_release_in(event) for event in events if event.get("type") == RELEASED]
    if releases:
        _note_release(database, connection, *max(releases, key=lambda release: release[0]))
    for event in events:
        if event.get("type") == DROPPED:
            data = _data_of(event)
            row = {
                "digest": data["digest"],
                "cause": data["cause"],
                "recorded_time": str(event.get("recordedtime", ""))[:27],
            }
            connection.execute(database.insert(dropped).on_conflict_do_nothing(), row)


def _note_release(database: Database, connection: Connection, number: int, data: dict[str, Any]) -> None:
    moving = database.insert(released)
    rows = [
        {**mark, "release": number, "published_at": data["publishedAt"]}
        for mark in data["marks"]
        if mark["sequence"] > 0
    ]
    if rows:
        connection.execute(
            moving.on_conflict_do_update(
                index_elements=["topic", "generation", "partition"],
                set_={name: moving.excluded[name] for name in ("sequence", "release", "published_at")},
                where=released.c.release < moving.excluded.release,
            ),
            rows,
        )


def _data_of(event: dict[str, Any]) -> dict[str, Any]:
    try:
        data: dict[str, Any] = EVENT_TYPES[event["type"]].loader.load(event["data"], unknown=EXCLUDE)
    except (KeyError, ValidationError):
        raise Unreadable("does not fit its schema (data)") from None
    return data


def _release_in(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    data = _data_of(event)
    number, published = data["release"], data["publishedAt"]
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and len(published) <= 27):
        raise Unreadable("does not fit its schema (data)")
    if any(not _fits(mark) for mark in data["marks"]):
        raise Unreadable("does not fit its schema (data)")
    return int(number), data


def _fits(mark: dict[str, Any]) -> bool:
    """Whether a mark fits the columns."""
    return (
        len(mark["topic"]) <= 60
        and mark["topic"].isprintable()
        and 0 <= mark["generation"] < 2**31
        and 0 <= mark["partition"] < 2**31
        and 0 <= mark["sequence"] < 2**63
    )


def release_of(
    connection: Connection, topic: str, generation: int, partition: int, sequence: int
) -> tuple[int, str] | None:
    """The newest release heard of, and when it was published, where it contains a place on the log."""
    row = connection.execute(
        select(released.c.release, released.c.published_at).where(
            released.c.topic == topic,
            released.c.generation == generation,
            released.c.partition == partition,
            released.c.sequence >= sequence,
        )
    ).one_or_none()
    return None if row is None else (row.release, row.published_at)


def cause_of_drop(connection: Connection, digest: str) -> str | None:
    """Why a record was left out of the totals for good, None where nothing of that was heard."""
    cause: str | None = connection.execute(
        select(dropped.c.cause).where(dropped.c.digest == digest)
    ).scalar_one_or_none()
    return cause
