"""Where events that can't be counted stand on the log. Never what is in them."""

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from services.opendata.projection.tables import metadata


class LetterState(StrEnum):
    PARKED = "parked"
    HELD = "held"
    DROPPED = "dropped"


def _place() -> list[Column[str] | Column[int]]:
    return [
        Column("topic", String(60), nullable=False),
        Column("generation", Integer, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
    ]


dead_letters = Table(
    "dead_letters",
    metadata,
    *_place(),
    Column("sequence", BigInteger, nullable=True),
    Column("previous_sequence", BigInteger, nullable=True),
    Column("subject", String(100), nullable=True),
    Column("key", String(100), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_applied", BigInteger, nullable=True),
    Column("open", Boolean, nullable=False),
    Column("set_aside_at", String(27), nullable=False),
    PrimaryKeyConstraint("topic", "generation", "partition", "offset"),
    Index("dead_letters_open", "open", "topic", "generation", "partition", "subject"),
    Index("dead_letters_by_stream", "topic", "generation", "partition", "subject", "offset"),
    Index("dead_letters_by_key", "topic", "generation", "partition", "key", "offset"),
)
"""Records that the mark has passed and that are in no total. A row goes when its event is counted.

*parked*: can't be counted; the rest of its stream is *held* behind it (of its key, where the stream
can't be read). *dropped*: left out for good. ``sequence`` is null where the record is not in the
chain, ``subject`` where its stream can't be read. ``open`` rows bear on events to come: parked
ones, and dropped ones of whose stream nothing was counted since; the facts in the totals are then
those left by the event at ``last_applied`` (null: none), whatever the next event carries as
``previous``. ``set_aside_at`` is a time of processing; all else follows from the log alone.
"""

operations = Table(
    "operations",
    metadata,
    *_place(),
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("operation", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("last_applied", BigInteger, nullable=True),
    Column("fault", String(100), nullable=True),
    Column("cause", String(20), nullable=True),
    Column("note", String(200), nullable=True),
    Column("recorded_time", String(27), nullable=False),
    Column("waits", Boolean, nullable=False),
    PrimaryKeyConstraint("topic", "generation", "partition", "offset", "sequence"),
    Index("operations_waiting", "waits", "topic", "generation", "partition", "offset"),
)
"""What operators did about the record at a place. One that ``waits`` was read before its record."""
